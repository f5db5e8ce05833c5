// TcpStream: one TCP connection, taken from a listener or made to a server. TcpListener: where they come from.
//
// Belongs to its loop's thread. No callback comes after the owner destroyed the object; a callback may destroy it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "resolver/uv/loop.h"

namespace schoolgate::resolver::uv {

class TcpStream {
 public:
  struct Events {
    std::function<void(bool connected)> on_connect;                // connect() only
    std::function<void(std::span<const std::uint8_t>)> on_octets;  // valid during the call
    std::function<void()> on_end;                                  // the peer has finished sending
    std::function<void()> on_failure;                              // reset, write error: no more callbacks
  };

  explicit TcpStream(Loop& loop);
  ~TcpStream();  // closes
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  void connect(const base::Endpoint& server, Events events);
  void start(Events events);  // for an accepted stream
  void write(std::vector<std::uint8_t> octets);
  void pause();  // stop reading; start() again with resume()
  void resume();
  std::size_t unsent_octets() const;  // written by us and not yet taken by the kernel
  base::Endpoint peer() const;
  base::Endpoint local() const;

 private:
  friend class TcpListener;
  struct State;
  State* state_;
};

class TcpListener {
 public:
  // Takes over a bound socket and listens on it.
  static base::Result<std::unique_ptr<TcpListener>> listen(Loop& loop, int socket, int backlog,
                                                           std::function<void(std::unique_ptr<TcpStream>)> on_accept);
  ~TcpListener();
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

 private:
  TcpListener() = default;
  struct State;
  State* state_ = nullptr;
};

}  // namespace schoolgate::resolver::uv
