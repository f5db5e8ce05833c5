#include "lists/opaque_source.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "filter/file/sectioned_file.h"
#include "lists/opaque_copy.h"
#include "lists/opaque_key.h"
#include "lists/source.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;
using base::Result;
using filter::OpaqueRule;

class Hasher final : public RuleSink {
 public:
  Hasher(const filter::OpaqueKey& key, std::vector<OpaqueRule>& rules) : key_(key), rules_(rules) {}
  void take(const Line& line, filter::Reach reach, filter::Exception exception, const dns::Name& name) override {
    rules_.push_back(filter::hash_rule(0, reach, exception, name, line.number, key_));
  }
  void take_pattern(const Line&, filter::Exception, std::string_view) override {}  // rejected when the source was read
  void reject(const Line&, std::string_view) override {}
  void skip(const Line&) override {}

 private:
  const filter::OpaqueKey& key_;
  std::vector<OpaqueRule>& rules_;
};

OpaqueReading hash(Reading reading, const filter::OpaqueKey& key) {
  OpaqueReading hashed;
  hashed.key = key;
  hashed.rules.reserve(reading.report.rules);
  Hasher hasher(key, hashed.rules);
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
void keep(OpaqueReading& reading, const Source& source, const std::string& state_folder) {
  const std::string path = opaque_copy_path(state_folder, source.id);
  if (const auto kept = write_opaque_copy(path, {reading.report, reading.rules}, *reading.key); !kept) {
    reading.report.problem = "in force, but no copy of it could be kept: " + kept.error().message();
    return;
  }
  std::error_code error;
  const std::string clear = copy_path(state_folder, source.id);
  std::filesystem::remove(clear, error);
  if (error)
    reading.report.problem = "in force, but its copy in the clear cannot be removed, " + clear + ": " + error.message();
}

Result<OpaqueReading> hash_and_keep(Reading reading, const Source& source, const std::string& state_folder) {
  const auto key = take_opaque_key(state_folder);
  if (!key) return key.error();
  OpaqueReading hashed = hash(std::move(reading), *key);
  keep(hashed, source, state_folder);
  return hashed;
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
  report.source = source.path;
  report.opaque = true;
}

Result<OpaqueReading> read_kept(const ListReport& now, const Source& source, const std::string& state_folder) {
  const auto useless = [&](const base::Error& why) {
    return base::Error(why.code(),
                       fmt::format("{}; and what was kept of it cannot be used: {}; put the key or the source "
                                   "back and build again; until then the image stays as it was",
                                   now.problem, why.message()));
  };
  const auto key = read_opaque_key(state_folder);
  if (!key) return useless(key.error());
  auto copy = read_opaque_copy(opaque_copy_path(state_folder, source.id), *key);
  if (!copy && copy.error().code() == ErrorCode::kForbidden) {
    return useless(copy.error().within(opaque_key_path(state_folder) + " does not fit"));
  }
  if (!copy) return useless(copy.error());
  take_over_settings(copy->report, source);
  say_kept(copy->report, now.problem);
  return OpaqueReading{std::move(copy->report), std::move(copy->rules), *key};
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

Result<OpaqueReading> read_opaque_source(const Source& source, const std::string& state_folder) {
  Reading now = survey(source, source.path, source.format);
  if (now.report.rules > 0) return hash_and_keep(std::move(now), source, state_folder);
  if (has_opaque_copy(source, state_folder)) return read_kept(now.report, source, state_folder);
  Reading in_the_clear = survey_copy(source, state_folder);
  if (in_the_clear.report.rules > 0) {
    auto kept = hash_and_keep(std::move(in_the_clear), source, state_folder);
    if (kept) say_kept(kept->report, now.report.problem);
    return kept;
  }
  now.report.version.clear();
  now.report.problem += now.format == nullptr ? "; there is no earlier copy, so this list is missing" : "";
  return OpaqueReading{std::move(now.report), {}, std::nullopt};
}

}  // namespace schoolgate::lists
