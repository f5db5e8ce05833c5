// What the sections of the policy file share: ids, choices, and words for what is wrong.
// Not thread-safe; lives while one file is read.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml.h"

namespace schoolgate::policy {

// Fits the fields of a stored lookup.
constexpr std::size_t kMostIdOctets = 48;

// The ids of one kind of section, each given once.
class SectionIds {
 public:
  explicit SectionIds(std::string_view kind) : kind_(kind) {}  // "group"

  // The id of a section. A missing, ill-formed or second one is reported, and comes back as it stands.
  std::string read(base::TomlTable& table);
  void add(const std::string& id, const base::Place& place) { places_.emplace(id, place); }
  bool has(const std::string& id) const { return places_.contains(id); }
  // "unknown group 'pupil' (did you mean 'pupils'?)"
  std::string unknown(std::string_view id) const;

 private:
  std::string kind_;
  std::map<std::string, base::Place> places_;
};

// "unknown KIND 'WORD' (did you mean …?)"
std::string unknown(std::string_view kind, std::string_view word, const std::vector<std::string>& known);

// A setting whose values are words, of which this version has built some: the index into `built` of the value
// given. Other values are reported: as not built yet, or as unknown.
std::optional<std::size_t> read_choice(base::TomlTable& table, std::string_view key,
                                       const std::vector<std::string>& built, const std::vector<std::string>& later);

}  // namespace schoolgate::policy
