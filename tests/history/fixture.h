// What the tests of this room share: a folder that goes when the test ends, a clock that is set, records by the number.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/clock.h"
#include "dns/name.h"
#include "filter/rules/tag_table.h"
#include "history/history.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::history {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;
constexpr std::int64_t kNoonUs = 20'000 * kDayUs + kDayUs / 2;  // 2024-10-04T12:00:00Z

using support::TemporaryFolder;

class FakeClock final : public base::Clock {
 public:
  std::int64_t wall_us() const override { return wall_us_; }
  std::int64_t steady_us() const override { return steady_us_; }
  // Somebody, or a bad battery, sets it: steady time goes on as before.
  void set_forward(std::int64_t by_us) { wall_us_ += by_us; }
  void advance(std::int64_t by_us) {
    wall_us_ += by_us;
    steady_us_ += by_us;
  }

 private:
  std::atomic<std::int64_t> wall_us_{kNoonUs};
  std::atomic<std::int64_t> steady_us_{0};
};

inline LookupRecord make_record(const std::string& name, std::int64_t time_us = kNoonUs) {
  LookupRecord record;
  record.time_us = time_us;
  record.qtype = 1;
  record.put_name(dns::Name::parse(name)->wire());
  LookupRecord::put(record.device, "lab-pc-07");
  return record;
}

// Every field follows from the number, so that a torn record is recognised.
inline LookupRecord numbered(std::uint64_t number, std::int64_t time_us = kNoonUs) {
  LookupRecord record = make_record("n" + std::to_string(number) + ".example.org", time_us);
  record.duration_us = static_cast<std::uint32_t>(number);
  LookupRecord::put(record.device, "device-" + std::to_string(number));
  return record;
}

inline bool is_numbered(const LookupRecord& record, std::uint64_t number) {
  const LookupRecord wanted = numbered(number, record.time_us);
  return std::memcmp(&record, &wanted, sizeof record) == 0;
}

inline filter::TagTable three_tags() {
  filter::TagTable tags;
  for (const auto& tag : {filter::Tag{1, "gambling"}, filter::Tag{70, "games"}, filter::Tag{511, "test"}}) {
    if (!tags.add(tag)) std::abort();
  }
  return tags;
}

inline Settings settings_for(const TemporaryFolder& folder) {
  Settings settings;
  settings.folder = folder.file("history");
  settings.node = "node-a";
  settings.site = "hill-school";
  settings.ring_slots = 1 << 12;
  return settings;
}

inline std::unique_ptr<History> start(const Settings& settings, const base::Clock& clock) {
  auto history = History::start(settings, three_tags(), clock);
  if (!history) {
    fprintf(stderr, "%s\n", history.error().message().c_str());
    std::abort();
  }
  return std::move(*history);
}

// For more than a slow machine stores within the patience of one flush.
inline void flush_all(History& history) {
  for (int i = 0; i < 20 && (i == 0 || history.statistics().waiting > 0); ++i) history.flush();
}

// Every lookup that the filter finds, page by page.
inline std::vector<Lookup> search_all(const History& history, Filter filter = {}) {
  std::vector<Lookup> all;
  filter.limit = std::max(filter.limit, 100u);
  for (;;) {
    auto page = history.search(filter);
    if (!page) std::abort();
    std::move(page->lookups.begin(), page->lookups.end(), std::back_inserter(all));
    if (page->next_cursor.empty()) return all;
    filter.cursor = page->next_cursor;
  }
}

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace schoolgate::history
