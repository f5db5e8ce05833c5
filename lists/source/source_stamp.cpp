#include "lists/source/source_stamp.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "lists/source/category_folder.h"

namespace schoolgate::lists {
namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;
// The coarsest clock of a file system that a school may have, and a bit.
constexpr std::int64_t kTickUs = 3 * kMicroseconds;

using Stat = struct stat;

std::optional<Stat> stat_of(const std::string& path) {
  Stat found{};
  return ::stat(path.c_str(), &found) == 0 ? std::optional(found) : std::nullopt;
}

std::string to_text(const Stat& file) {
  return fmt::format("{:x}:{:x}:{:x}:{:x}.{:x}:{:x}.{:x}", file.st_dev, file.st_ino, file.st_size, file.st_mtim.tv_sec,
                     file.st_mtim.tv_nsec, file.st_ctim.tv_sec, file.st_ctim.tv_nsec);
}

bool may_be_written_unseen(const Stat& file, std::int64_t now_us) {
  const auto to_us = [](const timespec& time) { return time.tv_sec * kMicroseconds + time.tv_nsec / 1000; };
  return std::max(to_us(file.st_mtim), to_us(file.st_ctim)) > now_us - kTickUs;
}

}  // namespace

std::string file_stamp(const std::string& path) {
  const auto file = stat_of(path);
  return file ? to_text(*file) : "";
}

std::string source_stamp(const Source& source, std::int64_t now_us) {
  const auto at = stat_of(source.path);
  if (!at || !(S_ISREG(at->st_mode) || S_ISDIR(at->st_mode))) return {};
  std::string stamp = source.shown_source();
  if (S_ISREG(at->st_mode)) {
    // What is fetched is written beside, and renamed.
    return !source.remote && may_be_written_unseen(*at, now_us) ? "" : stamp + " " + to_text(*at);
  }
  for (const std::string_view name : category_file_names()) {
    const auto file = stat_of(fmt::format("{}/{}", source.path, name));
    if (!file) continue;
    if (may_be_written_unseen(*file, now_us)) return {};
    stamp += fmt::format(" {} {}", name, to_text(*file));
  }
  return stamp;
}

}  // namespace schoolgate::lists
