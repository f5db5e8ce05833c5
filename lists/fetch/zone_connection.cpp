#include "lists/fetch/zone_connection.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "dns/wire.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using std::chrono::milliseconds;

Error unavailable(std::string why) { return Error(ErrorCode::kUnavailable, std::move(why)); }

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

// In the system's own time: it is what resolves its names.
Result<Addresses> look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (status != 0) return unavailable(fmt::format("no address of {}: {}", host, ::gai_strerror(status)));
  return Addresses(found);
}

// Until the socket can be read or written.
Status wait_for(int file, short events, const ZoneConnection::Patience& patience, std::string_view silence) {
  const auto left = std::chrono::ceil<milliseconds>(patience.end - std::chrono::steady_clock::now()).count();
  if (left <= 0) return unavailable("not done in the time it may take");
  const int wait_ms = static_cast<int>(std::min<std::int64_t>(left, patience.stall_ms));
  pollfd waited{file, events, 0};
  const int ready = ::poll(&waited, 1, wait_ms);
  if (ready > 0 || (ready < 0 && errno == EINTR)) return {};
  if (ready < 0) return base::system_error(errno, "cannot wait for the primary");
  if (wait_ms < patience.stall_ms) return unavailable("not done in the time it may take");
  return unavailable(fmt::format("{} for {} ms", silence, patience.stall_ms));
}

Status finish_connecting(int file, const ZoneConnection::Patience& patience) {
  if (auto status = wait_for(file, POLLOUT, patience, "no connection"); !status) return status;
  int error_number = 0;
  socklen_t size = sizeof error_number;
  ::getsockopt(file, SOL_SOCKET, SO_ERROR, &error_number, &size);
  if (error_number != 0) return unavailable(base::system_error(error_number, "cannot connect").message());
  return {};
}

// A connected socket.
Result<int> connect_to(const addrinfo& address, const ZoneConnection::Patience& patience) {
  const int file = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (file < 0) return unavailable(base::system_error(errno, "cannot make a socket").message());
  Status status;
  if (::connect(file, address.ai_addr, address.ai_addrlen) != 0) {
    status = errno == EINPROGRESS ? finish_connecting(file, patience)
                                  : unavailable(base::system_error(errno, "cannot connect").message());
  }
  if (status) return file;
  ::close(file);
  return status.error();
}

}  // namespace

Result<ZoneConnection> ZoneConnection::open(const std::string& host, std::uint16_t port, const Patience& patience) {
  const auto addresses = look_up(host, port);
  if (!addresses) return addresses.error();
  Error last = unavailable("no address");
  for (const addrinfo* one = addresses->get(); one != nullptr; one = one->ai_next) {
    const auto file = connect_to(*one, patience);
    if (file) return ZoneConnection(*file, patience);
    last = file.error();
  }
  return last;
}

ZoneConnection::ZoneConnection(ZoneConnection&& other) noexcept
    : file_(std::exchange(other.file_, -1)), patience_(other.patience_) {}

ZoneConnection::~ZoneConnection() {
  if (file_ >= 0) ::close(file_);
}

Status ZoneConnection::send(std::span<const std::uint8_t> message) {
  std::vector<std::uint8_t> framed(2);
  dns::store_u16(framed.data(), static_cast<std::uint16_t>(message.size()));
  framed.insert(framed.end(), message.begin(), message.end());
  std::span<const std::uint8_t> left = framed;
  while (!left.empty()) {
    if (auto status = wait_for(file_, POLLOUT, patience_, "the primary takes nothing"); !status) return status;
    const ssize_t count = ::send(file_, left.data(), left.size(), MSG_NOSIGNAL);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return unavailable(base::system_error(errno, "cannot send").message());
    left = left.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Status ZoneConnection::read_exactly(std::span<std::uint8_t> octets) {
  while (!octets.empty()) {
    if (auto status = wait_for(file_, POLLIN, patience_, "the primary is silent"); !status) return status;
    const ssize_t count = ::recv(file_, octets.data(), octets.size(), 0);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return unavailable(base::system_error(errno, "the connection fails").message());
    if (count == 0) return unavailable("the primary ends the connection");
    octets = octets.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::vector<std::uint8_t>> ZoneConnection::receive() {
  std::array<std::uint8_t, 2> size{};
  if (auto status = read_exactly(size); !status) return status.error();
  std::vector<std::uint8_t> message(dns::load_u16(size.data()));
  if (auto status = read_exactly(message); !status) return status.error();
  return message;
}

}  // namespace schoolgate::lists
