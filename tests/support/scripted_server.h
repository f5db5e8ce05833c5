// ScriptedServer: a name server on loopback that does as it is told, however wrong. UDP and TCP on one port.
//
// Thread contract: the script runs on the server's own thread; the other calls from any.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/ip_address.h"
#include "tests/support/message.h"

namespace schoolgate::support {

class ScriptedServer {
 public:
  struct Query {
    Message message;
    std::uint16_t port = 0;  // of the asker
    bool tcp = false;
  };
  struct Reply {
    Octets octets;
    int after_ms = 0;
    // TCP: this many octets of the framed reply, then the connection is closed; negative: all, and it stays open.
    int cut_after = -1;
  };
  // What to send back, in order; nothing: silence.
  using Script = std::function<std::vector<Reply>(const Query&)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  base::Endpoint endpoint() const;
  std::vector<Query> queries() const;  // so far, in order
  std::size_t count() const { return queries().size(); }

 private:
  struct State;
  struct Peer;
  void serve();
  void take_datagram();
  void take_stream(int file);
  void take(std::span<const std::uint8_t> octets, const Peer& from);

  Script script_;
  std::unique_ptr<State> state_;
  mutable std::mutex lock_;
  std::vector<Query> queries_;  // guarded by lock_
  std::thread thread_;
};

// Scripts that tests share.
ScriptedServer::Script silent();
ScriptedServer::Script failing(unsigned rcode);
// "NAME 300 IN A 192.0.2.1", whatever was asked.
ScriptedServer::Script good();

// A port of loopback on which nobody listens, over UDP and TCP.
std::uint16_t free_port();

}  // namespace schoolgate::support
