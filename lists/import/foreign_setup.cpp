#include "lists/import/foreign_setup.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/file.h"

namespace schoolgate::lists {
namespace {

constexpr std::size_t kMostYamlOctets = 4 << 20;
constexpr std::string_view kSqliteMark = "SQLite format 3";

// By the first octets: the file may be larger than anybody wants to read.
base::Result<bool> is_sqlite(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return {base::ErrorCode::kNotFound, "there is no file " + path};
  // Opening a FIFO would wait for its writer.
  if (!std::filesystem::is_regular_file(status)) return {base::ErrorCode::kInvalid, path + ": should be a file"};
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return base::system_error(errno, "cannot open " + path);
  std::string start(kSqliteMark.size(), '\0');
  stream.read(start.data(), static_cast<std::streamsize>(start.size()));
  return stream.gcount() == static_cast<std::streamsize>(start.size()) && start == kSqliteMark;
}

}  // namespace

void take_list_address(ForeignSetup& setup, const std::string& name, const std::string& address) {
  const auto leave_out = [&](std::string reason) { setup.left_out.push_back({"list " + address, std::move(reason)}); };
  if (address.starts_with("https://")) {
    setup.lists.push_back({name, address});
  } else if (address.starts_with("http://")) {
    leave_out("http:// is not taken: whoever is in between could change it; look for an https:// address");
  } else if (address.starts_with("/") || address.starts_with("file://")) {
    leave_out("a file of that machine: copy it here, then schoolgate lists add --id … --category … --source FILE");
  } else {
    leave_out("is no https:// address");
  }
}

base::Result<ForeignSetup> read_foreign_setup(const std::string& path) {
  const auto sqlite = is_sqlite(path);
  if (!sqlite) return sqlite.error();
  if (*sqlite) return read_pihole(path);
  const auto text = base::read_file(path, kMostYamlOctets);
  if (!text) return text.error();
  return parse_adguard_home(*text, path);
}

}  // namespace schoolgate::lists
