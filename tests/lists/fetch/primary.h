// A primary on loopback that does as it is told, however wrong: one TCP connection after the other, message by message.
//
// Thread contract: the script runs on the primary's own thread; the other calls from any.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "tests/support/message.h"

namespace schoolgate::lists {

class Primary {
 public:
  struct Reply {
    std::vector<support::Octets> messages;
    bool close = false;    // after these
    bool endless = false;  // the last of them, again and again
    std::size_t cut = 0;   // of the last one's octets this many are missing
  };
  using Script = std::function<Reply(const support::Message& query, const support::Octets& octets)>;

  explicit Primary(Script script)
      : script_(std::move(script)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listening_, 8);
    socklen_t size = sizeof address;
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~Primary() {
    ::shutdown(listening_, SHUT_RDWR);
    thread_.join();
    ::close(listening_);
  }
  Primary(const Primary&) = delete;
  Primary& operator=(const Primary&) = delete;

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void serve() {
    for (;;) {
      const int file = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (file < 0) return;
      ++connections_;
      while (answer(file)) continue;
      ::close(file);
    }
  }
  bool answer(int file) const {
    support::Octets octets(2);
    if (!read(file, octets)) return false;
    octets.resize(std::size_t{octets[0]} << 8 | octets[1]);
    if (!read(file, octets)) return false;
    const auto query = support::Message::read(octets);
    if (!query) return false;
    const Reply reply = script_(*query, octets);
    for (std::size_t i = 0; i < reply.messages.size(); ++i) {
      const bool is_last = i + 1 == reply.messages.size();
      do {
        if (!send(file, reply.messages[i], is_last ? reply.cut : 0)) return false;
      } while (is_last && reply.endless);
    }
    return !reply.close;
  }
  static bool read(int file, support::Octets& octets) {
    const auto size = static_cast<ssize_t>(octets.size());
    return ::recv(file, octets.data(), octets.size(), MSG_WAITALL) == size;
  }
  static bool send(int file, const support::Octets& message, std::size_t cut) {
    support::Octets framed = {static_cast<std::uint8_t>(message.size() >> 8),
                              static_cast<std::uint8_t>(message.size())};
    framed.insert(framed.end(), message.begin(), message.end());
    framed.resize(framed.size() - cut);
    return ::send(file, framed.data(), framed.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(framed.size());
  }

  Script script_;
  int listening_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

}  // namespace schoolgate::lists
