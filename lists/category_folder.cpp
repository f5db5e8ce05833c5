#include "lists/category_folder.h"

#include <array>
#include <filesystem>
#include <sstream>

#include "base/file.h"
#include "lists/formats/squidguard.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::array kFiles = {"domains", "urls", "expressions"};
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

base::Result<std::string> read_category_folder(const std::string& path, std::size_t most_bytes) {
  if (const auto usage = base::read_file(path + "/usage", kMostUsageBytes); usage && is_for_allowing(*usage)) {
    return Error(ErrorCode::kInvalid, path + ": its file 'usage' says that it lists what is to be allowed");
  }
  std::string joined;
  bool has_one = false;
  for (const char* name : kFiles) {
    const std::string file = path + "/" + name;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) continue;
    auto bytes = base::read_file(file, most_bytes - joined.size());
    if (!bytes) return bytes.error();
    has_one = true;
    if (name == kFiles.front()) {
      joined = std::move(*bytes);
      continue;
    }
    if (!joined.empty() && !joined.ends_with('\n')) joined += '\n';
    joined.append(kFileMark).append(name).append("\n").append(*bytes);
    if (joined.size() > most_bytes) return Error(ErrorCode::kInvalid, path + ": its files together are too large");
  }
  if (!has_one) {
    return Error(ErrorCode::kNotFound, path + ": is a folder without a file 'domains', 'urls' or 'expressions'");
  }
  return joined;
}

}  // namespace schoolgate::lists
