#include "lists/source/source_stamp.h"

#include <sys/stat.h>

#include <algorithm>

#include <fmt/format.h>

#include "lists/source/category_folder.h"

namespace schoolgate::lists {
namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;
// The coarsest clock of a file system that a school may have, and a bit.
constexpr std::int64_t kTickUs = 3 * kMicroseconds;

std::int64_t to_us(const struct timespec& time) { return time.tv_sec * kMicroseconds + time.tv_nsec / 1000; }

// Empty when it may be written again unseen.
std::string file_stamp(const struct stat& file, bool is_replaced_whole, std::int64_t now_us) {
  const std::int64_t changed_us = std::max(to_us(file.st_mtim), to_us(file.st_ctim));
  if (!is_replaced_whole && changed_us > now_us - kTickUs) return {};
  return fmt::format("{:x}:{:x}:{:x}:{:x}.{:x}:{:x}.{:x}", file.st_dev, file.st_ino, file.st_size, file.st_mtim.tv_sec,
                     file.st_mtim.tv_nsec, file.st_ctim.tv_sec, file.st_ctim.tv_nsec);
}

}  // namespace

std::string source_stamp(const Source& source, std::int64_t now_us) {
  struct stat at {};
  if (::stat(source.path.c_str(), &at) != 0) return {};
  // What is fetched is written beside, and renamed.
  if (S_ISREG(at.st_mode)) return file_stamp(at, source.remote.has_value(), now_us);
  if (!S_ISDIR(at.st_mode)) return {};
  std::string stamp;
  for (const std::string_view name : category_file_names()) {
    struct stat file {};
    if (::stat(fmt::format("{}/{}", source.path, name).c_str(), &file) != 0) continue;
    const std::string of_file = file_stamp(file, false, now_us);
    if (of_file.empty()) return {};
    stamp += fmt::format("{}={};", name, of_file);
  }
  return stamp;
}

}  // namespace schoolgate::lists
