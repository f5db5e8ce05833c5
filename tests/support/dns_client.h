// Clients for tests: plain blocking sockets to a server on loopback.
#pragma once

#include <cstdint>
#include <optional>

#include "base/ip_address.h"
#include "tests/support/message.h"

namespace schoolgate::support {

inline constexpr int kPatienceMs = 5'000;

// Each object belongs to one thread.
class UdpClient {
 public:
  explicit UdpClient(const base::Endpoint& server);
  ~UdpClient();
  UdpClient(const UdpClient&) = delete;
  UdpClient& operator=(const UdpClient&) = delete;

  bool send(const Octets& octets);
  std::optional<Octets> receive(int timeout_ms = kPatienceMs);
  // Sends and waits for a reply that ldns can read.
  std::optional<Message> ask(const Message& query, int timeout_ms = kPatienceMs);

 private:
  int file_;
};

class TcpClient {
 public:
  explicit TcpClient(const base::Endpoint& server);
  ~TcpClient();
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  bool is_connected() const { return connected_; }
  bool send_octets(const Octets& octets);  // as they are
  bool send(const Message& query);         // with its length in front
  void finish_sending();                   // half-close
  std::optional<Message> receive(int timeout_ms = kPatienceMs);
  bool has_ended(int timeout_ms = kPatienceMs);  // the server closed, and nothing more came

 private:
  int file_;
  bool connected_;
  Octets unread_;
};

// The message with its length in front (RFC 1035 §4.2.2).
Octets framed(const Octets& message);

}  // namespace schoolgate::support
