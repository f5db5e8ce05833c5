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

// A list as it was read, in memory and nowhere else.
struct InTheClear {
  Reading reading;
  filter::ListRulesBuilder rules;  // all that goes into force
  bool has_rules() const { return reading.report.rules > 0; }
};

InTheClear look_at(const Source& source, const std::string& path, const std::string& format, const Ground& ground) {
  InTheClear found{read_octets(source, path, format), {}};
  survey(found.reading, source, ground.guard, {&found.rules});
  return found;
}

// It may have come in another format than the one set since.
InTheClear look_at_copy(const Source& source, const Ground& ground) {
  const std::string path = copy_path(ground.state_folder, source.id);
  InTheClear kept = look_at(source, path, source.format, ground);
  return kept.has_rules() || source.format == "auto" ? std::move(kept) : look_at(source, path, "auto", ground);
}

Result<OpaqueReading> hash(InTheClear list, const filter::OpaqueKey& key) {
  const auto rules = filter::ListRules::read(filter::Mapping::of_memory(std::move(list.rules).encode()), "its rules");
  if (!rules) return rules.error();
  OpaqueReading hashed;
  hashed.key = key;
  hashed.rules.reserve(rules->count());
  for (filter::RuleReader reader(rules->names()); reader.next();) {
    const filter::RuleLine& rule = reader.rule();
    hashed.rules.push_back(
        {filter::hash_of(filter::octets_of(reader.key()), key), 0, rule.exception, rule.reach, rule.line});
  }
  std::ranges::sort(hashed.rules);
  hashed.report = std::move(list.reading.report);
  hashed.report.rules = hashed.rules.size();
  // A plain digest of a short list would let anybody test a guess at it.
  hashed.report.version = filter::to_hex(filter::hash_of(filter::octets_of(list.reading.bytes), key));
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
Result<OpaqueReading> take_version(InTheClear list, const Source& source, const Ground& ground) {
  const auto key = take_opaque_key(ground.state_folder);
  if (!key) return key.error();
  auto hashed = hash(std::move(list), *key);
  if (!hashed) return hashed;
  const std::string octets = encode_opaque_copy({hashed->report, hashed->rules}, *key);
  const Received received = receive_version(source, hashed->report, octets, ground);
  if (received.is_held()) {
    if (auto kept = read_kept(source, ground.state_folder)) {
      say_held(kept->report, received);
      return kept;
    }
  }
  say_received(hashed->report, received);
  keep(*hashed, octets, source, ground.state_folder);
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

Result<OpaqueReading> read_source(const Source& source, const Ground& ground) {
  InTheClear now = look_at(source, source.path, source.format, ground);
  if (now.has_rules()) return take_version(std::move(now), source, ground);
  if (has_opaque_copy(source, ground.state_folder)) return fall_back(now.reading.report, source, ground.state_folder);
  ListReport& report = now.reading.report;
  InTheClear copy = look_at_copy(source, ground);
  if (copy.has_rules()) {
    auto kept = take_version(std::move(copy), source, ground);
    if (kept) say_kept(kept->report, report.problem);
    return kept;
  }
  report.version.clear();
  report.problem += now.reading.format == nullptr ? "; there is no earlier copy, so this list is missing" : "";
  return OpaqueReading{std::move(report), {}, std::nullopt};
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
