#include "lists/opaque/opaque_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include <fmt/format.h>

#include "base/file.h"
#include "filter/rules/opaque_rules.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using filter::OpaqueKey;

constexpr unsigned kKeyMode = 0400;
constexpr mode_t kOthers = 077;
constexpr std::size_t kMostBytes = 4096;  // a key has 16; more is read to say how many there are

base::Status check_mode(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return base::system_error(errno, "cannot read the mode of " + path);
  if ((status.st_mode & kOthers) == 0) return {};
  return Error(ErrorCode::kForbidden,
               fmt::format("{}: its mode {:04o} lets others read or write the key of the opaque lists, and should be "
                           "{:04o}: chmod {:04o} it; if somebody may have read it, remove it instead, and build the "
                           "lists again (schoolgate lists build)",
                           path, status.st_mode & 07777, kKeyMode, kKeyMode));
}

Result<OpaqueKey> make_opaque_key(const std::string& state_folder) {
  const OpaqueKey key = filter::random_opaque_key();
  const std::string octets(key.begin(), key.end());
  if (auto made = base::create_file(opaque_key_path(state_folder), octets, kKeyMode); !made) {
    // Somebody put one there in this moment: that is the one.
    if (made.error().code() == ErrorCode::kInUse) return read_opaque_key(state_folder);
    return made.error().within("the key of the opaque lists");
  }
  return key;
}

}  // namespace

std::string opaque_key_path(const std::string& state_folder) { return state_folder + "/opaque.key"; }

Result<OpaqueKey> read_opaque_key(const std::string& state_folder) {
  const std::string path = opaque_key_path(state_folder);
  const auto octets = base::read_file(path, kMostBytes);
  if (!octets) return octets.error();
  OpaqueKey key;
  if (octets->size() != key.size()) {
    return Error(
        ErrorCode::kDamaged,
        fmt::format("{}: is {} octets long, and the key of the opaque lists has {}: put the right one back, or "
                    "remove it and build the lists again (schoolgate lists build)",
                    path, octets->size(), key.size()));
  }
  std::copy(octets->begin(), octets->end(), key.begin());
  return key;
}

Result<OpaqueKey> take_opaque_key(const std::string& state_folder) {
  auto key = read_opaque_key(state_folder);
  if (!key) return key.error().code() == ErrorCode::kNotFound ? make_opaque_key(state_folder) : key;
  if (auto status = check_mode(opaque_key_path(state_folder)); !status) return status.error();
  return key;
}

Result<std::shared_ptr<const filter::Image>> open_image(const std::string& path, const std::string& state_folder) {
  const auto key = read_opaque_key(state_folder);
  auto image = filter::Image::open(path, key ? std::optional(*key) : std::nullopt);
  // An image that this user may not read is kForbidden too, and no key helps.
  if (image || image.error().code() != ErrorCode::kForbidden || ::access(path.c_str(), R_OK) != 0) return image;
  const std::string why = key ? opaque_key_path(state_folder) + " is not the one" : key.error().message();
  return Error(ErrorCode::kForbidden, image.error().message() + " (" + why +
                                          "): put the key back that they were made with, or build the lists again "
                                          "(schoolgate lists build)");
}

}  // namespace schoolgate::lists
