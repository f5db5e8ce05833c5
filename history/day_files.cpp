#include "history/day_files.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/file.h"

namespace schoolgate::history {
namespace {

using base::ErrorCode;
using base::Result;

// Today, and yesterday for questions that were on their way at midnight.
constexpr std::size_t kMostOpen = 2;
constexpr std::string_view kSqliteMagic = "SQLite format 3";  // with the NUL that ends it: 16 bytes
constexpr const char* kDeletion = "deletion";                 // a subject
constexpr std::array<std::string_view, 2> kCompanions = {"-wal", "-shm"};

// A quick look at the first bytes. An empty file is one that SQLite has yet to fill.
bool is_database(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, kSqliteMagic.size() + 1> start{};
  file.read(start.data(), start.size());
  if (file.gcount() == 0) return true;
  return std::string_view(start.data(), start.size()) == std::string_view(kSqliteMagic.data(), start.size());
}

template <class Visit>
void for_each_day_file(const std::string& folder, Visit visit) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (const auto day = parse_day(entry->path().filename().string())) visit(*day, *entry);
  }
}

}  // namespace

Result<std::string> set_file_aside(const std::string& path) {
  std::string aside = path + ".damaged";
  std::error_code error;
  for (int i = 2; std::filesystem::exists(aside, error); ++i) aside = fmt::format("{}.damaged.{}", path, i);
  if (std::rename(path.c_str(), aside.c_str()) != 0) return base::system_error(errno, "cannot rename " + path);
  return aside;
}

DayFiles::DayFiles(std::string folder, filter::TagTable tags, Problems& problems)
    : folder_(std::move(folder)), tags_(std::move(tags)), problems_(problems) {}

void DayFiles::set_aside_damaged() {
  for (const Day day : find_days(folder_)) {
    if (const std::string path = day_path(folder_, day); !is_database(path)) set_aside(day, path + ": not a database");
  }
}

Result<std::uint64_t> DayFiles::append(const Batch& batch) {
  std::set<Day> days;
  for (const LookupRecord& record : batch.records) days.insert(day_of(record.time_us));
  std::uint64_t added = 0;
  for (const Day day : days) {
    auto result = append_to(day, batch);
    if (!result && result.error().code() == ErrorCode::kDamaged) {
      set_aside(day, result.error().message());
      result = append_to(day, batch);
    }
    if (!result) {
      open_.erase(day);  // the next attempt starts from what is on the disk
      return result;
    }
    added += *result;
  }
  return added;
}

Result<std::uint64_t> DayFiles::append_to(Day day, const Batch& batch) {
  const auto store = store_of(day);
  if (!store) return store.error();
  return (*store)->append(batch);
}

Result<DayStore*> DayFiles::store_of(Day day) {
  if (const auto found = open_.find(day); found != open_.end()) return found->second.get();
  auto opened = DayStore::open(day_path(folder_, day), day, tags_);
  if (!opened) return opened.error();
  if (open_.size() >= kMostOpen) open_.erase(open_.begin());
  return (open_[day] = std::move(*opened)).get();
}

void DayFiles::set_aside(Day day, const std::string& why) {
  open_.erase(day);
  const std::string path = day_path(folder_, day);
  const auto aside = set_file_aside(path);
  if (!aside) {
    problems_.report(path, why + "; " + aside.error().message());
    return;
  }
  for (const std::string_view companion : kCompanions) {
    const std::string from = path + std::string(companion);
    std::rename(from.c_str(), (*aside + std::string(companion)).c_str());
  }
  problems_.clear(path);
  problems_.report(*aside, why + "; set aside as " + *aside + ", and the day started anew");
  aside_.insert(*aside);
}

void DayFiles::delete_before(Day oldest_kept) {
  open_.erase(open_.begin(), open_.lower_bound(oldest_kept));
  std::vector<std::filesystem::path> old;
  for_each_day_file(folder_, [&](Day day, const std::filesystem::directory_entry& entry) {
    if (day < oldest_kept) old.push_back(entry.path());
  });
  std::string failed;
  for (const auto& path : old) {
    std::error_code error;
    if (!std::filesystem::remove(path, error) && error) {
      failed = "cannot delete " + path.string() + ": " + error.message();
    }
  }
  failed.empty() ? problems_.clear(kDeletion) : problems_.report(kDeletion, failed);
  std::erase_if(aside_, [this](const std::string& path) {
    std::error_code error;
    if (std::filesystem::exists(path, error) || error) return false;
    problems_.clear(path);
    return true;
  });
}

std::uint64_t DayFiles::size_bytes(const std::string& folder) {
  std::uint64_t size = 0;
  for_each_day_file(folder, [&size](Day, const std::filesystem::directory_entry& entry) {
    std::error_code error;
    if (const auto bytes = entry.file_size(error); !error) size += bytes;
  });
  return size;
}

}  // namespace schoolgate::history
