// RE2::Set: all patterns in one automaton, made while it runs.
#pragma once

#include <string>
#include <vector>

#include <re2/re2.h>
#include <re2/set.h>

namespace schoolgate::bench {

class Re2Peer {
 public:
  static bool takes(const std::string& expression) { return RE2(expression, options()).ok(); }

  // REQUIRES: expressions that it takes.
  explicit Re2Peer(const std::vector<std::string>& expressions) : set_(options(), RE2::UNANCHORED) {
    for (const std::string& expression : expressions) set_.Add(expression, nullptr);
    set_.Compile();
  }
  std::size_t scan(std::string_view name) {
    matches_.clear();
    set_.Match(re2::StringPiece(name.data(), name.size()), &matches_);
    return matches_.size();
  }

 private:
  static RE2::Options options() {
    constexpr std::int64_t kMostMemory = std::int64_t{1} << 30;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(false);
    options.set_max_mem(kMostMemory);
    return options;
  }
  RE2::Set set_;
  std::vector<int> matches_;
};

}  // namespace schoolgate::bench
