#include "lists/opaque_source.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "filter/file/sectioned_file.h"
#include "lists/opaque/opaque_copy.h"
#include "lists/opaque/opaque_key.h"
#include "lists/survey.h"
#include "lists/versions/versions.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;
using base::Result;
using filter::OpaqueRule;

class Hasher final : public ActionSink {
 public:
  Hasher(const filter::OpaqueKey& key, ListAction action, const SetAside& set_aside, std::vector<OpaqueRule>& rules)
      : ActionSink(action), key_(key), skipper_(set_aside), rules_(rules) {}
  void take(const Line& line, filter::Reach reach, filter::Exception exception, const dns::Name& name) override {
    if (skipper_.skips_next()) return;
    rules_.push_back(filter::hash_rule(0, reach, exception, name, line.number, key_));
  }
  void take_pattern(const Line&, filter::Exception, std::string_view) override {}  // rejected when the source was read
  void reject(const Line&, std::string_view) override {}
  void skip(const Line&) override {}

 private:
  // An answer of its own is not kept: it could tell whose it is.
  void take_given(const Line& line, filter::Reach reach, const dns::Name& name, const filter::RuleAnswer&) override {
    take(line, reach, filter::Exception::kNo, name);
  }
  void take_by_address(const Line&, const filter::AddressTrigger&, filter::Exception,
                       const filter::RuleAnswer&) override {}  // likewise

  const filter::OpaqueKey& key_;
  SetAside::Skipper skipper_;
  std::vector<OpaqueRule>& rules_;
};

OpaqueReading hash(Reading reading, ListAction action, const filter::OpaqueKey& key) {
  OpaqueReading hashed;
  hashed.key = key;
  hashed.rules.reserve(reading.report.rules);
  Hasher hasher(key, action, reading.set_aside, hashed.rules);
  reading.format->parse(reading.bytes, hasher);
  std::sort(hashed.rules.begin(), hashed.rules.end());
  hashed.rules.erase(std::unique(hashed.rules.begin(), hashed.rules.end()), hashed.rules.end());
  hashed.report = std::move(reading.report);
  hashed.report.rules = hashed.rules.size();
  // A plain digest of a short list would let anybody test a guess at it.
  hashed.report.version = filter::to_hex(filter::hash_of(filter::octets_of(reading.bytes), key));
  return hashed;
}

// The copy in the clear goes when there is one to take its place.
void keep(OpaqueReading& reading, const std::string& octets, const Source& source, const std::string& state_folder) {
  const std::string path = opaque_copy_path(state_folder, source.id);
  if (const auto kept = write_opaque_copy(path, octets); !kept) {
    reading.report.problem = "in force, but no copy of it could be kept: " + kept.error().message();
    return;
  }
  std::error_code error;
  const std::string clear = copy_path(state_folder, source.id);
  std::filesystem::remove(clear, error);
  if (error)
    reading.report.problem = "in force, but its copy in the clear cannot be removed, " + clear + ": " + error.message();
}

void say_kept(ListReport& report, const std::string& problem) {
  report.kept_copy = true;
  const std::string besides = report.problem.empty() ? "" : "; " + report.problem;
  report.problem = fmt::format("{}; the last good copy is in force (rules: {}){}", problem, report.rules, besides);
}

// The settings may have changed since; what was read then has not.
void take_over_settings(ListReport& report, const Source& source) {
  report.id = source.id;
  report.category = source.category;
  report.source = source.shown_source();
  report.opaque = true;
}

Result<OpaqueReading> read_kept(const Source& source, const std::string& state_folder) {
  const auto key = read_opaque_key(state_folder);
  if (!key) return key.error();
  auto copy = read_opaque_copy(opaque_copy_path(state_folder, source.id), *key);
  if (!copy && copy.error().code() == ErrorCode::kForbidden) {
    return copy.error().within(opaque_key_path(state_folder) + " does not fit");
  }
  if (!copy) return copy.error();
  take_over_settings(copy->report, source);
  return OpaqueReading{std::move(copy->report), std::move(copy->rules), *key};
}

// Since the source cannot be read.
Result<OpaqueReading> fall_back(const ListReport& now, const Source& source, const std::string& state_folder) {
  auto kept = read_kept(source, state_folder);
  if (!kept) {
    return base::Error(kept.error().code(),
                       fmt::format("{}; and what was kept of it cannot be used: {}; put the key or the source "
                                   "back and build again; until then the image stays as it was",
                                   now.problem, kept.error().message()));
  }
  say_kept(kept->report, now.problem);
  return kept;
}

// What was read goes into force, or else, when it is held back, what is kept stays.
Result<OpaqueReading> take_version(Reading reading, const Source& source, const Ground& ground) {
  const auto key = take_opaque_key(ground.state_folder);
  if (!key) return key.error();
  OpaqueReading hashed = hash(std::move(reading), source.action, *key);
  const std::string octets = encode_opaque_copy({hashed.report, hashed.rules}, *key);
  const Received received = receive_version(source, hashed.report, octets, ground);
  if (received.is_held()) {
    if (auto kept = read_kept(source, ground.state_folder)) {
      say_held(kept->report, received);
      return kept;
    }
  }
  say_received(hashed.report, received);
  keep(hashed, octets, source, ground.state_folder);
  return hashed;
}

}  // namespace

bool has_opaque_copy(const Source& source, const std::string& state_folder) {
  std::error_code ignored;
  return std::filesystem::exists(opaque_copy_path(state_folder, source.id), ignored);
}

void remove_opaque_copy(const Source& source, const std::string& state_folder) {
  std::error_code ignored;
  std::filesystem::remove(opaque_copy_path(state_folder, source.id), ignored);
}

namespace {

Reading look_at(const Source& source, const std::string& path, const std::string& format, const Ground& ground) {
  Reading reading = read_octets(source, path, format);
  survey(reading, source, ground.guard);
  return reading;
}

// It may have come in another format than the one set since.
Reading look_at_copy(const Source& source, const Ground& ground) {
  const std::string path = copy_path(ground.state_folder, source.id);
  Reading kept = look_at(source, path, source.format, ground);
  return kept.report.rules > 0 ? kept : look_at(source, path, "auto", ground);
}

Result<OpaqueReading> read_source(const Source& source, const Ground& ground) {
  Reading now = look_at(source, source.path, source.format, ground);
  if (now.report.rules > 0) return take_version(std::move(now), source, ground);
  if (has_opaque_copy(source, ground.state_folder)) return fall_back(now.report, source, ground.state_folder);
  Reading in_the_clear = look_at_copy(source, ground);
  if (in_the_clear.report.rules > 0) {
    auto kept = take_version(std::move(in_the_clear), source, ground);
    if (kept) say_kept(kept->report, now.report.problem);
    return kept;
  }
  now.report.version.clear();
  now.report.problem += now.format == nullptr ? "; there is no earlier copy, so this list is missing" : "";
  return OpaqueReading{std::move(now.report), {}, std::nullopt};
}

// What was fetched is gone once it is hashed: until the next time, the hashes are the list.
bool is_hashed_already(const Source& source, const Ground& ground) {
  std::error_code ignored;
  return source.remote && !std::filesystem::exists(source.path, ignored) &&
         has_opaque_copy(source, ground.state_folder);
}

}  // namespace

Result<OpaqueReading> read_opaque_source(const Source& source, const Ground& ground) {
  auto reading =
      is_hashed_already(source, ground) ? read_kept(source, ground.state_folder) : read_source(source, ground);
  if (!reading) return reading;
  // Of one that could not be kept as hashes the octets are all there is.
  if (source.remote && has_opaque_copy(source, ground.state_folder)) {
    FetchedList(ground.state_folder, source.id).remove_octets();
  }
  say_fetch(reading->report, source, ground);
  return reading;
}

}  // namespace schoolgate::lists
