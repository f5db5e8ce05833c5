// TcpPort: DNS over TCP for one worker (RFC 7766): pipelining, answers in any order, and a limit on everything.
//
// Belongs to its worker's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "resolver/responder.h"
#include "resolver/sockets.h"
#include "resolver/uv/loop.h"
#include "resolver/uv/stream.h"

namespace schoolgate::resolver {

class TcpPort {
 public:
  // False: the message gets no answer.
  using OnMessage = std::function<bool(std::span<const std::uint8_t>, const Client&)>;

  TcpPort(uv::Loop& loop, const base::Clock& clock, OnMessage on_message);
  ~TcpPort();

  base::Status listen(BoundSocket socket);
  void send(const Client& client, std::span<const std::uint8_t> reply);
  // One of its questions stays without an answer.
  void drop(const Client& client);
  // Takes no more connections and no more messages; what is unanswered can still be sent.
  void drain();
  std::size_t connections() const { return connections_.size(); }

 private:
  struct Connection {
    std::unique_ptr<uv::TcpStream> stream;
    base::Endpoint peer;
    base::Endpoint local;
    std::vector<std::uint8_t> unread;  // octets of messages that are not whole yet
    std::size_t unanswered = 0;
    std::int64_t last_use_us = 0;
    bool paused = false;
    bool taking = false;         // take_messages() is on the stack
    bool peer_finished = false;  // half-closed: answers are still owed
  };

  void accept(std::unique_ptr<uv::TcpStream> stream);
  void settle(std::uint64_t number);
  void take_octets(std::uint64_t number, std::span<const std::uint8_t> octets);
  void take_messages(std::uint64_t number);
  void finish_reading(std::uint64_t number);
  void close_if_done(std::uint64_t number);
  static bool is_done(const Connection& connection);
  void close(std::uint64_t number);
  void close_idle();

  uv::Loop& loop_;
  const base::Clock& clock_;
  OnMessage on_message_;
  std::vector<std::unique_ptr<uv::TcpListener>> listeners_;
  std::unordered_map<std::uint64_t, Connection> connections_;
  std::unordered_map<base::IpAddress, unsigned> per_client_;
  std::uint64_t next_number_ = 1;
  bool draining_ = false;
  std::unique_ptr<uv::Timer> idle_;
};

}  // namespace schoolgate::resolver
