#include "policy/bulk_check.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "policy/written_name.h"

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

void BulkCheck::add(std::string_view written, std::string& out) {
  if (written.find_first_not_of(" \t\r") == std::string_view::npos) return;
  written = written.substr(0, written.find_last_not_of('\r') + 1);
  const auto name = parse_typed_name(written);
  if (!name) {
    finish(out);
    return append_invalid(written, name.error().message(), out);
  }
  waiting_.push_back(*name);
  if (waiting_.size() == kMostWaiting) finish(out);
}

void BulkCheck::finish(std::string& out) {
  std::array<const dns::Name*, kMostWaiting> names;
  std::array<filter::TagSet, kMostWaiting> tags;
  for (std::size_t i = 0; i < waiting_.size(); ++i) names[i] = &waiting_[i];
  const filter::Classifier classifier(*parts_.image, *parts_.local_rules);
  classifier.classify(std::span(names).first(waiting_.size()), std::span(tags).first(waiting_.size()), scratch_);
  for (std::size_t i = 0; i < waiting_.size(); ++i) append_line(waiting_[i], tags[i], out);
  waiting_.clear();
}

void BulkCheck::append_line(const dns::Name& name, const filter::TagSet& tags, std::string& out) {
  const Outcome outcome{tags, parts_.policy->decide(group_, name, tags)};
  auto known = texts_.find(outcome);
  if (known == texts_.end()) known = texts_.emplace(outcome, text_of(outcome)).first;
  if (form_ == Form::kJson) {
    out += R"({"name":)";
    out += quoted(name.to_text());
  } else {
    name.append_text(out);
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

void BulkCheck::append_invalid(std::string_view written, const std::string& why, std::string& out) const {
  out += form_ == Form::kTabs
             ? fmt::format("{}\tinvalid\t{}\t-\n", printable(written), printable(why))
             : fmt::format(R"({{"name":{},"verdict":"invalid","category":"","decided_by":"","tags":[],"error":{}}})"
                           "\n",
                           quoted(written), quoted(why));
}

}  // namespace schoolgate::policy
