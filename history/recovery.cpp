#include "history/recovery.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace schoolgate::history {
namespace {

constexpr std::string_view kRingSuffix = ".ring";

void recover_ring(const std::string& path, Day today, Writer& writer, Problems& problems) {
  const auto ring = JournalRing::open(path);
  if (!ring) {
    std::string text = ring.error().message();
    if (ring.error().code() == base::ErrorCode::kDamaged) {
      // The day in its name is what retention goes by.
      const std::string aside = fmt::format("{}.{}.damaged", path, to_text(today));
      std::error_code error;
      std::filesystem::rename(path, aside, error);
      text += error ? "; cannot rename it: " + error.message() : "; set aside as " + aside;
    }
    problems.report(path, text);
    return;
  }
  if (const auto drained = writer.drain_left_behind(**ring); !drained) {
    problems.report(path, fmt::format("{}; {} lookups stay in {} for the next start", drained.error().message(),
                                      (*ring)->waiting(), path));
    return;
  }
  ::unlink(path.c_str());
}

// KEY.ring.2026-11-23.damaged
std::optional<Day> day_set_aside(const std::string& name) {
  const std::size_t at = name.find(std::string(kRingSuffix) + ".");
  if (at == std::string::npos || !name.ends_with(".damaged")) return std::nullopt;
  return parse_day(std::string_view(name).substr(at + kRingSuffix.size() + 1));
}

}  // namespace

void recover_rings(const std::string& journal_folder, Day today, Day oldest_kept, Writer& writer, Problems& problems) {
  std::vector<std::string> rings;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(journal_folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(kRingSuffix)) rings.push_back(entry->path().string());
    if (const auto day = day_set_aside(name); day && *day < oldest_kept) ::unlink(entry->path().c_str());
  }
  if (error) problems.report(journal_folder, "cannot read " + journal_folder + ": " + error.message());
  std::sort(rings.begin(), rings.end());
  for (const std::string& path : rings) recover_ring(path, today, writer, problems);
}

}  // namespace schoolgate::history
