// A set of names by their hash: is this name there, is one above it? Two of five million names share a hash with a chance of
// one in a million; the worse of it would be one name drawn anew.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <absl/container/flat_hash_set.h>

#include "tests/bench/label_key.h"

namespace schoolgate::bench {

class NameSet {
 public:
  bool insert(std::string_view name) { return hashes_.insert(hash(name)).second; }
  bool contains(std::string_view name) const { return hashes_.contains(hash(name)); }
  bool covers(std::string_view name) const {
    return any_suffix(name, [this](std::string_view suffix) { return contains(suffix); });
  }

 private:
  static std::uint64_t hash(std::string_view name) { return std::hash<std::string_view>()(name); }
  absl::flat_hash_set<std::uint64_t> hashes_;
};

}  // namespace schoolgate::bench
