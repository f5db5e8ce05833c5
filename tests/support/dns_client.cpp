#include "tests/support/dns_client.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "resolver/uv/address.h"

namespace schoolgate::support {
namespace {

int connected_socket(const base::Endpoint& server, int type, bool& connected) {
  sockaddr_storage address;
  const socklen_t size = resolver::uv::to_sockaddr(server, address);
  const int file = ::socket(address.ss_family, type | SOCK_CLOEXEC, 0);
  connected = ::connect(file, reinterpret_cast<const sockaddr*>(&address), size) == 0;
  return file;
}

bool is_readable(int file, int timeout_ms) {
  pollfd one{file, POLLIN, 0};
  return ::poll(&one, 1, timeout_ms) == 1;
}

}  // namespace

Octets framed(const Octets& message) {
  Octets octets = {static_cast<std::uint8_t>(message.size() >> 8), static_cast<std::uint8_t>(message.size())};
  octets.insert(octets.end(), message.begin(), message.end());
  return octets;
}

UdpClient::UdpClient(const base::Endpoint& server) {
  bool connected = false;
  file_ = connected_socket(server, SOCK_DGRAM, connected);
}

UdpClient::~UdpClient() { ::close(file_); }

bool UdpClient::send(const Octets& octets) {
  return ::send(file_, octets.data(), octets.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(octets.size());
}

std::optional<Octets> UdpClient::receive(int timeout_ms) {
  if (!is_readable(file_, timeout_ms)) return std::nullopt;
  Octets octets(65'535);
  const ssize_t count = ::recv(file_, octets.data(), octets.size(), 0);
  if (count < 0) return std::nullopt;
  octets.resize(static_cast<std::size_t>(count));
  return octets;
}

std::optional<Message> UdpClient::ask(const Message& query, int timeout_ms) {
  if (!send(query.encode())) return std::nullopt;
  const auto octets = receive(timeout_ms);
  return octets ? Message::read(*octets) : std::nullopt;
}

TcpClient::TcpClient(const base::Endpoint& server) : connected_(false) {
  file_ = connected_socket(server, SOCK_STREAM, connected_);
}

TcpClient::~TcpClient() { ::close(file_); }

bool TcpClient::send_octets(const Octets& octets) {
  return ::send(file_, octets.data(), octets.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(octets.size());
}

bool TcpClient::send(const Message& query) { return send_octets(framed(query.encode())); }

void TcpClient::finish_sending() { ::shutdown(file_, SHUT_WR); }

std::optional<Message> TcpClient::receive(int timeout_ms) {
  for (;;) {
    if (unread_.size() >= 2) {
      const auto size = static_cast<std::size_t>(unread_[0] << 8 | unread_[1]);
      if (unread_.size() >= size + 2) {
        const auto message = Message::read(std::span(unread_).subspan(2, size));
        unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(size + 2));
        return message;
      }
    }
    if (!is_readable(file_, timeout_ms)) return std::nullopt;
    std::uint8_t buffer[4'096];
    const ssize_t count = ::recv(file_, buffer, sizeof buffer, 0);
    if (count <= 0) return std::nullopt;
    unread_.insert(unread_.end(), buffer, buffer + count);
  }
}

bool TcpClient::has_ended(int timeout_ms) {
  if (!is_readable(file_, timeout_ms)) return false;
  std::uint8_t octet = 0;
  return ::recv(file_, &octet, 1, 0) <= 0;
}

}  // namespace schoolgate::support
