#include "lists/versions/version_store.h"

#include <filesystem>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/source/list_source.h"
#include "lists/versions/compressed_file.h"

namespace schoolgate::lists {
namespace {

constexpr std::size_t kMostLogBytes = std::size_t{1} << 20;
constexpr std::string_view kContentEnd = ".zst";

}  // namespace

VersionStore::VersionStore(const std::string& state_folder, const std::string& list, bool opaque)
    : folder_(copy_path(state_folder, list) + (opaque ? ".hashed.versions" : ".versions")) {}

base::Result<VersionLog> VersionStore::read_log() const {
  const std::string path = folder_ + "/log.json";
  const auto text = base::read_file(path, kMostLogBytes);
  if (!text && text.error().code() == base::ErrorCode::kNotFound) return VersionLog();
  if (!text) return text.error();
  auto log = VersionLog::parse(*text);
  return log ? std::move(log) : log.error().within(path);
}

base::Status VersionStore::write_log(const VersionLog& log) const {
  if (auto made = base::make_folder(folder_); !made) return made;
  return base::replace_file(folder_ + "/log.json", log.encode());
}

std::string VersionStore::content_path(std::uint32_t number) const {
  return fmt::format("{}/{}{}", folder_, number, kContentEnd);
}

base::Status VersionStore::write_content(std::uint32_t number, std::string_view octets) const {
  if (auto made = base::make_folder(folder_); !made) return made;
  return write_compressed(content_path(number), octets);
}

base::Result<std::string> VersionStore::read_content(std::uint32_t number) const {
  return read_compressed(content_path(number), kMostSourceBytes);
}

bool VersionStore::has_content(std::uint32_t number) const {
  std::error_code ignored;
  return std::filesystem::exists(content_path(number), ignored);
}

void VersionStore::remove_old_contents(const VersionLog& log) const {
  std::set<std::string> kept;
  for (const Version* version : {log.in_force(), log.held()}) {
    if (version != nullptr) kept.insert(content_path(version->number));
  }
  for (auto version = log.versions().rbegin(); version != log.versions().rend() && kept.size() < kMostKept; ++version) {
    kept.insert(content_path(version->number));
  }
  std::error_code ignored;
  for (const auto& file : std::filesystem::directory_iterator(folder_, ignored)) {
    const std::string path = file.path().string();
    if (path.ends_with(kContentEnd) && !kept.contains(path)) std::filesystem::remove(path, ignored);
  }
}

void VersionStore::remove() const {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace schoolgate::lists
