#include "lists/source/category_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include "base/file.h"
#include "lists/formats/squidguard.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::array<std::string_view, 3> kFiles = {"domains", "urls", "expressions"};
constexpr std::array<std::string_view, 4> kAllFiles = {"domains", "urls", "expressions", "usage"};
constexpr std::string_view kUsage = kAllFiles.back();
constexpr std::size_t kMostUsageBytes = 4096;

// UT1 says in `usage` what a category is for, a word a line. One for allowing would block all that is harmless.
bool is_for_allowing(const std::string& usage) {
  std::istringstream words(usage);
  bool has_white = false;
  for (std::string word; words >> word;) {
    if (word == "black") return false;
    has_white = has_white || word == "white";
  }
  return has_white;
}

}  // namespace

std::span<const std::string_view> category_file_names() { return kAllFiles; }

bool is_category_file(std::string_view name) { return std::ranges::find(kAllFiles, name) != kAllFiles.end(); }

base::Result<std::string> join_category_files(const std::string& path, const CategoryFiles& files,
                                              std::size_t most_bytes) {
  if (const auto usage = files.find(kUsage); usage != files.end() && is_for_allowing(usage->second)) {
    return Error(ErrorCode::kInvalid, path + ": its file 'usage' says that it lists what is to be allowed");
  }
  std::string joined;
  bool has_one = false;
  for (const std::string_view name : kFiles) {
    const auto file = files.find(name);
    if (file == files.end()) continue;
    has_one = true;
    if (name != kFiles.front()) {
      if (!joined.empty() && !joined.ends_with('\n')) joined += '\n';
      joined.append(kFileMark).append(name).append("\n");
    }
    joined += file->second;
    if (joined.size() > most_bytes) return Error(ErrorCode::kInvalid, path + ": its files together are too large");
  }
  if (!has_one) {
    return Error(ErrorCode::kNotFound, path + ": is a folder without a file 'domains', 'urls' or 'expressions'");
  }
  return joined;
}

base::Result<std::string> read_category_folder(const std::string& path, std::size_t most_bytes) {
  CategoryFiles files;
  if (auto usage = base::read_file(path + "/" + std::string(kUsage), kMostUsageBytes)) {
    files.emplace(kUsage, std::move(*usage));
  }
  for (const std::string_view name : kFiles) {
    const std::string file = path + "/" + std::string(name);
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) continue;
    auto bytes = base::read_file(file, most_bytes);
    if (!bytes) return bytes.error();
    files.emplace(name, std::move(*bytes));
  }
  return join_category_files(path, files, most_bytes);
}

}  // namespace schoolgate::lists
