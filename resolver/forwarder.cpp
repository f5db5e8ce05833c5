#include "resolver/forwarder.h"

#include <algorithm>

namespace schoolgate::resolver {
namespace {

// A dead first server costs a client this long before the second is asked; its late answer is still taken.
constexpr std::uint64_t kPatienceMs = 400;
// SERVFAIL reaches the client within two seconds, before its own time-out.
constexpr std::uint64_t kDeadlineMs = 1'800;
constexpr std::size_t kMostTries = 4;

}  // namespace

// One question on its way: attempts at one server after the other until one answers or the deadline comes.
class Forwarder::Exchange {
 public:
  Exchange(Forwarder& forwarder, std::uint64_t number, const dns::Question& question, std::vector<Server*> servers,
           std::function<void(UpstreamOutcome)> done)
      : forwarder_(forwarder),
        number_(number),
        question_(question),
        servers_(std::move(servers)),
        done_(std::move(done)),
        patience_(forwarder.loop_, [this] { try_next(); }),
        deadline_(forwarder.loop_, [this] { give_up(); }) {
    deadline_.start(servers_.empty() ? 0 : kDeadlineMs);
    patience_.start(0);  // never from inside ask()
  }

 private:
  // The next server; when each has been asked, the first once more.
  void try_next() {
    if (servers_.empty() || tries_ >= kMostTries) return;
    const std::size_t next = tries_++ % servers_.size();
    patience_.start(kPatienceMs);
    if (next < attempts_.size()) return attempts_[next]->send_again();
    ++open_;
    attempts_.push_back(std::make_unique<Attempt>(
        forwarder_.loop_, forwarder_.clock_, forwarder_.random_, *servers_[next], question_,
        [this](tl::expected<dns::Answer, Attempt::Failure> outcome) { take(std::move(outcome)); }));
    attempts_.back()->start();
  }

  void take(tl::expected<dns::Answer, Attempt::Failure> outcome) {
    if (outcome) return conclude(std::move(*outcome));
    --open_;
    if (outcome.error() == Attempt::Failure::kNetwork) network_failed_ = true;
    // A server that said no is not asked again for this question; another is, at once.
    if (tries_ < std::min(kMostTries, servers_.size())) return try_next();
    if (open_ == 0) give_up();
  }

  void give_up() {
    using dns::ExtendedError;
    conclude(tl::unexpected(
        UpstreamFailure{network_failed_ ? ExtendedError::kNetworkError : ExtendedError::kNoReachableAuthority}));
  }

  // Who is silent still, after patience, while another answered or time ran out, is asked later than others for a while.
  void conclude(UpstreamOutcome outcome) {
    const std::size_t latest = tries_ <= servers_.size() && outcome ? attempts_.size() - 1 : attempts_.size();
    for (std::size_t i = 0; i < latest; ++i) {
      if (attempts_[i]->is_open()) attempts_[i]->server().failed(forwarder_.clock_.steady_us());
    }
    const auto done = std::move(done_);
    forwarder_.end(number_);  // destroys this
    done(std::move(outcome));
  }

  Forwarder& forwarder_;
  std::uint64_t number_;
  dns::Question question_;
  std::vector<Server*> servers_;
  std::function<void(UpstreamOutcome)> done_;
  std::vector<std::unique_ptr<Attempt>> attempts_;
  std::size_t tries_ = 0;
  std::size_t open_ = 0;  // attempts that may still answer
  bool network_failed_ = false;
  uv::Timer patience_;
  uv::Timer deadline_;
};

Forwarder::Forwarder(uv::Loop& loop, const base::Clock& clock, const UpstreamZone& everything_else,
                     const std::vector<UpstreamZone>& zones)
    : loop_(loop), clock_(clock) {
  const auto add = [this](const UpstreamZone& zone) {
    zones_.push_back({zone.name, {}});
    for (const base::Endpoint& server : zone.servers) zones_.back().servers.emplace_back(server);
  };
  for (const UpstreamZone& zone : zones) add(zone);
  add(everything_else);
}

Forwarder::~Forwarder() = default;

void Forwarder::ask(const dns::Question& question, std::function<void(UpstreamOutcome)> done) {
  const std::uint64_t number = next_number_++;
  exchanges_.emplace(number, std::make_unique<Exchange>(*this, number, question,
                                                        in_order(zone_of(question.lower_qname)), std::move(done)));
}

void Forwarder::probe() {
  for (Zone& zone : zones_) {
    // The server of an internal zone may know nothing else.
    const dns::Question question{zone.name, dns::Type::kNs, false, false};
    for (Server& server : zone.servers) {
      const auto& counts = server.counts();
      const std::uint64_t last_trouble_us = std::max(counts.last_failure_us.value(), counts.last_refusal_us.value());
      if (counts.last_answer_us.value() > last_trouble_us) continue;
      const std::uint64_t number = next_number_++;
      exchanges_.emplace(number, std::make_unique<Exchange>(*this, number, question, std::vector<Server*>{&server},
                                                            [](const UpstreamOutcome&) {}));
    }
  }
}

std::vector<Forwarder::ServerView> Forwarder::servers() const {
  std::vector<ServerView> views;
  for (const Zone& zone : zones_) {
    for (const Server& server : zone.servers) views.push_back({zone.name.to_text(), &server});
  }
  return views;
}

Forwarder::Zone& Forwarder::zone_of(const dns::Name& lower_name) {
  for (Zone& zone : zones_) {
    if (lower_name.is_at_or_below(zone.name)) return zone;
  }
  return zones_.back();
}

// Those that answered lately before those that failed; among each, the quicker first, unknown ones first of all.
std::vector<Server*> Forwarder::in_order(Zone& zone) const {
  std::vector<Server*> servers;
  for (Server& server : zone.servers) servers.push_back(&server);
  const std::int64_t now_us = clock_.steady_us();
  std::stable_sort(servers.begin(), servers.end(), [now_us](const Server* left, const Server* right) {
    const bool left_trusted = left->is_trusted(now_us);
    const bool right_trusted = right->is_trusted(now_us);
    if (left_trusted != right_trusted) return left_trusted;
    return left->latency_us() < right->latency_us();
  });
  return servers;
}

void Forwarder::end(std::uint64_t number) { exchanges_.erase(number); }

}  // namespace schoolgate::resolver
