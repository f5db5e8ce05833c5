// Lookup: one query's life, from its arrival to its answer. Also what the journal remembers of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "dns/answer.h"
#include "dns/query.h"
#include "filter/rules/tag_set.h"
#include "policy/policy.h"
#include "resolver/judgement.h"
#include "resolver/responder.h"

namespace schoolgate::resolver {

struct SnapshotView;

struct Lookup {
  Client client;
  dns::Query query;
  std::int64_t arrived_us = 0;  // steady
  SnapshotView* view = nullptr;
  policy::Sighting sighting;
  policy::Recognition recognition;
  filter::TagSet tags;           // of the asked name
  bool has_client_rule = false;  // some list has a rule for this client
  Judgement judged;              // the asked name, or what it leads to
  // By a rule's local data the asked name is an alias: what this one's answer is, is its answer.
  std::shared_ptr<const dns::Name> alias;
  bool cached = false;

  // What an upstream is asked.
  dns::Question question() const {
    return {alias ? *alias : query.lower_qname, query.qtype, query.dnssec_ok(), query.checking_disabled()};
  }
};

}  // namespace schoolgate::resolver
