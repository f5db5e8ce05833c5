#include "lists/build.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/nearest.h"
#include "filter/image.h"
#include "filter/image_builder.h"
#include "filter/patterns/guarded_patterns.h"
#include "lists/build_lock.h"
#include "lists/build_progress.h"
#include "lists/kept_rules.h"
#include "lists/opaque/opaque_key.h"
#include "lists/opaque_source.h"
#include "lists/plain_source.h"
#include "lists/report/report.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

// The id is a file's name in STATE/lists too.
bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

base::Status check_source(const Taxonomy& taxonomy, const Source& source) {
  const auto wrong = [&source](const std::string& why) {
    return Error(ErrorCode::kInvalid, "list '" + source.id + "': " + why);
  };
  if (!is_id(source.id)) return wrong("an id may hold letters, digits and '-', at most 100 of them");
  if (taxonomy.tags().find(source.category) == nullptr) {
    const auto known = taxonomy.tags().ids(filter::TagKind::kCategory);
    return wrong("unknown category '" + source.category + "'" + base::did_you_mean(source.category, known));
  }
  if (source.format != "auto" && find_format(source.format) == nullptr) {
    return wrong("unknown format '" + source.format + "', and should be one of " + format_names());
  }
  return {};
}

base::Status check_sources(const Taxonomy& taxonomy, const std::vector<Source>& sources) {
  std::set<std::string_view> ids;
  for (const Source& source : sources) {
    if (auto status = check_source(taxonomy, source); !status) return status;
    if (!ids.insert(source.id).second) {
      return Error(ErrorCode::kInvalid, "list '" + source.id + "': another list has this id");
    }
  }
  return {};
}

filter::ListEntry entry_of(const Taxonomy& taxonomy, const Source& source, const ListReport& report) {
  const filter::TagNumber tag = taxonomy.tags().find(source.category)->number;
  return {source.id, tag, report.version, source.shown_source(), report.opaque, action_for_all(source.action)};
}

// No name rule of the list blocks these. What it says by address, of a client or of an answer, it says of every name: not of them.
void exempt_protected(const Guard& guard, filter::ListNumber list, filter::ImageBuilder& builder) {
  for (const ProtectedName& name : guard.names()) {
    builder.exempt(list, name.and_below ? filter::Reach::kBoth : filter::Reach::kExact, name.name,
                   "protected: " + name.why);
  }
}

ListReport load_plain(const filter::ListEntry& entry, const Guard& guard, PlainReading reading,
                      filter::ImageBuilder& builder) {
  if (!reading.rules) {
    builder.add_list(entry);
    return std::move(reading.report);
  }
  const bool has_addresses = reading.rules->addresses().size() > 0;
  const auto list = builder.add_list(entry, std::move(*reading.rules));
  if (has_addresses) exempt_protected(guard, list, builder);
  return std::move(reading.report);
}

ListReport load_opaque(const filter::ListEntry& entry, OpaqueReading reading, filter::ImageBuilder& builder) {
  if (reading.key) builder.set_opaque_key(*reading.key);
  const auto list = builder.add_list(entry);
  for (const filter::OpaqueRule& rule : reading.rules) builder.add_hashed(list, rule);
  return std::move(reading.report);
}

base::Result<ListReport> load_list(const Taxonomy& taxonomy, const Source& source, const Ground& ground,
                                   filter::ImageBuilder& builder, BuildProgress& progress,
                                   filter::ListRulesBuilder& collected) {
  if (source.opaque) {
    auto reading = read_opaque_source(source, ground);
    if (!reading) return reading.error().within("list '" + source.id + "'");
    KeptRules(source, ground).remove();
    const auto entry = entry_of(taxonomy, source, reading->report);
    return load_opaque(entry, std::move(*reading), builder);
  }
  PlainReading reading = read_plain_source(source, ground, progress, collected);
  if (reading.report.rules == 0 && has_opaque_copy(source, ground.state_folder)) {
    // It was opaque when it could last be read, and stays so until it can be read again.
    Source opaque = source;
    opaque.opaque = true;
    return load_list(taxonomy, opaque, ground, builder, progress, collected);
  }
  if (reading.report.rules > 0 && !reading.report.kept_copy) remove_opaque_copy(source, ground.state_folder);
  const auto entry = entry_of(taxonomy, source, reading.report);
  return load_plain(entry, ground.guard, std::move(reading), builder);
}

// The lists' numbers in the image are their places in `sources`.
filter::PatternGuard pattern_guard(const Guard& guard, const std::vector<Source>& sources) {
  filter::PatternGuard for_patterns;
  for (const ProtectedName& name : guard.names()) {
    for_patterns.names.push_back({name.name, why_protected(name), name.and_below});
  }
  for_patterns.why_set_aside = [&](filter::ListNumber list, filter::Reach reach, const dns::Name& name) {
    return guard.why_set_aside(reach, filter::Exception::kNo, name, sources[list].suffixes);
  };
  return for_patterns;
}

// The image before may have in the clear what has become opaque since.
base::Status remove_names_in_the_clear(const std::vector<ListReport>& lists, const std::string& state_folder) {
  std::set<std::string_view> opaque;
  for (const ListReport& list : lists) {
    if (list.opaque) opaque.insert(list.id);
  }
  if (opaque.empty()) return {};
  const std::string path = previous_image_path(state_folder);
  const auto previous = open_image(path, state_folder);
  const auto is_in_the_clear = [&opaque](const filter::ListEntry& list) {
    return !list.opaque && opaque.contains(list.id);
  };
  // One that cannot be opened serves nobody, and nobody knows what is in it.
  const bool may_stay = previous && std::ranges::none_of((*previous)->lists(), is_in_the_clear);
  return may_stay ? base::Status() : filter::remove_image(path);
}

// Of the sources as the last build read them.
std::map<std::string, std::string> read_stamps(const std::string& state_folder) {
  std::map<std::string, std::string> stamps;
  const auto last = read_report(state_folder);
  if (!last) return stamps;
  for (const ListReport& list : last->lists) stamps.emplace(list.id, list.stamp);
  return stamps;
}

// Of lists that are gone, or have become opaque.
void remove_rules_of_others(const std::vector<ListReport>& lists, const std::string& state_folder) {
  std::set<std::string> plain;
  for (const ListReport& list : lists) {
    if (!list.opaque) plain.insert(list.id);
  }
  remove_kept_rules(state_folder, plain);
}

bool has_no_rule(const BuildOutcome& outcome) {
  return std::ranges::all_of(outcome.lists, [](const ListReport& list) { return list.rules == 0; });
}

Error nothing_read(const std::vector<ListReport>& lists) {
  std::string text = "no list has a rule, and the image stays as it was:";
  for (const ListReport& list : lists) text += "\nlist '" + list.id + "': " + list.problem;
  return Error(ErrorCode::kUnavailable, text);
}

// The filter quotes an expression before it says what is wrong with it; in a report it stands beside the reason already, and
// a long one would leave no room for it.
std::string reason_alone(const filter::RejectedRule& rule) {
  if (!rule.reason.starts_with("'" + rule.text)) return rule.reason;
  const std::size_t quote = rule.reason.find("': ", 1 + rule.text.size());
  return quote == std::string::npos ? rule.reason : rule.reason.substr(quote + 3);
}

// What a pattern is worth is known only now: the filter may have refused all that a list has.
void take_count(ListReport& list, std::uint64_t rules) {
  if (list.rules > 0 && rules == 0) {
    const std::string besides = list.problem.empty() ? "" : list.problem + "; ";
    list.problem = fmt::format("{}{}: not one of its rules can be used (rejected: {}), so this list is missing",
                               besides, list.source, list.rejected_count);
  }
  list.rules = rules;
}

void merge(const filter::BuildReport& built, BuildOutcome& outcome) {
  outcome.image_digest = built.digest;
  outcome.rules = built.names + built.patterns;
  for (const filter::RejectedRule& rule : built.rejected) {
    const auto list = std::find_if(outcome.lists.begin(), outcome.lists.end(),
                                   [&rule](const ListReport& report) { return report.id == rule.list; });
    if (list != outcome.lists.end())
      note_rejected(*list, {rule.list, rule.line, rule.text, reason_alone(rule), rule.guarded});
  }
  for (std::size_t i = 0; i < outcome.lists.size() && i < built.rules_per_list.size(); ++i) {
    take_count(outcome.lists[i], built.rules_per_list[i]);
  }
}

}  // namespace

std::string image_path(const std::string& state_folder) { return state_folder + "/filter.image"; }
std::string previous_image_path(const std::string& state_folder) { return image_path(state_folder) + ".previous"; }

base::Result<BuildOutcome> build_image(const Taxonomy& taxonomy, const Guard& guard,
                                       std::vector<dns::Name> popular_names, const std::vector<Source>& sources,
                                       const std::string& state_folder, BuildObserver* observer) {
  const base::SystemClock clock;
  const std::int64_t began_us = clock.steady_us();
  if (const auto status = check_sources(taxonomy, sources); !status) return status.error();
  if (const auto status = base::make_folder(copy_folder(state_folder)); !status) return status.error();
  const auto lock = BuildLock::take(state_folder);
  if (!lock) return lock.error();
  // Of a build that was killed. The daemon writes there too.
  for (const char* ours : {"filter.", "opaque."}) base::remove_temporaries(state_folder, ours);
  base::remove_temporaries(copy_folder(state_folder));

  BuildOutcome outcome;
  auto builder = std::make_unique<filter::ImageBuilder>(taxonomy.tags());
  builder->set_popular_names(std::move(popular_names));
  builder->set_pattern_guard(pattern_guard(guard, sources));
  const Ground ground{guard, state_folder, clock.wall_us(), read_stamps(state_folder)};
  BuildProgress progress(sources, observer);
  auto collected = std::make_unique<filter::ListRulesBuilder>();
  for (std::size_t place = 0; place < sources.size(); ++place) {
    progress.begin_list(place);
    auto report = load_list(taxonomy, sources[place], ground, *builder, progress, *collected);
    if (!report) return report.error();
    progress.end_list(*report);
    outcome.lists.push_back(std::move(*report));
  }
  collected.reset();  // linking needs the memory
  remove_rules_of_others(outcome.lists, state_folder);
  progress.begin_image();
  const auto built = builder->build();
  if (!built) return built.error();
  builder.reset();  // its rules are half of what is in memory
  merge(built->report, outcome);
  if (!sources.empty() && has_no_rule(outcome)) return nothing_read(outcome.lists);
  const auto key = read_opaque_key(state_folder);
  filter::keep_image(image_path(state_folder), previous_image_path(state_folder),
                     key ? std::optional(*key) : std::nullopt);
  if (const auto status = filter::write_image(*built, image_path(state_folder)); !status) return status.error();
  if (const auto status = remove_names_in_the_clear(outcome.lists, state_folder); !status) return status.error();

  constexpr double kMicroseconds = 1e6;
  outcome.seconds = static_cast<double>(clock.steady_us() - began_us) / kMicroseconds;
  if (const auto status = base::replace_file(report_path(state_folder), encode_report(outcome)); !status) {
    return status.error();
  }
  return outcome;
}

}  // namespace schoolgate::lists
