// absl::flat_hash_set of strings, probed with every suffix: the straightforward way.
#pragma once

#include <absl/container/flat_hash_set.h>

#include "tests/bench/label_key.h"
#include "tests/bench/packed_texts.h"

namespace schoolgate::bench {

class StringSetPeer {
 public:
  explicit StringSetPeer(const PackedTexts& names) {
    set_.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) set_.emplace(names[i]);
  }
  // A control octet and the string itself for each slot, and what does not fit into the string.
  double size_bytes() const {
    constexpr std::size_t kHeapOverhead = 8;
    double bytes = static_cast<double>(set_.capacity() * (1 + sizeof(std::string)));
    for (const std::string& name : set_) {
      if (name.capacity() > kInside) bytes += static_cast<double>((name.capacity() + 1 + kHeapOverhead + 15) / 16 * 16);
    }
    return bytes;
  }
  bool find(std::string_view name) const {
    return any_suffix(name, [this](std::string_view suffix) {
      return set_.contains(absl::string_view(suffix.data(), suffix.size()));
    });
  }

 private:
  static constexpr std::size_t kInside = 15;
  absl::flat_hash_set<std::string> set_;
};

}  // namespace schoolgate::bench
