// RawClient: a TCP or Unix connection that sends any bytes and reads until the answer is whole or the peer has closed.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace schoolgate::web {

class RawClient {
 public:
  static RawClient tcp(std::uint16_t port, const char* from = "127.0.0.1") {
    RawClient client(AF_INET);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, from, &address.sin_addr);
    ::bind(client.socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    address.sin_port = htons(port);
    client.connected_ = ::connect(client.socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    return client;
  }
  static RawClient unix_socket(const std::string& path) {
    RawClient client(AF_UNIX);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    client.connected_ = ::connect(client.socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    return client;
  }
  RawClient(RawClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_), read_(std::move(other.read_)) {}
  ~RawClient() { close(); }

  bool connected() const { return connected_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  // Everything until the peer closes.
  std::string read_all(int timeout_ms = 5'000) {
    while (read_more(timeout_ms)) {
    }
    return std::exchange(read_, {});
  }
  // One response with Content-Length; what follows stays for the next call.
  std::string read_response(int timeout_ms = 5'000) {
    while (true) {
      if (const std::size_t size = response_size(); size != 0) {
        std::string response = read_.substr(0, size);
        read_.erase(0, size);
        return response;
      }
      if (!read_more(timeout_ms)) return "";
    }
  }
  // True when the peer closes within the time without a byte more.
  bool closes_within(int timeout_ms) {
    const auto before = read_.size();
    while (read_more(timeout_ms)) {
    }
    return ended_ && read_.size() == before;
  }

 private:
  explicit RawClient(int family) : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  bool read_more(int timeout_ms) {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, timeout_ms) != 1) return false;
    char bytes[4096];
    const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
    ended_ = size <= 0;
    if (size > 0) read_.append(bytes, static_cast<std::size_t>(size));
    return size > 0;
  }
  std::size_t response_size() const {
    const std::size_t end = read_.find("\r\n\r\n");
    const std::size_t length = read_.find("Content-Length: ");
    if (end == read_.npos || length >= end) return 0;
    const std::size_t size = end + 4 + std::stoul(read_.substr(length + 16));
    return read_.size() >= size ? size : 0;
  }

  int socket_ = -1;
  bool connected_ = false;
  bool ended_ = false;
  std::string read_;
};

}  // namespace schoolgate::web
