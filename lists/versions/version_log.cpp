#include "lists/versions/version_log.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "lists/versions/update_check.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using nlohmann::json;

constexpr std::array<std::string_view, 5> kWords = {"in force", "before", "held", "refused", "passed over"};

json to_json(const Version& version) {
  return {{"number", version.number},
          {"digest", version.digest},
          {"format", version.format},
          {"read_us", version.read_us},
          {"rules", version.rules},
          {"guarded", version.guarded},
          {"standing", word_for(version.standing)},
          {"why", version.why},
          {"held_since_us", version.held_since_us},
          {"by", version.by},
          {"reason", version.reason},
          {"decided_us", version.decided_us}};
}

Version from_json(const json& from) {
  Version version;
  from.at("number").get_to(version.number);
  from.at("digest").get_to(version.digest);
  from.at("format").get_to(version.format);
  from.at("read_us").get_to(version.read_us);
  from.at("rules").get_to(version.rules);
  from.at("guarded").get_to(version.guarded);
  from.at("why").get_to(version.why);
  from.at("held_since_us").get_to(version.held_since_us);
  from.at("by").get_to(version.by);
  from.at("reason").get_to(version.reason);
  from.at("decided_us").get_to(version.decided_us);
  const auto* const word = std::ranges::find(kWords, from.at("standing").get<std::string>());
  if (word == kWords.end()) throw std::invalid_argument("unknown standing");
  version.standing = static_cast<Standing>(word - kWords.begin());
  return version;
}

// The guard, the format and how lists are read may be others than at the first time.
Version& take_figures(Version& version, const NewVersion& read) {
  version.format = read.format;
  version.rules = read.rules;
  version.guarded = read.guarded;
  return version;
}

void note(Version& version, const PersonsDecision& decision) {
  version.by = decision.by;
  version.reason = decision.reason;
  version.decided_us = decision.now_us;
}

}  // namespace

std::string_view word_for(Standing standing) { return kWords[static_cast<std::size_t>(standing)]; }

const Version* VersionLog::in_force() const {
  const auto found = std::ranges::find(versions_, Standing::kInForce, &Version::standing);
  return found == versions_.end() ? nullptr : &*found;
}

const Version* VersionLog::held() const {
  const auto found = std::ranges::find(versions_, Standing::kHeld, &Version::standing);
  return found == versions_.end() ? nullptr : &*found;
}

const Version* VersionLog::find(std::uint32_t number) const {
  const auto found = std::ranges::find(versions_, number, &Version::number);
  return found == versions_.end() ? nullptr : &*found;
}

Version* VersionLog::find_to_change(Standing standing) {
  const auto found = std::ranges::find(versions_, standing, &Version::standing);
  return found == versions_.end() ? nullptr : &*found;
}

Version& VersionLog::append(const NewVersion& read) {
  Version version;
  version.number = versions_.empty() ? 1 : versions_.back().number + 1;
  version.digest = read.digest;
  version.read_us = read.now_us;
  version.standing = Standing::kHeld;
  versions_.push_back(take_figures(version, read));
  forget_oldest();
  return versions_.back();
}

const Version& VersionLog::receive(const NewVersion& read) {
  Version* waiting = find_to_change(Standing::kHeld);
  for (const Standing standing : {Standing::kInForce, Standing::kRefused}) {
    const auto known = std::ranges::find_if(versions_, [&](const Version& version) {
      return version.standing == standing && version.digest == read.digest;
    });
    if (known == versions_.end()) continue;
    if (waiting != nullptr) waiting->standing = Standing::kPassedOver;
    return take_figures(*known, read);
  }
  const Version* present = in_force();
  const std::string why = present == nullptr ? "" : why_hold_back({present->rules, read.rules, read.guarded});
  const std::int64_t held_since_us = waiting == nullptr ? read.now_us : waiting->held_since_us;
  const bool is_waiting = waiting != nullptr && waiting->digest == read.digest;
  if (waiting != nullptr && !is_waiting) waiting->standing = Standing::kPassedOver;
  Version& version = is_waiting ? take_figures(*waiting, read) : append(read);
  version.standing = Standing::kHeld;
  version.why = why;
  version.held_since_us = held_since_us;
  if (why.empty()) put_in_force(version, Standing::kBefore);
  return version;
}

base::Result<Version*> VersionLog::find_other(std::uint32_t number) {
  const auto version = std::ranges::find(versions_, number, &Version::number);
  if (version == versions_.end()) return Error(ErrorCode::kNotFound, fmt::format("there is no version {}", number));
  if (version->standing == Standing::kInForce) {
    return Error(ErrorCode::kInvalid, fmt::format("version {} is in force", number));
  }
  return &*version;
}

void VersionLog::put_in_force(Version& version, Standing present_becomes) {
  if (Version* present = find_to_change(Standing::kInForce)) present->standing = present_becomes;
  version.standing = Standing::kInForce;
  version.why.clear();
}

base::Status VersionLog::accept(std::uint32_t number, const PersonsDecision& decision) {
  const auto version = find_other(number);
  if (!version) return version.error();
  put_in_force(**version, Standing::kBefore);
  note(**version, decision);
  return {};
}

base::Status VersionLog::roll_back(std::uint32_t number, const PersonsDecision& decision) {
  const auto version = find_other(number);
  if (!version) return version.error();
  if (Version* present = find_to_change(Standing::kInForce)) note(*present, decision);
  put_in_force(**version, Standing::kRefused);
  note(**version, decision);
  return {};
}

base::Status VersionLog::refuse(std::uint32_t number, const PersonsDecision& decision) {
  const auto version = find_other(number);
  if (!version) return version.error();
  (*version)->standing = Standing::kRefused;
  note(**version, decision);
  return {};
}

void VersionLog::forget_oldest() {
  while (versions_.size() > kMostVersions) {
    versions_.erase(
        std::ranges::find_if(versions_, [](const Version& version) { return version.standing != Standing::kInForce; }));
  }
}

std::string VersionLog::encode() const {
  json versions = json::array();
  for (const Version& version : versions_) versions.push_back(to_json(version));
  constexpr int kIndent = 2;
  return json{{"versions", versions}}.dump(kIndent, ' ', false, json::error_handler_t::replace) + "\n";
}

base::Result<VersionLog> VersionLog::parse(std::string_view text) {
  try {
    const json whole = json::parse(text);
    VersionLog log;
    for (const json& version : whole.at("versions")) log.versions_.push_back(from_json(version));
    if (!std::ranges::is_sorted(log.versions_, std::ranges::less_equal(), &Version::number)) {
      // Strictly ascending: is_sorted by "less or equal" finds equal neighbours too.
      return Error(ErrorCode::kDamaged, "the versions do not follow each other");
    }
    return log;
  } catch (const std::exception& wrong) {
    return Error(ErrorCode::kDamaged, wrong.what());
  }
}

}  // namespace schoolgate::lists
