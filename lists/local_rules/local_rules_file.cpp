#include "lists/local_rules/local_rules_file.h"

#include <filesystem>
#include <system_error>

#include "base/file.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;

constexpr std::size_t kMostBytes = std::size_t{32} << 20;  // kMostRules of the longest

base::Result<std::vector<LocalRule>> read(const std::string& path) {
  const auto text = base::read_file(path, kMostBytes);
  if (!text) return text.error();
  return parse_local_rules(*text, path);
}

// The first line says enough: one mistake is often told many times.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

KeptLocalRules read_local_rules(const std::string& state_folder) {
  auto rules = read(local_rules_path(state_folder));
  if (rules) return {std::move(*rules), ""};
  auto copy = read(local_rules_copy_path(state_folder));
  const bool is_first_start =
      rules.error().code() == ErrorCode::kNotFound && !copy && copy.error().code() == ErrorCode::kNotFound;
  if (is_first_start) return {};
  const std::string why = first_line(rules.error().message());
  if (copy) return {std::move(*copy), why + "; its copy is in force, until the next change with nothing lost"};
  return {{}, why + "; no copy of it can be read either, so no local rule is in force: the lists alone decide"};
}

base::Status write_local_rules(const std::string& state_folder, const std::vector<LocalRule>& rules) {
  return base::replace_file(local_rules_path(state_folder), encode_local_rules(rules));
}

base::Status copy_local_rules(const std::string& state_folder, const std::vector<LocalRule>& rules) {
  return base::replace_file(local_rules_copy_path(state_folder), encode_local_rules(rules));
}

void keep_damaged_local_rules(const std::string& state_folder) {
  const std::string path = local_rules_path(state_folder);
  // A link: should the next one not be written after all, this one is still there to be complained of.
  std::error_code ignored;
  std::filesystem::remove(path + ".damaged", ignored);
  std::filesystem::create_hard_link(path, path + ".damaged", ignored);
}

std::string local_rules_path(const std::string& state_folder) { return state_folder + "/local_rules.toml"; }

std::string local_rules_copy_path(const std::string& state_folder) { return local_rules_path(state_folder) + ".copy"; }

}  // namespace schoolgate::lists
