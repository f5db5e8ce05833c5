// check(): why is a name blocked, or not? The whole chain of decision with rule, list and line. The same
// function serves the command with and without a daemon, the API and the pages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/types.h"
#include "filter/classifier.h"
#include "policy/policy.h"

namespace schoolgate::policy {

struct CheckRequest {
  std::string name;  // as typed; a final dot, upper case and a pasted "https://…/path" are understood
  std::optional<std::string> device;  // a device's id; or an address or MAC, recognised as the query path would
  std::optional<std::string> group;   // at most one of device and group; neither: the default group
  dns::Type type = dns::Type::kA;
  std::optional<base::MacAddress> mac = std::nullopt;  // seen behind the address that `device` is
};

struct CheckStep {
  std::string step;              // "locked-category", …
  std::string rule;              // in words: "category gambling"
  std::string list;              // of a list rule; empty otherwise
  std::optional<unsigned> line;  // of the list, or of the policy file for a name rule; absent for an opaque list
  std::string text;     // the list's line as written, empty for an opaque list; of a local rule, why and by whom
  std::string outcome;  // "blocks", "allows", "no match", "lifted by a local rule", "not reached"
};

struct CheckReport {
  std::string name;
  std::string verdict;     // "allowed" or "blocked"
  std::string category;    // the deciding tag's id; empty when no category decided
  std::string decided_by;  // "category gambling, list starter-gambling, line 12" in words
  std::string group;
  std::string device;  // empty when none was asked for
  std::vector<std::string> tags;
  std::vector<filter::RuleHit> hits;  // those of an opaque list without line and text
  std::vector<CheckStep> chain;
  std::string answer;  // in words: what a device gets that asks for this type
  // What was not looked at, in words.
  std::string targets = "not followed: names that the answer leads to are decided too when it is asked";
};

base::Result<CheckReport> check(const Policy& policy, const filter::Classifier& names, const CheckRequest& request);

}  // namespace schoolgate::policy
