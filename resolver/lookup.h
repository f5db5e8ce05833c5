// Lookup: one query's life, from its arrival to its answer. Also what the journal remembers of it.
#pragma once

#include <cstdint>
#include <optional>

#include "dns/answer.h"
#include "dns/query.h"
#include "filter/rules/tag_set.h"
#include "policy/policy.h"
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
  filter::TagSet tags;      // of the asked name
  policy::Verdict verdict;  // of the asked name
  bool cached = false;

  dns::Question question() const {
    return {query.lower_qname, query.qtype, query.dnssec_ok(), query.checking_disabled()};
  }
};

}  // namespace schoolgate::resolver
