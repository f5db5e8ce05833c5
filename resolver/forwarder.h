// Forwarder: asks upstream servers over UDP, and TCP where needed; tries the next when one is slow or refuses.
//
// Belongs to one worker's thread; states() may be called from any.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "resolver/attempt.h"
#include "resolver/configuration.h"
#include "resolver/upstream.h"
#include "resolver/uv/loop.h"

namespace schoolgate::resolver {

class Forwarder final : public Upstream {
 public:
  // The longest of `zones` that covers a name says whom to ask; `everything_else` the rest.
  Forwarder(uv::Loop& loop, const base::Clock& clock, const UpstreamZone& everything_else,
            const std::vector<UpstreamZone>& zones);
  ~Forwarder() override;

  void ask(const dns::Question& question, std::function<void(UpstreamOutcome)> done) override;
  // Asks every server that has not answered lately for its zone's name servers (the root's, as a rule), so that `status`
  // can say who answers before a device asks, and who is back.
  void probe();

  struct ServerView {
    std::string zone;
    const Server* server;
  };
  std::vector<ServerView> servers() const;

 private:
  struct Zone {
    dns::Name name;
    std::deque<Server> servers;  // stable addresses
  };
  class Exchange;

  Zone& zone_of(const dns::Name& lower_name);
  std::vector<Server*> in_order(Zone& zone) const;
  void end(std::uint64_t number);

  uv::Loop& loop_;
  const base::Clock& clock_;
  Random random_;
  std::deque<Zone> zones_;  // longest name first; the root last
  std::unordered_map<std::uint64_t, std::unique_ptr<Exchange>> exchanges_;
  std::uint64_t next_number_ = 1;
};

}  // namespace schoolgate::resolver
