// absl::flat_hash_set of 64-bit fingerprints, probed with every suffix; hashed from the right, so one pass gives them all.
// It can be wrong, and cannot say which list.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <absl/container/flat_hash_set.h>

#include "tests/bench/packed_texts.h"

namespace schoolgate::bench {

class FingerprintPeer {
 public:
  explicit FingerprintPeer(const PackedTexts& names) {
    set_.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      any_suffix_hash(names[i], [this, whole = names[i].size()](std::uint64_t hash, std::size_t size) {
        if (size == whole) set_.insert(hash);
        return false;
      });
    }
  }
  double size_bytes() const { return static_cast<double>(set_.capacity() * (1 + sizeof(std::uint64_t))); }
  bool find(std::string_view name) const {
    return any_suffix_hash(name, [this](std::uint64_t hash, std::size_t) { return set_.contains(hash); });
  }
  // Of many names: the set is asked to fetch what any suffix of theirs may need before the first is looked up.
  void find(std::span<const std::string_view> names, std::span<bool> found) {
    hashes_.clear();
    for (std::size_t i = 0; i < names.size(); ++i) {
      any_suffix_hash(names[i], [&](std::uint64_t hash, std::size_t) {
        set_.prefetch(hash);
        hashes_.push_back({hash, i});
        return false;
      });
      found[i] = false;
    }
    for (const Suffix& suffix : hashes_) found[suffix.name] = found[suffix.name] || set_.contains(suffix.hash);
  }

 private:
  struct Already {
    std::size_t operator()(std::uint64_t hash) const { return hash; }
  };
  static std::uint64_t finished(std::uint64_t hash) {
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
    hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
    return hash ^ (hash >> 33);
  }
  template <class Visit>
  static bool any_suffix_hash(std::string_view name, Visit visit) {
    std::uint64_t hash = 0x9e3779b97f4a7c15;
    for (std::size_t i = name.size(); i-- > 0;) {
      if (name[i] == '.' && visit(finished(hash), name.size() - i - 1)) return true;
      hash = (hash ^ static_cast<std::uint8_t>(name[i])) * 0x100000001b3;
      hash ^= hash >> 29;
    }
    return visit(finished(hash), name.size());
  }
  struct Suffix {
    std::uint64_t hash;
    std::size_t name;
  };
  absl::flat_hash_set<std::uint64_t, Already> set_;
  std::vector<Suffix> hashes_;
};

}  // namespace schoolgate::bench
