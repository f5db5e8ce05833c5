// The JSON shapes that the API and the command share. Keys may only grow (the contract of `schoolgate … --json`).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "web/service.h"

namespace schoolgate::web {

using Json = nlohmann::ordered_json;

Json to_json(const policy::CheckReport& report);
Json to_json(const history::Lookup& lookup);
Json to_json(const ServerState& state);
Json to_json(const policy::Policy& policy, const filter::TagTable& tags);
Json to_json(const lists::BuildOutcome& outcome, const lists::Taxonomy& taxonomy);
Json to_json(const LocalRuleState& state);
Json to_json(const LocalOutcome& outcome);

// The illegal categories for which no real list is in force: fewer rules than the floor are our own test names. No page, status or
// report may stay silent about them.
std::vector<std::string> locked_without_list(const lists::BuildOutcome& outcome, const lists::Taxonomy& taxonomy);
// The other categories that some group blocks and no list in force names: who reads the policy believes that they are stopped.
std::vector<std::string> blocked_without_list(const policy::Policy& policy, const lists::BuildOutcome& outcome,
                                              const lists::Taxonomy& taxonomy);

// A category that some group blocks, with a list, and with fewer names on its lists together than count as covered.
struct Shortfall {
  std::string category;
  std::uint64_t names = 0;  // rules: patterns count, and what stands on two lists counts twice
  std::uint64_t floor = 0;  // the taxonomy's
};
// Not the locked ones, nor those without any name: the two above have them.
std::vector<Shortfall> below_floor(const policy::Policy& policy, const lists::BuildOutcome& outcome,
                                   const lists::Taxonomy& taxonomy);
Json to_json(const std::vector<Shortfall>& shortfalls);

// ASCII only, one line; bytes that are no UTF-8 are replaced, never thrown at.
std::string to_text(const Json& json);

}  // namespace schoolgate::web
