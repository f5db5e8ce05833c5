// marisa-trie, the smallest of the well-known ones: label-reversed keys, the longest match is a prefix search.
#pragma once

#include <marisa.h>

#include "tests/bench/label_key.h"
#include "tests/bench/packed_texts.h"

namespace schoolgate::bench {

class MarisaPeer {
 public:
  explicit MarisaPeer(const PackedTexts& names) {
    marisa::Keyset keys;
    for (std::size_t i = 0; i < names.size(); ++i) {
      reverse(names[i]);
      keys.push_back(key_.data(), key_.size());
    }
    trie_.build(keys);
  }
  double size_bytes() const { return static_cast<double>(trie_.io_size()); }
  // Queries come as names are written, so reversing counts.
  bool find(std::string_view name) {
    reverse(name);
    agent_.set_query(key_.data(), key_.size());
    return trie_.common_prefix_search(agent_);
  }

 private:
  void reverse(std::string_view name) {
    key_.clear();
    for_each_label_from_right(name, [this](std::string_view label) {
      key_ += label;
      key_ += '.';
    });
  }
  marisa::Trie trie_;
  marisa::Agent agent_;
  std::string key_;
};

}  // namespace schoolgate::bench
