#include "lists/kept_rules.h"

#include <xxhash.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/report/report.h"
#include "lists/source/source_stamp.h"

namespace schoolgate::lists {
namespace {

constexpr std::string_view kEnding = ".rules";

}  // namespace

filter::Digest KeptRules::made_from(const ListReport& report, const std::string& format) const {
  // Another program may read the same octets in another way.
  static const std::string program = file_stamp("/proc/self/exe");
  const std::string all =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", report.version, report.format, format, static_cast<int>(source_.action),
                  static_cast<int>(source_.suffixes), ground_.guard.fingerprint(), program);
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(all.data(), all.size()));
  filter::Digest digest;
  std::ranges::copy(canonical.digest, digest.begin());
  return digest;
}

std::optional<KeptRules::Found> KeptRules::open() const {
  auto mapping = filter::Mapping::of_file(path());
  if (!mapping) return std::nullopt;
  auto rules = filter::ListRules::read(std::move(*mapping), path());
  if (!rules) return std::nullopt;
  auto report = parse_report(rules->note());
  if (!report || report->lists.size() != 1) return std::nullopt;
  Found found{std::move(report->lists.front()), std::move(*rules)};
  found.report.category = source_.category;
  found.report.source = source_.shown_source();
  return found;
}

std::string KeptRules::note_of(const ListReport& report) {
  BuildOutcome alone;
  alone.lists = {report};
  return encode_report(alone);
}

filter::ListRules KeptRules::keep(filter::ListRules rules) const {
  if (!base::replace_cache_file(path(), filter::text_of(rules.octets()))) return rules;
  auto mapping = filter::Mapping::of_file(path());
  if (!mapping) return rules;
  auto kept = filter::ListRules::read(std::move(*mapping), path());
  return kept ? std::move(*kept) : std::move(rules);
}

void KeptRules::remove() const {
  std::error_code ignored;
  std::filesystem::remove(path(), ignored);
}

std::string KeptRules::path() const { return copy_path(ground_.state_folder, source_.id) + std::string(kEnding); }

void remove_kept_rules(const std::string& state_folder, const std::set<std::string>& but_of) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(copy_folder(state_folder), ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(kEnding)) continue;
    if (!but_of.contains(name.substr(0, name.size() - kEnding.size()))) std::filesystem::remove(entry.path(), ignored);
  }
}

}  // namespace schoolgate::lists
