// Service: what a browser or the command asks of the running daemon. The daemon implements it; `web` holds no rule.
//
// Thread contract: every call may come from any web thread, and answers from immutable snapshots or its own connection;
// change_local_rules() and reload_policy() wait for the control thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "history/history.h"
#include "lists/build.h"
#include "lists/local_rules/local_rules.h"
#include "policy/by_group.h"
#include "policy/check.h"
#include "policy/policy.h"

namespace schoolgate::web {

struct UpstreamState {
  std::string server;  // "udp://192.0.2.1:53"
  std::string zone;    // "." or the conditional zone
  std::string state;   // "answering", "refusing", "not answering", "not asked yet"
  std::uint64_t asked = 0;
  std::uint64_t failed = 0;
  double latency_ms = 0;  // smoothed
};

struct ServerState {
  std::string version;
  std::string node;
  std::int64_t started_us = 0;  // since the epoch
  std::vector<std::string> listen;
  unsigned workers = 0;
  bool dnssec = false;  // validation is not built yet: always false, and status says so
  std::uint64_t lookups = 0;
  std::uint64_t blocked = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t cache_entries = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  std::vector<UpstreamState> upstreams;
  history::Statistics history;
  std::string image_digest;  // empty: no image, names get SERVFAIL
  std::uint64_t rules = 0;
  bool building = false;  // another image, or it is on its way into force
  std::string policy_file;
  std::string policy_digest;
  std::vector<std::string> problems;  // what needs a person, in words; empty: all is well
};

struct LocalRuleState {
  lists::LocalRule rule;
  std::string problem;  // why it is set aside; empty: it is in force
};

// What somebody wants to change in the local rules.
struct LocalRequest {
  enum class Kind { kBlock, kAllow, kRemove };
  Kind kind = Kind::kBlock;
  std::string name;                     // as lists::read_written_name takes it
  std::optional<std::string> category;  // absent: each that the name has (kAllow), any (kRemove)
  std::string reason;
  std::string by;               // who asks
  bool even_protected = false;  // of kBlock: though the shipped guard says no (lists/guard/guard.h)
};

struct LocalOutcome {
  std::string name;  // as it was written
  std::vector<lists::LocalRule> put;
  std::vector<lists::LocalRule> removed;
  std::vector<std::string> locked;  // categories of the name that stay
  std::string checked;              // the name that `groups` speaks of
  std::vector<policy::GroupVerdict> groups;
};

class Service {
 public:
  virtual ~Service() = default;
  virtual ServerState state() = 0;
  virtual base::Result<policy::CheckReport> check(const policy::CheckRequest& request) = 0;
  // The category (empty: none) for which the client's last question for this name was blocked, in the last minutes. Says
  // more than check(), which does not see where a name leads. Absent: it was not blocked.
  virtual std::optional<std::string> find_late_block(const base::IpAddress& client, const std::string& name) = 0;
  virtual base::Result<history::Page> search(const history::Filter& filter) = 0;
  virtual std::shared_ptr<const policy::Policy> policy() = 0;
  // Has the policy file read again. Returns when every lookup that begins from now on is decided by what it says, while its
  // lists are being built (ServerState::building); an error says why the policy before goes on.
  virtual base::Status reload_policy() = 0;
  virtual base::Result<lists::BuildOutcome> lists() = 0;
  // Somebody built the lists by hand: what lies there goes into force as soon as it is read. Returns at once.
  virtual void take_lists() = 0;
  virtual const lists::Taxonomy& taxonomy() = 0;
  virtual std::vector<LocalRuleState> local_rules() = 0;
  // Returns when every lookup that begins from now on is decided so.
  virtual base::Result<LocalOutcome> change_local_rules(const LocalRequest& request) = 0;
};

}  // namespace schoolgate::web
