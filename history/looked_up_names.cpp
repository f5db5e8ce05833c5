#include "history/looked_up_names.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/file.h"
#include "history/database.h"
#include "history/day.h"
#include "history/name_key.h"
#include "history/statement.h"

namespace schoolgate::history {
namespace {

using base::ErrorCode;
using base::Result;
using base::Status;

// Both in the order of keys, so that days can be merged. The dictionary's index is walked, and the summary by its own key: nothing
// is sorted.
constexpr const char* kOfTheDay =
    "SELECT n.value, (SELECT sum(s.count) FROM summary s WHERE s.name = n.id) FROM name n ORDER BY n.value";
constexpr const char* kOfAPart =
    "SELECT n.value, c.lookups FROM (SELECT name, count(*) AS lookups FROM lookup WHERE time_us >= ? AND time_us < ?"
    " GROUP BY name) c JOIN name n ON n.id = c.name ORDER BY n.value";
constexpr const char* kSmallCache = "PRAGMA cache_size = -1024";  // KiB: ninety days may be open

// The names of one day, one after the other. Throws SQLite::Exception.
class DayNames {
 public:
  DayNames(std::string path, std::unique_ptr<SQLite::Database> database, Day day, TimeSpan span)
      : path_(std::move(path)), database_(std::move(database)) {
    database_->exec(kSmallCache);
    const bool is_whole = span.from_us <= start_us(day) && start_us(day + 1) <= span.to_us;
    rows_ = std::make_unique<SQLite::Statement>(is_whole ? prepare(*database_, kOfTheDay, {})
                                                         : prepare(*database_, kOfAPart, {span.from_us, span.to_us}));
  }
  bool advance() {
    if (!rows_->executeStep()) return false;
    key_ = rows_->getColumn(0).getString();
    lookups_ = static_cast<std::uint64_t>(rows_->getColumn(1).getInt64());
    return true;
  }
  const std::string& path() const { return path_; }
  const std::string& key() const { return key_; }
  std::uint64_t lookups() const { return lookups_; }

 private:
  std::string path_;
  std::unique_ptr<SQLite::Database> database_;
  std::unique_ptr<SQLite::Statement> rows_;
  std::string key_;
  std::uint64_t lookups_ = 0;
};

// Several days as one, in the order of keys.
class MergedDays {
 public:
  // A day that is gone or not filled yet has nothing to show; any other that cannot be read is a problem.
  void open(const std::string& path, Day day, TimeSpan span) {
    auto database = open_to_read(path);
    if (!database) {
      if (database.error().code() != ErrorCode::kNotFound) problems_.push_back(database.error().message());
      return;
    }
    try {
      advance(std::make_unique<DayNames>(path, std::move(*database), day, span));
    } catch (const SQLite::Exception& exception) {
      problems_.push_back(preparing_error(exception, "cannot read " + path).message());
    }
  }
  bool empty() const { return days_.empty(); }
  std::vector<std::string>& problems() { return problems_; }

  // The least key, and its lookups of all days. REQUIRES: !empty().
  std::string take_least(std::uint64_t& lookups) {
    std::string key = days_.front()->key();
    lookups = 0;
    while (!days_.empty() && days_.front()->key() == key) {
      std::pop_heap(days_.begin(), days_.end(), is_later);
      auto day = std::move(days_.back());
      days_.pop_back();
      lookups += day->lookups();
      advance(std::move(day));
    }
    return key;
  }

 private:
  static bool is_later(const std::unique_ptr<DayNames>& left, const std::unique_ptr<DayNames>& right) {
    return left->key() > right->key();
  }
  void advance(std::unique_ptr<DayNames> day) {
    try {
      if (!day->advance()) return;
    } catch (const SQLite::Exception& exception) {
      problems_.push_back(sqlite_error(exception, "cannot read " + day->path()).message());
      return;
    }
    days_.push_back(std::move(day));
    std::push_heap(days_.begin(), days_.end(), is_later);
  }

  std::vector<std::unique_ptr<DayNames>> days_;  // a heap
  std::vector<std::string> problems_;
};

Status check_readable(const std::string& folder) {
  std::error_code error;
  const std::filesystem::directory_iterator opened(folder, error);
  return error ? Status(base::system_error(error.value(), "cannot read " + folder)) : Status();
}

}  // namespace

Result<NamesRead> read_looked_up_names(const std::string& folder, TimeSpan span, const TakeName& take) {
  if (const auto readable = check_readable(folder); !readable) return readable.error();
  NamesRead read;
  if (span.from_us >= span.to_us) return read;
  MergedDays days;
  for (const Day day : find_days(folder)) {
    if (day >= day_of(span.from_us) && day <= day_of(span.to_us - 1)) days.open(day_path(folder, day), day, span);
  }
  while (!days.empty()) {
    std::uint64_t lookups = 0;
    const auto name = name_of(days.take_least(lookups));
    if (!name || lookups == 0) continue;
    if (auto taken = take(*name, lookups); !taken) return taken.error();
    ++read.names;
    read.lookups += lookups;
  }
  read.problems = std::move(days.problems());
  return read;
}

}  // namespace schoolgate::history
