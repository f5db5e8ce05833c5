#include "lists/plain_source.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/kept_rules.h"
#include "lists/source/source_stamp.h"
#include "lists/survey.h"
#include "lists/versions/versions.h"

namespace schoolgate::lists {
namespace {

class PlainSource {
 public:
  PlainSource(const Source& source, const Ground& ground, BuildProgress& progress, filter::ListRulesBuilder& collected)
      : source_(source), ground_(ground), progress_(progress), collected_(collected), kept_rules_(source, ground) {}

  PlainReading read() {
    const std::string stamp = source_stamp(source_, ground_.now_us);
    if (auto unchanged = find_unchanged(stamp)) return std::move(*unchanged);
    Found now = look_at(source_.path, source_.format);
    if (now.has_rules()) {
      now.report.stamp = now.is_of_one_file ? stamp : "";
      return take_version(std::move(now));
    }
    Found kept = look_at_copy();
    if (kept.has_rules()) {
      kept.report.kept_copy = true;
      kept.report.problem =
          fmt::format("{}; the last good copy is in force (rules: {})", now.report.problem, kept.report.rules);
      return finish(std::move(kept));
    }
    if (!now.is_read) now.report.problem += "; there is no earlier copy, so this list is missing";
    return {std::move(now.report), std::nullopt};
  }

 private:
  struct Found {
    ListReport report;
    std::string bytes;
    bool is_read = false;
    bool is_of_one_file = true;
    std::optional<filter::ListRules> rules;
    bool is_kept = false;  // its rules come from STATE/lists/ID.rules
    bool has_rules() const { return rules.has_value(); }
  };

  // The source is what it was at the last build, and its version in force.
  std::optional<PlainReading> find_unchanged(const std::string& stamp) const {
    const auto before = ground_.stamps.find(source_.id);
    if (stamp.empty() || before == ground_.stamps.end() || before->second != stamp) return std::nullopt;
    std::error_code ignored;
    if (!std::filesystem::exists(copy_path(ground_.state_folder, source_.id), ignored)) return std::nullopt;
    auto kept = kept_rules_.open();
    if (!kept || kept->rules.made_from() != kept_rules_.made_from(kept->report, source_.format)) return std::nullopt;
    const std::uint32_t number = number_in_force(source_, kept->report.version, ground_.state_folder);
    if (number == 0) return std::nullopt;
    kept->report.version_number = number;
    kept->report.stamp = stamp;
    return PlainReading{std::move(kept->report), std::move(kept->rules)};
  }

  Found look_at(const std::string& path, const std::string& format) const {
    Reading reading = read_octets(source_, path, format);
    Found found;
    found.is_read = reading.format != nullptr;
    found.is_of_one_file = reading.is_of_one_file;
    if (found.is_read && !take_kept_rules(reading, format, found)) parse(reading, format, found);
    if (!found.has_rules()) found.report = std::move(reading.report);
    found.bytes = std::move(reading.bytes);
    return found;
  }

  bool take_kept_rules(const Reading& reading, const std::string& format, Found& found) const {
    auto kept = kept_rules_.open();
    if (!kept || kept->rules.made_from() != kept_rules_.made_from(reading.report, format)) return false;
    found.report = std::move(kept->report);
    found.rules = std::move(kept->rules);
    found.is_kept = true;
    return true;
  }

  void parse(Reading& reading, const std::string& format, Found& found) const {
    collected_.clear();
    survey(reading, source_, ground_.guard, {&collected_, &progress_});
    for (filter::RejectedRule& rule : collected_.take_rejected()) {
      rule.list = source_.id;
      note_rejected(reading.report, rule);
    }
    if (reading.report.rules == 0) return;
    const auto made_from = kept_rules_.made_from(reading.report, format);
    auto encoded = filter::ListRules::read(
        filter::Mapping::of_memory(std::move(collected_).encode(made_from, KeptRules::note_of(reading.report))),
        source_.id);
    if (!encoded) {
      reading.report.problem = encoded.error().message();
      return;
    }
    found.rules = std::move(*encoded);
    found.report = std::move(reading.report);
  }

  // It may have come in another format than the one set since.
  Found look_at_copy() const {
    const std::string path = copy_path(ground_.state_folder, source_.id);
    Found kept = look_at(path, source_.format);
    return kept.has_rules() || source_.format == "auto" ? std::move(kept) : look_at(path, "auto");
  }

  // What was read goes into force, or else, when it is held back, the kept copy stays.
  PlainReading take_version(Found now) const {
    const Received received = receive_version(source_, now.report, now.bytes, ground_);
    if (received.is_held()) {
      Found kept = look_at_copy();
      if (kept.has_rules()) {
        say_held(kept.report, received);
        return finish(std::move(kept));
      }
    }
    say_received(now.report, received);
    keep_copy(now);
    if (!now.report.problem.empty()) now.report.stamp.clear();  // it is tried again
    return finish(std::move(now));
  }

  // Written only when it differs: an unchanged list costs no sync.
  void keep_copy(Found& now) const {
    const std::string path = copy_path(ground_.state_folder, source_.id);
    if (const auto kept = base::read_file(path, kMostSourceBytes); kept && *kept == now.bytes) return;
    if (const auto status = base::replace_file(path, now.bytes); !status) {
      now.report.problem = "in force, but no copy of it could be kept: " + status.error().message();
    }
  }

  PlainReading finish(Found found) const {
    found.bytes = std::string();  // as much as the rules
    if (!found.is_kept) found.rules = kept_rules_.keep(std::move(*found.rules));
    return {std::move(found.report), std::move(found.rules)};
  }

  const Source& source_;
  const Ground& ground_;
  BuildProgress& progress_;
  filter::ListRulesBuilder& collected_;
  const KeptRules kept_rules_;
};

}  // namespace

PlainReading read_plain_source(const Source& source, const Ground& ground, BuildProgress& progress,
                               filter::ListRulesBuilder& collected) {
  PlainReading reading = PlainSource(source, ground, progress, collected).read();
  say_fetch(reading.report, source, ground);
  return reading;
}

}  // namespace schoolgate::lists
