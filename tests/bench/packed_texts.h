// Millions of short texts in one piece of memory, so that what the caller holds is small and known.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace schoolgate::bench {

class PackedTexts {
 public:
  void add(std::string_view text) {
    octets_.append(text);
    ends_.push_back(octets_.size());
  }
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(octets_).substr(begin, ends_[index] - begin);
  }

 private:
  std::string octets_;
  std::vector<std::size_t> ends_;
};

}  // namespace schoolgate::bench
