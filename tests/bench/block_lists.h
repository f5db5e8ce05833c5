// BlockLists: names, and the rules of two dozen lists on them, in the order of the names' keys. Made from a seed, or read
// from real files.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "filter/image_builder.h"
#include "tests/bench/name_set.h"
#include "tests/bench/packed_texts.h"

namespace schoolgate::bench {

struct ListRule {
  filter::ListNumber list = 0;
  filter::Reach reach = filter::Reach::kBoth;
  filter::Exception exception = filter::Exception::kNo;
};

class BlockLists {
 public:
  static constexpr std::size_t kLists = 24;
  static constexpr std::size_t kTags = 12;

  // 15 % of the names are in two or more lists, 2 % are exact or subdomains-only, 0.2 % are exceptions. No name is at or
  // above one of `popular`, so none of those is blocked.
  static BlockLists generate(std::size_t names, std::uint64_t seed, const std::vector<std::string>& popular);
  // A list a file: names one a line, or a hosts file's lines. Names at or above a popular one are left out.
  static base::Result<BlockLists> read(const std::vector<std::string>& files, std::size_t most_names,
                                       const std::vector<std::string>& popular);

  std::size_t list_count() const { return list_count_; }
  std::size_t size() const { return names_.size(); }
  std::string_view name(std::size_t index) const { return names_[index]; }
  const PackedTexts& names() const { return names_; }
  std::span<const ListRule> rules(std::size_t index) const {
    return std::span(rules_).subspan(first_rule_[index], first_rule_[index + 1] - first_rule_[index]);
  }
  // Blocked itself, and all below it, whatever else is listed.
  bool is_plain(std::size_t index) const;

  void add(std::string_view name, std::span<const ListRule> rules);  // REQUIRES: in the order of sort_key()

 private:
  std::size_t list_count_ = 0;
  PackedTexts names_;
  std::vector<ListRule> rules_;
  std::vector<std::size_t> first_rule_ = {0};
};

// The names in the file, in its order, in lower case, each once, with two labels or more; what is none is passed over.
base::Result<std::vector<std::string>> read_names(const std::string& path, std::size_t most);

}  // namespace schoolgate::bench
