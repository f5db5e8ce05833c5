#include "policy/bulk_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schoolgate::policy {
namespace {

// What can be written in a line between tabs, and in a JSON text: a name's own text is both but for its backslashes.
std::string quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted.append({'\\', c});
    } else if (octet < 0x20 || octet >= 0x7f) {
      quoted += fmt::format("\\u{:04x}", octet);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    shown += octet < 0x20 || octet >= 0x7f ? fmt::format("\\{:03}", octet) : std::string(1, c);
  }
  return shown;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Presentation form would take these octets too, but nobody writes a name with them.
bool is_written_so(char c) { return c > ' ' && c < 0x7f; }

}  // namespace

bool BulkCheck::Outcome::operator==(const Outcome& other) const {
  return tags == other.tags && verdict.action == other.verdict.action && verdict.step == other.verdict.step &&
         verdict.tag == other.verdict.tag;
}

std::size_t BulkCheck::Hash::operator()(const Outcome& outcome) const noexcept {
  std::uint64_t hash = static_cast<std::uint64_t>(outcome.verdict.step) << 16 | outcome.verdict.tag.value_or(0xffff);
  for (const std::uint64_t word : outcome.tags.words()) hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
  return static_cast<std::size_t>(hash ^ hash >> 32);
}

base::Result<BulkCheck> BulkCheck::make(Parts parts, GroupNumber group, Form form) {
  auto scratch = parts.image->make_scratch();
  if (!scratch) return scratch.error();
  return BulkCheck(std::move(parts), std::move(*scratch), group, form);
}

BulkCheck::BulkCheck(Parts parts, filter::Image::Scratch scratch, GroupNumber group, Form form)
    : parts_(std::move(parts)), scratch_(std::move(scratch)), group_(group), form_(form) {}

void BulkCheck::check(std::string_view written, std::string& out) {
  written = trimmed(written);
  if (written.empty()) return;
  ++names_;
  auto name = dns::Name::parse(written);
  if (!name || !std::all_of(written.begin(), written.end(), is_written_so)) return append_invalid(written, out);
  name->lower();
  const filter::Classifier names(*parts_.image, *parts_.local_rules);
  Outcome outcome{names.classify(*name, scratch_), {}};
  outcome.verdict = parts_.policy->decide(group_, *name, outcome.tags);
  auto known = texts_.find(outcome);
  if (known == texts_.end()) known = texts_.emplace(outcome, text_of(outcome)).first;
  if (form_ == Form::kJson) {
    out += R"({"name":)";
    out += quoted(name->to_text());
  } else {
    out += name->to_text();
  }
  out += known->second;
}

std::string BulkCheck::text_of(const Outcome& outcome) const {
  const filter::Tag* tag = outcome.verdict.tag ? parts_.image->tags().find(*outcome.verdict.tag) : nullptr;
  const std::string category = tag != nullptr ? tag->id : "";
  const std::string step(to_text(outcome.verdict.step));
  const std::string_view verdict = outcome.verdict.blocks() ? "blocked" : "allowed";
  std::vector<std::string> tags = parts_.image->tags().ids(outcome.tags);
  if (form_ == Form::kTabs) {
    return fmt::format("\t{}\t{}\t{}\n", verdict, category.empty() ? step : category,
                       tags.empty() ? "-" : fmt::to_string(fmt::join(tags, ",")));
  }
  for (std::string& id : tags) id = quoted(id);
  return fmt::format(R"(,"verdict":"{}","category":{},"decided_by":"{}","tags":[{}]}})"
                     "\n",
                     verdict, quoted(category), step, fmt::join(tags, ","));
}

void BulkCheck::append_invalid(std::string_view written, std::string& out) const {
  out += form_ == Form::kTabs
             ? fmt::format("{}\tinvalid\t-\t-\n", printable(written))
             : fmt::format(R"({{"name":{},"verdict":"invalid","category":"","decided_by":"","tags":[]}})"
                           "\n",
                           quoted(written));
}

}  // namespace schoolgate::policy
