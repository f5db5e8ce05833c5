// Hyperscan with nothing around it: block mode, one report a pattern.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include <hs/hs.h>

namespace schoolgate::bench {

class HyperscanPeer {
 public:
  static constexpr unsigned kFlags = HS_FLAG_SINGLEMATCH | HS_FLAG_CASELESS;

  static bool takes(const std::string& expression) {
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    const bool taken = hs_compile(expression.c_str(), kFlags, HS_MODE_BLOCK, nullptr, &database, &error) == HS_SUCCESS;
    hs_free_compile_error(error);
    hs_free_database(database);
    return taken;
  }

  // REQUIRES: expressions that it takes.
  explicit HyperscanPeer(const std::vector<std::string>& expressions) {
    std::vector<const char*> texts;
    std::vector<unsigned> numbers;
    for (const std::string& expression : expressions) {
      numbers.push_back(static_cast<unsigned>(texts.size()));
      texts.push_back(expression.c_str());
    }
    const std::vector<unsigned> flags(texts.size(), kFlags);
    hs_compile_error_t* error = nullptr;
    const auto count = static_cast<unsigned>(texts.size());
    if (hs_compile_multi(texts.data(), flags.data(), numbers.data(), count, HS_MODE_BLOCK, nullptr, &database_,
                         &error) != HS_SUCCESS) {
      throw std::runtime_error(std::string("Hyperscan: ") + error->message);
    }
    hs_alloc_scratch(database_, &scratch_);
  }
  ~HyperscanPeer() {
    hs_free_scratch(scratch_);
    hs_free_database(database_);
  }
  HyperscanPeer(const HyperscanPeer&) = delete;
  HyperscanPeer& operator=(const HyperscanPeer&) = delete;

  // How many patterns match.
  std::size_t scan(std::string_view name) {
    std::size_t matches = 0;
    hs_scan(database_, name.data(), static_cast<unsigned>(name.size()), 0, scratch_, &count, &matches);
    return matches;
  }

 private:
  static int count(unsigned, unsigned long long, unsigned long long, unsigned, void* matches) {
    ++*static_cast<std::size_t*>(matches);
    return 0;
  }
  hs_database_t* database_ = nullptr;
  hs_scratch_t* scratch_ = nullptr;
};

}  // namespace schoolgate::bench
