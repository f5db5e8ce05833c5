// A rule's line as it was written, by the frames that its number is of.
#pragma once

#include <string>
#include <string_view>

#include "filter/rules/rule_line.h"
#include "filter/rules/rule_store.h"

namespace schoolgate::filter {

inline std::string written_line(std::string_view key, const RuleLine& rule, const LineFrames& frames) {
  return rule.frame == kWrittenOut ? std::string(rule.text) : line_of(key, frames.find(rule.frame).value()).value();
}

inline std::string written_line(std::string_view key, const RuleLine& rule, const LineFrameInterner& frames) {
  return rule.frame == kWrittenOut ? std::string(rule.text) : line_of(key, frames.frame(rule.frame)).value();
}

inline std::string written_line(const NameRule& rule, const RuleStore& store) {
  return written_line(rule.key(), rule, store.frames());
}

}  // namespace schoolgate::filter
