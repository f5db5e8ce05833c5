// VersionStore: the versions of one list in STATE/lists/ID.versions: log.json, and what the last of them hold, compressed. An
// id has no dot, so this is no other list's folder.
//
// Not thread-safe, and one process at a time: whoever changes anything holds the build lock (build_lock.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lists/versions/version_log.h"

namespace schoolgate::lists {

class VersionStore {
 public:
  static constexpr std::size_t kMostKept =
      8;  // with what they hold: the one in force, the one held back, the newest others

  // Of an opaque list what is kept are hashes, and its versions have a folder of their own, ID.hashed.versions.
  VersionStore(const std::string& state_folder, const std::string& list, bool opaque);

  // Empty when there is none yet, kDamaged for a log that is none.
  base::Result<VersionLog> read_log() const;
  base::Status write_log(const VersionLog& log) const;

  // What a version holds: a list's octets, or an opaque one's kept copy.
  base::Status write_content(std::uint32_t number, std::string_view octets) const;
  // kNotFound for a version that is not kept any more.
  base::Result<std::string> read_content(std::uint32_t number) const;
  bool has_content(std::uint32_t number) const;
  // Of versions that are not kept any more.
  void remove_old_contents(const VersionLog& log) const;

  void remove() const;  // all of it

 private:
  std::string content_path(std::uint32_t number) const;
  std::string folder_;
};

}  // namespace schoolgate::lists
