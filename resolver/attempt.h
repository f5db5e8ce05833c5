// Attempt: one question put to one server, over UDP, and over TCP when the answer was cut or its case was lost.
//
// What makes an answer ours (RFC 5452): it comes to a connected socket with a random port, repeats a random id, and repeats
// the question octet by octet in the mixed case we sent (0x20). Anything else is not believed and waited out.
//
// Belongs to its loop's thread. The callback may destroy the attempt.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "dns/answer.h"
#include "resolver/random.h"
#include "resolver/server.h"
#include "resolver/uv/datagram.h"
#include "resolver/uv/loop.h"
#include "resolver/uv/stream.h"

namespace schoolgate::resolver {

class Attempt {
 public:
  enum class Failure {
    kNetwork,  // refused, unreachable, reset
    kServer,   // an answer that is none: SERVFAIL, REFUSED, a referral, malformed
  };
  using Done = std::function<void(tl::expected<dns::Answer, Failure>)>;

  Attempt(uv::Loop& loop, const base::Clock& clock, Random& random, Server& server, const dns::Question& question,
          Done done);
  // Sends. May call `done` before it returns.
  void start();
  // The same octets on the same socket, in case they were lost: a second question would double a spoofer's chances.
  void send_again();
  bool is_open() const { return is_open_; }  // it may still answer
  Server& server() { return server_; }

 private:
  void ask_over_udp();
  void ask_over_tcp();
  void take_datagram(std::span<const std::uint8_t> message);
  void take_octets(std::span<const std::uint8_t> octets);
  void finish(std::span<const std::uint8_t> message);
  void fail(Failure failure);
  void conclude(tl::expected<dns::Answer, Failure> outcome);
  std::vector<std::uint8_t> make_query();
  enum class Match { kYes, kOtherCase, kBareError, kNo };
  Match match(std::span<const std::uint8_t> message) const;

  uv::Loop& loop_;
  const base::Clock& clock_;
  Random& random_;
  Server& server_;
  dns::Question question_;
  Done done_;
  std::int64_t started_us_;
  std::uint16_t id_ = 0;
  dns::Name sent_qname_;
  bool is_open_ = true;
  std::vector<std::uint8_t> udp_query_;
  unsigned strangers_ = 0;
  std::unique_ptr<uv::UdpExchange> udp_;
  std::unique_ptr<uv::TcpStream> tcp_;
  std::vector<std::uint8_t> tcp_octets_;
};

}  // namespace schoolgate::resolver
