// Pipeline: how a query is answered. One a worker; the essay stands in pipeline.cpp.
//
// Thread contract: all calls from the worker's own thread. Never blocks.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "history/journal.h"
#include "resolver/cache.h"
#include "resolver/counters.h"
#include "resolver/lookup.h"
#include "resolver/neighbours.h"
#include "resolver/notify.h"
#include "resolver/snapshot.h"
#include "resolver/upstream.h"
#include "resolver/waiting_room.h"

namespace schoolgate::resolver {

// A snapshot as one worker holds it: with the working memory for its image.
struct SnapshotView : std::enable_shared_from_this<SnapshotView> {
  std::shared_ptr<const Snapshot> snapshot;
  mutable filter::Image::Scratch scratch;
};

class Pipeline {
 public:
  struct Parts {
    Upstream& upstream;
    Responder& responder;
    const base::Clock& clock;
    Counters& counters;
    history::JournalRing* journal;  // null: nothing is recorded (tests)
    NotifyTaker* notify = nullptr;  // null: nobody takes one (tests)
  };

  explicit Pipeline(const Parts& parts);

  // kUnavailable when there is no memory for the image's scratch; the view in force stays.
  base::Status adopt(std::shared_ptr<const Snapshot> snapshot);
  void adopt(std::shared_ptr<const NeighbourTable> neighbours) { neighbours_ = std::move(neighbours); }

  // Reads the clock; once a batch. What follows happens at that time.
  void tick();
  // Answers each, now or when an upstream has; or not at all, as with a stranger's.
  void answer(std::span<const Datagram> batch);
  // False: this one gets no answer.
  bool answer(const Datagram& datagram);

  std::size_t in_flight() const { return waiting_.questions(); }

 private:
  enum class Progress : std::uint8_t { kGoesOn, kAnswered, kDropped };

  // The two parts of the journey that a lookup makes alone.
  Progress arrive(const Datagram& datagram, Lookup& lookup);
  void conclude(Lookup& lookup);

  // The steps, in the order of the journey. Those that return bool say whether the lookup is answered.
  Progress parse_question(std::span<const std::uint8_t> message, Lookup& lookup);
  Progress take_notify(std::span<const std::uint8_t> message, const Lookup& lookup);
  void identify_device(Lookup& lookup);
  bool refuse(const Lookup& lookup);
  bool answer_locally(const Lookup& lookup);
  void classify(std::span<Lookup> lookups);
  void decide(Lookup& lookup);
  bool answer_from_cache(Lookup& lookup);
  void ask_upstream(const Lookup& lookup);
  void take_outcome(const dns::Question& question, UpstreamOutcome outcome);
  void inspect_and_respond(const Lookup& lookup, CacheEntry& entry, const dns::Freshness& freshness);
  void classify_answer(const Lookup& lookup, CacheEntry& entry);
  // Names and addresses that an answer leads to.
  Judgement judge_target(const Lookup& lookup, const dns::Name& target, const filter::TagSet& tags) const;
  Judgement judge_address(const Lookup& lookup, const base::IpAddress& address) const;

  // What stands in the place of an answer that is withheld, as the rule says it.
  void withhold(const Lookup& lookup, const Judgement& judged);
  void respond_blocked(const Lookup& lookup, const Judgement& judged);
  void respond_nothing(const Lookup& lookup, const Judgement& judged, dns::Rcode rcode);
  void respond_local_data(const Lookup& lookup, const Judgement& judged);
  bool may_lead_to(const Lookup& lookup, const dns::Name& alias) const;
  void respond_truncated(const Lookup& lookup);
  void respond_by_alias(const Lookup& lookup, const CacheEntry& entry, const dns::Freshness& freshness);
  void drop(const Lookup& lookup, const Judgement& judged);
  void respond_failure(const Lookup& lookup, dns::ExtendedError why);
  void respond_error(const Lookup& lookup, dns::Rcode rcode, std::optional<dns::ExtendedError> why);
  bool respond_stale(Lookup& lookup);
  void respond(const Lookup& lookup, history::LookupRecord& record, std::size_t size);

  // The rest of the record: what the verdict does not say.
  history::LookupRecord record_of(const Lookup& lookup, history::LookupVerdict verdict, dns::Rcode rcode) const;
  history::LookupRecord record_of(const Lookup& lookup, const Judgement& judged, history::LookupVerdict verdict,
                                  dns::Rcode rcode) const;

  Upstream& upstream_;
  Responder& responder_;
  const base::Clock& clock_;
  Counters& counters_;
  history::JournalRing* journal_;
  NotifyTaker* notify_;
  std::shared_ptr<SnapshotView> view_;
  std::shared_ptr<const NeighbourTable> neighbours_;
  Cache cache_;
  WaitingRoom waiting_;
  // Working memory of answer(): the lookups of a batch, their names, their tags.
  std::vector<Lookup> lookups_;
  std::vector<const dns::Name*> names_;
  std::vector<filter::TagSet> tags_;
  std::vector<std::uint8_t> reply_;
  std::int64_t steady_us_ = 0;
  std::int64_t wall_us_ = 0;
};

}  // namespace schoolgate::resolver
