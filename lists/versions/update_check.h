// Which updates of a list are held back until a person has looked: those that are more likely a mistake, of whoever made the list
// or of whoever serves it, than news.
#pragma once

#include <cstdint>
#include <string>

namespace schoolgate::lists {

struct UpdateFigures {
  std::uint64_t rules_before = 0;  // of the version in force
  std::uint64_t rules = 0;         // of the new one, without those set aside
  std::uint64_t guarded = 0;       // rules of the new one that the guard set aside
};

// "shrinks from 12,000 rules to 310", in words for the person who decides; empty when nothing is odd. Small lists are their
// owner's, who takes out half of ten rules and knows why: a shrinking of under 50 rules, a growth of under 1,000 and fewer than
// three guarded rules hold nothing back.
std::string why_hold_back(const UpdateFigures& figures);

}  // namespace schoolgate::lists
