// UdpPort: one bound UDP socket, read and written in batches (recvmmsg, sendmmsg).
//
// Belongs to its worker's thread. Replies gather until flush(), which the worker calls once a turn of its loop, or when
// the batch is full.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "resolver/responder.h"
#include "resolver/sockets.h"
#include "resolver/uv/loop.h"

namespace schoolgate::resolver {

class UdpPort {
 public:
  // Called with all that has arrived, up to a batch.
  using OnBatch = std::function<void(std::span<const Datagram>)>;

  UdpPort(uv::Loop& loop, BoundSocket socket, std::uint32_t number, OnBatch on_batch);
  ~UdpPort();

  void send(const Client& client, std::span<const std::uint8_t> reply);
  void flush();
  // Answers what has arrived and reads no more; send() and flush() still work.
  void drain();

 private:
  struct Batch;
  void read();

  BoundSocket socket_;
  std::uint32_t number_;
  OnBatch on_batch_;
  std::unique_ptr<Batch> in_;
  std::unique_ptr<Batch> out_;
  std::unique_ptr<uv::Poll> poll_;
};

}  // namespace schoolgate::resolver
