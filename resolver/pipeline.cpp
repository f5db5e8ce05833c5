// A query's journey:
//
//   receive → parse question → identify device → refuse? → special names → classify (filter) → decide (policy)
//           → withheld: build the local answer, as the deciding rule says it
//           → allowed: cache, or else upstream → inspect what came back (alias targets, addresses) → decide again
//           → record (publish into the journal ring) → respond
//
// Lookups that came in one batch go side by side up to their classification, which is one step of all, and from there each
// its own way. A step that answered ends the journey. The upstream part is the only one that waits (waiting_room.h), and goes
// on in take_outcome().
#include "resolver/pipeline.h"

#include <cstring>

#include "dns/reply.h"
#include "resolver/local_data.h"
#include "resolver/special_names.h"

namespace schoolgate::resolver {
namespace {

using dns::ExtendedError;
using dns::Rcode;
using history::LookupRecord;
using history::LookupVerdict;

constexpr std::size_t kMostReplyOctets = 65'535;
constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr std::uint32_t kStaleTtlSeconds = 30;  // RFC 8767 §5.2
constexpr std::uint32_t kLocalTtlSeconds = 3'600;
constexpr std::array<std::uint8_t, 4> kLoopback4 = {127, 0, 0, 1};
constexpr std::array<std::uint8_t, 16> kLoopback6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

bool is_over_udp(const Lookup& lookup) { return lookup.client.transport == history::Transport::kUdp; }

Rcode rcode_of(dns::QueryFault fault) {
  if (fault == dns::QueryFault::kNotImp) return Rcode::kNotImp;
  return fault == dns::QueryFault::kBadVers ? Rcode::kBadVers : Rcode::kFormErr;
}

std::size_t reply_limit(const Lookup& lookup) {
  return is_over_udp(lookup) ? dns::udp_limit(lookup.query) : kMostReplyOctets;
}

base::IpAddress to_address(std::span<const std::uint8_t> octets) {
  if (octets.size() == 4) return base::IpAddress::v4(dns::load_u32(octets.data()));
  std::array<std::uint8_t, 16> bytes;
  std::copy_n(octets.begin(), bytes.size(), bytes.begin());
  return base::IpAddress::v6(bytes);
}

ExtendedError why_withheld(const Snapshot& snapshot, const Judgement& judged) {
  const bool is_illegal = judged.verdict.tag && snapshot.illegal.test(*judged.verdict.tag);
  return is_illegal ? ExtendedError::kCensored : ExtendedError::kBlocked;
}

// What was decided of the asked name, for deciding on what its answer leads to. Of one that is withheld, behind whose alias we
// look, nothing may count in favour of what is found there.
policy::Verdict verdict_for_targets(const Lookup& lookup) {
  return lookup.alias ? policy::Verdict() : lookup.judged.verdict;
}

}  // namespace

void Pipeline::answer(std::span<const Datagram> batch) {
  if (lookups_.size() < batch.size()) lookups_.resize(batch.size());
  std::size_t count = 0;
  for (const Datagram& datagram : batch) {
    if (arrive(datagram, lookups_[count]) == Progress::kGoesOn) ++count;
  }
  const auto arrived = std::span(lookups_).first(count);
  classify(arrived);
  for (Lookup& lookup : arrived) conclude(lookup);
}

bool Pipeline::answer(const Datagram& datagram) {
  Lookup lookup;
  const Progress progress = arrive(datagram, lookup);
  if (progress != Progress::kGoesOn) return progress == Progress::kAnswered;
  classify({&lookup, 1});
  conclude(lookup);
  return true;
}

Pipeline::Progress Pipeline::arrive(const Datagram& datagram, Lookup& lookup) {
  lookup = Lookup();
  lookup.client = datagram.client;
  lookup.arrived_us = steady_us_;
  lookup.view = view_.get();
  if (const Progress parsed = parse_question(datagram.message, lookup); parsed != Progress::kGoesOn) return parsed;
  counters_.lookups.add();
  identify_device(lookup);
  return refuse(lookup) || answer_locally(lookup) ? Progress::kAnswered : Progress::kGoesOn;
}

void Pipeline::conclude(Lookup& lookup) {
  if (lookup.view->snapshot->image == nullptr) {  // never unfiltered
    return respond_failure(lookup, ExtendedError::kNotReady);
  }
  decide(lookup);
  if (lookup.judged.withholds()) return withhold(lookup, lookup.judged);
  if (lookup.judged.wants_tcp && is_over_udp(lookup)) return respond_truncated(lookup);
  if (!answer_from_cache(lookup)) ask_upstream(lookup);
}

Pipeline::Pipeline(const Parts& parts)
    : upstream_(parts.upstream),
      responder_(parts.responder),
      clock_(parts.clock),
      counters_(parts.counters),
      journal_(parts.journal),
      notify_(parts.notify),
      neighbours_(std::make_shared<const NeighbourTable>()),
      reply_(kMostReplyOctets) {
  tick();
}

base::Status Pipeline::adopt(std::shared_ptr<const Snapshot> snapshot) {
  auto view = std::make_shared<SnapshotView>();
  if (snapshot->image != nullptr) {
    auto scratch = snapshot->image->make_scratch();
    if (!scratch) return scratch.error();
    view->scratch = std::move(*scratch);
  }
  view->snapshot = std::move(snapshot);
  view_ = std::move(view);
  return {};
}

void Pipeline::tick() {
  steady_us_ = clock_.steady_us();
  wall_us_ = clock_.wall_us();
}

Pipeline::Progress Pipeline::parse_question(std::span<const std::uint8_t> message, Lookup& lookup) {
  const dns::QueryFault fault = dns::parse_query(message, lookup.query);
  if (fault == dns::QueryFault::kNone) return Progress::kGoesOn;
  if (fault == dns::QueryFault::kNotify) return take_notify(message, lookup);
  counters_.malformed.add();
  // A stranger hears nothing: there is no question that could be refused.
  if (fault == dns::QueryFault::kDrop || !lookup.view->snapshot->allows_client(lookup.client.peer.address)) {
    return Progress::kDropped;
  }
  // The question itself is known, and remembered unless it is no lookup.
  if (fault == dns::QueryFault::kBadVers && !lookup.query.is_notify()) {
    identify_device(lookup);
    respond_error(lookup, Rcode::kBadVers, std::nullopt);
    return Progress::kAnswered;
  }
  const std::size_t size = dns::write_error(lookup.query, rcode_of(fault), std::nullopt, reply_);
  responder_.send(lookup.client, std::span(reply_).first(size));
  return Progress::kAnswered;
}

// From whomever: a primary need not be one of our clients. No lookup, so nothing is recorded.
Pipeline::Progress Pipeline::take_notify(std::span<const std::uint8_t> message, const Lookup& lookup) {
  counters_.notifies.add();
  if (notify_ == nullptr) {
    const std::size_t size = dns::write_notify_answer(lookup.query, Rcode::kNotImp, reply_);
    responder_.send(lookup.client, std::span(reply_).first(size));
  } else {
    responder_.send(lookup.client, notify_->take_notify(lookup.query, message, lookup.client.peer.address));
  }
  return Progress::kAnswered;
}

void Pipeline::identify_device(Lookup& lookup) {
  lookup.sighting.address = lookup.client.peer.address;
  const auto neighbour = neighbours_->find(lookup.sighting.address);
  if (neighbour != neighbours_->end()) lookup.sighting.mac = neighbour->second;
  lookup.recognition = lookup.view->snapshot->policy->recognise(lookup.sighting);
}

bool Pipeline::refuse(const Lookup& lookup) {
  if (!lookup.view->snapshot->allows_client(lookup.sighting.address)) {
    respond_error(lookup, Rcode::kRefused, ExtendedError::kProhibited);
    return true;
  }
  const auto rcode = refusal(lookup.query);
  if (rcode) respond_error(lookup, *rcode, std::nullopt);
  return rcode.has_value();
}

bool Pipeline::answer_locally(const Lookup& lookup) {
  const auto local = local_answer(lookup.query);
  if (!local) return false;
  std::size_t size = 0;
  Rcode rcode = Rcode::kNoError;
  if (*local == LocalAnswer::kLoopback && lookup.query.qtype == dns::Type::kA) {
    size = dns::write_address(lookup.query, kLoopback4, kLocalTtlSeconds, reply_);
  } else if (*local == LocalAnswer::kLoopback && lookup.query.qtype == dns::Type::kAaaa) {
    size = dns::write_address(lookup.query, kLoopback6, kLocalTtlSeconds, reply_);
  } else {
    if (*local == LocalAnswer::kNxDomain) rcode = Rcode::kNxDomain;
    size = dns::write_nodata(lookup.query, rcode, kLocalTtlSeconds, reply_);
  }
  auto record = record_of(lookup, LookupVerdict::kAllowed, rcode);
  respond(lookup, record, size);
  return true;
}

// All at once: their names wait for memory together.
void Pipeline::classify(std::span<Lookup> lookups) {
  const Snapshot& snapshot = *view_->snapshot;
  if (snapshot.image == nullptr || lookups.empty()) return;
  names_.clear();
  for (const Lookup& lookup : lookups) names_.push_back(&lookup.query.lower_qname);
  tags_.resize(lookups.size());
  snapshot.names().classify(names_, tags_, view_->scratch);
  for (std::size_t i = 0; i < lookups.size(); ++i) lookups[i].tags = tags_[i];
  if (!snapshot.image->has_rules_by(filter::Trigger::kClientIp)) return;
  for (Lookup& lookup : lookups) {
    const base::IpAddress& client = lookup.sighting.address;
    lookup.has_client_rule = snapshot.image->has_rule_for(filter::Trigger::kClientIp, client, view_->scratch);
    if (!lookup.has_client_rule) continue;
    lookup.tags = snapshot.names().classify_for(client, lookup.query.lower_qname, view_->scratch);
  }
}

void Pipeline::decide(Lookup& lookup) {
  const Snapshot& snapshot = *lookup.view->snapshot;
  const dns::Name& name = lookup.query.lower_qname;
  lookup.judged = judge(
      lookup.tags, snapshot.illegal,
      [&](const filter::TagSet& tags) { return snapshot.policy->decide(lookup.recognition.group, name, tags); },
      [&](filter::TagNumber tag) {
        return snapshot.names().origin_for(lookup.sighting.address, name, tag, lookup.view->scratch);
      });
}

bool Pipeline::answer_from_cache(Lookup& lookup) {
  if (lookup.query.qtype == dns::Type::kAny) {
    auto record = record_of(lookup, LookupVerdict::kAllowed, Rcode::kNoError);
    respond(lookup, record, dns::write_any(lookup.query, reply_));
    return true;
  }
  CacheEntry* entry = cache_.find(lookup.question(), steady_us_);
  if (entry == nullptr) return false;
  lookup.cached = true;
  counters_.cache_hits.add();
  if (entry->failure) {
    if (!respond_stale(lookup)) respond_failure(lookup, *entry->failure);
    return true;
  }
  const auto age_seconds = static_cast<std::uint32_t>((steady_us_ - entry->stored_us) / kMicrosecondsPerSecond);
  inspect_and_respond(lookup, *entry, {age_seconds, 0, std::nullopt});
  return true;
}

void Pipeline::ask_upstream(const Lookup& lookup) {
  const dns::Question question = lookup.question();
  const WaitingRoom::Place place = waiting_.add(question, {lookup, lookup.view->shared_from_this()});
  if (place == WaitingRoom::Place::kNone) {
    counters_.shed.add();
    return respond_failure(lookup, ExtendedError::kOther);
  }
  if (place == WaitingRoom::Place::kJoined) return;
  upstream_.ask(question, [this, question](UpstreamOutcome outcome) { take_outcome(question, std::move(outcome)); });
}

void Pipeline::take_outcome(const dns::Question& question, UpstreamOutcome outcome) {
  tick();
  std::vector<Waiting> waiting = waiting_.take(question);
  if (!outcome) {
    cache_.put_failure(question, outcome.error().why, steady_us_);
    for (Waiting& one : waiting) {
      if (!respond_stale(one.lookup)) respond_failure(one.lookup, outcome.error().why);
    }
    return;
  }
  CacheEntry& entry = cache_.put(question, std::move(*outcome), steady_us_);
  counters_.cache_entries.set(cache_.size());
  for (const Waiting& one : waiting) inspect_and_respond(one.lookup, entry, {});
}

// What stays true of an answer for every device, until other rules come.
void Pipeline::classify_answer(const Lookup& lookup, CacheEntry& entry) {
  const Snapshot& snapshot = *lookup.view->snapshot;
  if (entry.tags_generation == snapshot.generation) return;
  entry.target_tags.clear();
  for (const dns::Name& target : entry.answer.targets) {
    entry.target_tags.push_back(snapshot.names().classify(target, lookup.view->scratch));
  }
  entry.ruled_addresses.clear();
  if (snapshot.image->has_rules_by(filter::Trigger::kResponseIp)) {
    dns::for_each_address(entry.answer, [&](std::span<const std::uint8_t> octets) {
      const base::IpAddress address = to_address(octets);
      if (snapshot.image->has_rule_for(filter::Trigger::kResponseIp, address, lookup.view->scratch)) {
        entry.ruled_addresses.push_back(address);
      }
    });
  }
  entry.tags_generation = snapshot.generation;
}

// Where an answer leads is decided like the asked name: a harmless alias of an unsafe name is unsafe.
void Pipeline::inspect_and_respond(const Lookup& lookup, CacheEntry& entry, const dns::Freshness& freshness) {
  classify_answer(lookup, entry);
  bool wants_tcp = false;
  for (std::size_t i = 0; i < entry.answer.targets.size(); ++i) {
    const Judgement judged = judge_target(lookup, entry.answer.targets[i], entry.target_tags[i]);
    if (judged.withholds()) return withhold(lookup, judged);
    wants_tcp = wants_tcp || judged.wants_tcp;
  }
  for (const base::IpAddress& address : entry.ruled_addresses) {
    const Judgement judged = judge_address(lookup, address);
    if (judged.withholds()) return withhold(lookup, judged);
    wants_tcp = wants_tcp || judged.wants_tcp;
  }
  if (wants_tcp && is_over_udp(lookup)) return respond_truncated(lookup);
  if (lookup.alias) return respond_by_alias(lookup, entry, freshness);
  auto record = record_of(lookup, LookupVerdict::kAllowed, entry.answer.rcode);
  respond(lookup, record, dns::write_answer(lookup.query, entry.answer, freshness, reply_limit(lookup), reply_));
}

Judgement Pipeline::judge_target(const Lookup& lookup, const dns::Name& target, const filter::TagSet& tags) const {
  const Snapshot& snapshot = *lookup.view->snapshot;
  const filter::Classifier names = snapshot.names();
  filter::Image::Scratch& scratch = lookup.view->scratch;
  const base::IpAddress& client = lookup.sighting.address;
  return judge(
      lookup.has_client_rule ? names.classify_for(client, target, scratch) : tags, snapshot.illegal,
      [&](const filter::TagSet& of_target) {
        return snapshot.policy->decide_target(lookup.recognition.group, verdict_for_targets(lookup), target, of_target);
      },
      [&](filter::TagNumber tag) { return names.origin_for(client, target, tag, scratch); });
}

Judgement Pipeline::judge_address(const Lookup& lookup, const base::IpAddress& address) const {
  const Snapshot& snapshot = *lookup.view->snapshot;
  const filter::Classifier names = snapshot.names();
  filter::Image::Scratch& scratch = lookup.view->scratch;
  const base::IpAddress& client = lookup.sighting.address;
  const dns::Name& name = lookup.query.lower_qname;
  return judge(
      names.classify_response(address, client, name, scratch), snapshot.illegal,
      [&](const filter::TagSet& tags) {
        return snapshot.policy->decide_target(lookup.recognition.group, verdict_for_targets(lookup), name, tags);
      },
      [&](filter::TagNumber tag) { return names.origin_of_response(address, client, name, tag, scratch); });
}

bool Pipeline::respond_stale(Lookup& lookup) {
  CacheEntry* stale = cache_.find_stale(lookup.question(), steady_us_);
  if (stale == nullptr) return false;
  lookup.cached = true;
  const auto age_seconds = static_cast<std::uint32_t>((steady_us_ - stale->stored_us) / kMicrosecondsPerSecond);
  inspect_and_respond(lookup, *stale, {age_seconds, kStaleTtlSeconds, ExtendedError::kStaleAnswer});
  return true;
}

void Pipeline::withhold(const Lookup& lookup, const Judgement& judged) {
  switch (judged.action()) {
    case filter::Action::kNoData:
      return respond_nothing(lookup, judged, Rcode::kNoError);
    case filter::Action::kNxDomain:
      return respond_nothing(lookup, judged, Rcode::kNxDomain);
    case filter::Action::kDrop:
      return drop(lookup, judged);
    case filter::Action::kLocalData:
      return respond_local_data(lookup, judged);
    case filter::Action::kTcpOnly:  // withholds nothing: see judge()
    case filter::Action::kBlock:
      return respond_blocked(lookup, judged);
  }
}

void Pipeline::respond_blocked(const Lookup& lookup, const Judgement& judged) {
  counters_.blocked.add();
  const Snapshot& snapshot = *lookup.view->snapshot;
  auto record = record_of(lookup, judged, LookupVerdict::kBlocked, Rcode::kNoError);
  respond(lookup, record, dns::write_blocked(lookup.query, snapshot.block, why_withheld(snapshot, judged), reply_));
}

void Pipeline::respond_nothing(const Lookup& lookup, const Judgement& judged, Rcode rcode) {
  counters_.blocked.add();
  const Snapshot& snapshot = *lookup.view->snapshot;
  auto record = record_of(lookup, judged, LookupVerdict::kBlocked, rcode);
  respond(lookup, record,
          dns::write_nodata(lookup.query, rcode, snapshot.block.ttl_seconds, reply_, why_withheld(snapshot, judged)));
}

// Records that the list has of its own, or an alias, whose answer is looked for as if it had been asked for. Rare, and not free of
// allocations.
void Pipeline::respond_local_data(const Lookup& lookup, const Judgement& judged) {
  const Snapshot& snapshot = *lookup.view->snapshot;
  const LocalData data = find_local_data(snapshot.image->answers(), judged.origin.answer, lookup.query);
  if (!data.records.empty()) {
    auto record = record_of(lookup, judged, LookupVerdict::kRewritten, Rcode::kNoError);
    return respond(
        lookup, record,
        dns::write_local_data(lookup.query, data.records, snapshot.block.ttl_seconds, reply_limit(lookup), reply_));
  }
  if (!data.alias || lookup.query.qtype == dns::Type::kAny) return respond_nothing(lookup, judged, Rcode::kNoError);
  if (!may_lead_to(lookup, *data.alias)) return respond_blocked(lookup, judged);
  if (lookup.query.qtype == dns::Type::kCname) {
    auto record = record_of(lookup, judged, LookupVerdict::kRewritten, Rcode::kNoError);
    const dns::LocalRecord alias{dns::Type::kCname, data.alias->wire()};
    return respond(
        lookup, record,
        dns::write_local_data(lookup.query, {&alias, 1}, snapshot.block.ttl_seconds, reply_limit(lookup), reply_));
  }
  Lookup by_alias = lookup;
  by_alias.judged = judged;
  by_alias.alias = std::make_shared<const dns::Name>(*data.alias);
  by_alias.cached = false;
  if (!answer_from_cache(by_alias)) ask_upstream(by_alias);
}

// A rule may lead a name elsewhere, but not to what this device may not have, nor from alias to alias, nor in a circle.
bool Pipeline::may_lead_to(const Lookup& lookup, const dns::Name& alias) const {
  if (lookup.alias || alias == lookup.query.lower_qname) return false;
  Lookup nothing_decided = lookup;
  nothing_decided.judged = Judgement();
  const filter::TagSet tags = lookup.view->snapshot->names().classify(alias, lookup.view->scratch);
  return !judge_target(nothing_decided, alias, tags).withholds();
}

void Pipeline::respond_by_alias(const Lookup& lookup, const CacheEntry& entry, const dns::Freshness& freshness) {
  dns::Question asked = lookup.question();
  asked.lower_qname = lookup.query.lower_qname;
  const auto answer = dns::answer_by_alias(asked, *lookup.alias, lookup.view->snapshot->block.ttl_seconds, entry.answer,
                                           freshness.age_seconds);
  if (!answer) return respond_failure(lookup, ExtendedError::kOther);
  auto record = record_of(lookup, lookup.judged, LookupVerdict::kRewritten, answer->rcode);
  const dns::Freshness now{0, freshness.least_ttl_seconds, freshness.extended};
  respond(lookup, record, dns::write_answer(lookup.query, *answer, now, reply_limit(lookup), reply_));
}

void Pipeline::respond_truncated(const Lookup& lookup) {
  auto record = record_of(lookup, LookupVerdict::kAllowed, Rcode::kNoError);
  respond(lookup, record, dns::write_truncated(lookup.query, reply_));
}

void Pipeline::drop(const Lookup& lookup, const Judgement& judged) {
  counters_.blocked.add();
  const auto record = record_of(lookup, judged, LookupVerdict::kBlocked, Rcode::kNoError);
  if (journal_ != nullptr) journal_->publish(record);
  responder_.drop(lookup.client);
}

void Pipeline::respond_failure(const Lookup& lookup, ExtendedError why) {
  counters_.failed.add();
  auto record = record_of(lookup, LookupVerdict::kFailed, Rcode::kServFail);
  respond(lookup, record, dns::write_error(lookup.query, Rcode::kServFail, why, reply_));
}

void Pipeline::respond_error(const Lookup& lookup, Rcode rcode, std::optional<ExtendedError> why) {
  counters_.refused.add();
  auto record = record_of(lookup, LookupVerdict::kRefused, rcode);
  respond(lookup, record, dns::write_error(lookup.query, rcode, why, reply_));
}

// An answer that a client received is in the history, whatever happens next: published first, sent second.
void Pipeline::respond(const Lookup& lookup, LookupRecord& record, std::size_t size) {
  if (journal_ != nullptr) journal_->publish(record);
  responder_.send(lookup.client, std::span(reply_).first(size));
}

LookupRecord Pipeline::record_of(const Lookup& lookup, LookupVerdict verdict, Rcode rcode) const {
  LookupRecord record;
  record.duration_us = static_cast<std::uint32_t>(steady_us_ - lookup.arrived_us);
  record.time_us = wall_us_ - record.duration_us;
  record.qtype = static_cast<std::uint16_t>(lookup.query.qtype);
  record.rcode = static_cast<std::uint16_t>(rcode);
  record.verdict = verdict;
  record.transport = lookup.client.transport;
  record.cached = lookup.cached ? 1 : 0;
  record.client = lookup.client.peer.address.bytes();
  record.tags = lookup.tags.words();
  const Snapshot& snapshot = *lookup.view->snapshot;
  snapshot.policy->write_device_id(lookup.recognition, lookup.sighting, snapshot.site, record.device.data(),
                                   record.device.size());
  record.put_name(lookup.query.lower_qname.wire());
  return record;
}

LookupRecord Pipeline::record_of(const Lookup& lookup, const Judgement& judged, LookupVerdict verdict,
                                 Rcode rcode) const {
  LookupRecord record = record_of(lookup, verdict, rcode);
  const Snapshot& snapshot = *lookup.view->snapshot;
  if (judged.verdict.tag) {
    const filter::Tag* tag = snapshot.image->tags().find(*judged.verdict.tag);
    if (tag != nullptr) LookupRecord::put(record.category, tag->id);
    LookupRecord::put(record.list, judged.origin.list);
  } else if (judged.verdict.rule) {
    const policy::NameRule& rule = snapshot.policy->rule(*judged.verdict.rule);
    LookupRecord::put(record.list, snapshot.policy->group(rule.group).id);
  }
  return record;
}

}  // namespace schoolgate::resolver
