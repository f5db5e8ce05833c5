// Local rules: what a technician says of a name until the lists say so too. Each gives a category to names, or lifts it,
// whichever list gave it. Written as TOML; local_rules_file.h keeps them.
//
//     [[rule]]
//     name = "casino.example"             # and all below it; "*.casino.example": only those; "=casino.example": only it
//     effect = "give"                     # or "lift"
//     category = "gambling"               # a tag of the taxonomy
//     reason = "found in a lesson"        # may be empty
//     added_by = "jane"
//     added = "2026-11-25T09:30:00.000000Z"
//
// Thread contract: values.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "filter/overlay.h"

namespace schoolgate::lists {

struct LocalRule {
  dns::Name name;  // lower case
  filter::Reach reach = filter::Reach::kBoth;
  filter::Effect effect = filter::Effect::kGive;
  std::string category;  // a tag's id
  std::string reason;
  std::string added_by;
  std::int64_t added_us = 0;  // since the epoch
  bool operator==(const LocalRule&) const = default;
};

// Sets name and reach: "example.org", "*.example.org" or "=example.org", as in the policy file. The error says in words for
// a technician why it is none.
base::Status read_written_name(std::string_view written, LocalRule& rule);
std::string written_name(const LocalRule& rule);
// Who added it, when and why, for those who ask why a name is blocked: "found in a lesson (jane, 2026-11-25)".
std::string in_words(const LocalRule& rule);
// kInvalid for a reason or a name of a person that is too long, or no plain text: one line of UTF-8.
base::Status check_texts(const LocalRule& rule);

// Strict, as every file of ours; at most filter::Overlay::kMostRules.
base::Result<std::vector<LocalRule>> parse_local_rules(std::string_view text, const std::string& file);
std::string encode_local_rules(const std::vector<LocalRule>& rules);

struct LocalChange {
  std::vector<LocalRule> put;      // each in place of those of its name and category that cover no more than it does
  std::vector<LocalRule> removed;  // known by name, reach and category
  std::string by;                  // who asked for it
};
std::vector<LocalRule> with_change(std::vector<LocalRule> rules, const LocalChange& change);

// The rules on their way to the query path. One that cannot be honoured (its category is gone from the taxonomy, or is
// locked and would be lifted) is set aside, alone.
struct LocalOverlay {
  std::shared_ptr<const filter::Overlay> overlay;
  std::vector<std::string> problems;  // one a rule, in their order; empty: it is in force
};
// `locked`: what nothing lifts, beside what the tags say themselves.
base::Result<LocalOverlay> build_overlay(const std::vector<LocalRule>& rules, const filter::TagTable& tags,
                                         const filter::TagSet& locked);
// What needs a person, in one text; empty when no rule was set aside.
std::string set_aside(const std::vector<LocalRule>& rules, const LocalOverlay& overlay);

}  // namespace schoolgate::lists
