#include "web/listening_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/file.h"

namespace schoolgate::web {
namespace {

using base::ErrorCode;
using base::Result;
using base::Status;

constexpr int kBacklog = 256;
constexpr mode_t kSocketFileMode = 0660;

// Closes on every early return of binding.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

bool is_v4(const base::Endpoint& endpoint) {
  const bool is_any = endpoint.address == base::IpAddress();
  return is_any ? !endpoint.any_v6 : endpoint.address.is_v4();
}

SocketAddress address_of(const base::Endpoint& endpoint) {
  SocketAddress address;
  if (is_v4(endpoint)) {
    auto& in = reinterpret_cast<sockaddr_in&>(address.storage);
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port);
    std::memcpy(&in.sin_addr, endpoint.address.bytes().data() + 12, 4);
    address.size = sizeof in;
  } else {
    auto& in6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(endpoint.port);
    std::memcpy(&in6.sin6_addr, endpoint.address.bytes().data(), 16);
    address.size = sizeof in6;
  }
  return address;
}

base::IpAddress address_of(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    return base::IpAddress::v4(ntohl(reinterpret_cast<const sockaddr_in&>(storage).sin_addr.s_addr));
  }
  std::array<std::uint8_t, 16> bytes{};
  if (storage.ss_family == AF_INET6) {
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, 16);
  }
  return base::IpAddress::v6(bytes);
}

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return {ErrorCode::kInvalid,
            fmt::format("{}: a socket's path has 1 to {} bytes", path, sizeof address.sun_path - 1)};
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

// A file that nobody listens on any more is removed.
Status clear_stale_file(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) {
    return {ErrorCode::kInvalid, fmt::format("{}: there is something else than a socket at this path", path)};
  }
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int connected = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (connected == 0 || errno != ECONNREFUSED) {
    return {ErrorCode::kInUse, fmt::format("{}: another process listens here", path)};
  }
  if (::unlink(path.c_str()) != 0) return base::system_error(errno, fmt::format("cannot remove {}", path));
  return {};
}

std::optional<std::uint32_t> peer_uid(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return std::nullopt;
  return credentials.uid;
}

}  // namespace

Result<ListeningSocket> ListeningSocket::bind_tcp(const base::Endpoint& endpoint) {
  const std::string doing = "cannot listen on " + endpoint.to_text();
  const int family = is_v4(endpoint) ? AF_INET : AF_INET6;
  Descriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return base::system_error(errno, doing);
  const int on = 1;
  // REUSEADDR: a restart must not wait for the last connections' TIME_WAIT. It does not let two processes listen.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const SocketAddress address = address_of(endpoint);
  if (::bind(socket.get(), address.get(), address.size) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return base::system_error(errno, doing);
  }
  return ListeningSocket(socket.release(), endpoint.to_text(), "");
}

Result<ListeningSocket> ListeningSocket::bind_unix(const std::string& path) {
  const auto address = unix_address(path);
  if (!address) return address.error();
  if (auto cleared = clear_stale_file(path, *address); !cleared) return cleared.error();
  const std::string doing = "cannot listen on " + path;
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return base::system_error(errno, doing);
  // Before bind(), so that the file is never wider than this, not even for a moment; after it, for what umask took.
  ::fchmod(socket.get(), kSocketFileMode);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return base::system_error(errno, doing);
  }
  if (::chmod(path.c_str(), kSocketFileMode) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return base::system_error(errno, doing);
  }
  return ListeningSocket(socket.release(), path, path);
}

ListeningSocket::ListeningSocket(int descriptor, std::string text, std::string path)
    : descriptor_(descriptor), text_(std::move(text)), path_(std::move(path)) {}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      retry_later_(other.retry_later_),
      text_(std::move(other.text_)),
      path_(std::exchange(other.path_, {})) {}

ListeningSocket& ListeningSocket::operator=(ListeningSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(retry_later_, other.retry_later_);
  std::swap(text_, other.text_);
  std::swap(path_, other.path_);
  return *this;
}

ListeningSocket::~ListeningSocket() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!path_.empty()) ::unlink(path_.c_str());
}

std::optional<Accepted> ListeningSocket::accept() {
  retry_later_ = false;
  while (true) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    const int socket =
        ::accept4(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket >= 0) {
      if (!path_.empty()) return Accepted{socket, {{}, peer_uid(socket)}};
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return Accepted{socket, {address_of(storage), std::nullopt}};
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      retry_later_ = true;
      return std::nullopt;
    }
    // Linux hands pending errors of the new connection to accept(): that connection is gone, the next may be well.
    if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK || errno == EOPNOTSUPP) return std::nullopt;
  }
}

std::uint16_t ListeningSocket::port() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  if (storage.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
  return 0;
}

}  // namespace schoolgate::web
