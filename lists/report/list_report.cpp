#include "lists/report/list_report.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace schoolgate::lists {
namespace {

constexpr std::size_t kMostRejectedKept = 100;
// A reason may quote what an engine says of an expression: then there are as many as expressions.
constexpr std::size_t kMostReasons = 50;
constexpr std::string_view kOtherReasons = "for other reasons";
constexpr std::size_t kMostTextBytes = 200;

// A list line is a stranger's text: control characters could speak to a terminal.
std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, kMostTextBytes)) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      shown += fmt::format("\\{:03}", static_cast<unsigned char>(c));
    } else {
      shown += c;
    }
  }
  return text.size() > kMostTextBytes ? shown + "…" : shown;
}

// The reason's place among those of the report, which may be that of all others; nullptr when there is room for a new one.
RejectedReason* find_reason(ListReport& report, std::string_view reason) {
  const auto find = [&report](std::string_view wanted) {
    const auto found = std::ranges::find(report.reasons, wanted, &RejectedReason::reason);
    return found == report.reasons.end() ? nullptr : &*found;
  };
  if (RejectedReason* known = find(reason)) return known;
  if (report.reasons.size() + 1 < kMostReasons) return nullptr;
  if (RejectedReason* others = find(kOtherReasons)) return others;
  return &report.reasons.emplace_back(RejectedReason{std::string(kOtherReasons), 0, 0, {}});
}

}  // namespace

void note_rejected(ListReport& report, const filter::RejectedRule& rule) {
  ++report.rejected_count;
  if (rule.guarded) ++report.guarded;
  const std::string why = printable(rule.reason);
  RejectedReason* reason = find_reason(report, why);
  const bool is_kept = report.rejected.size() < kMostRejectedKept;
  const bool is_first = reason == nullptr || reason->count == 0;
  const std::string text = report.opaque || !(is_kept || is_first) ? "" : printable(rule.text);
  if (reason == nullptr) reason = &report.reasons.emplace_back(RejectedReason{why, 0, 0, {}});
  if (is_first) {
    reason->line = rule.line;
    reason->text = text;
  }
  ++reason->count;
  if (is_kept) report.rejected.push_back({rule.list, rule.line, text, why, rule.guarded});
}

}  // namespace schoolgate::lists
