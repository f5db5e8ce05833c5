// Cache: raw answers by question, least recently used out first, bounded in bytes.
//
// Cache the upstream's answer, not the verdict: groups and schedules differ, the answer does not. Beside each answer stand
// the tags of the names it leads to, with the generation of the snapshot that gave them.
//
// Belongs to one worker's thread. Time is Clock::steady_us().
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ip_address.h"
#include "dns/answer.h"
#include "filter/rules/tag_set.h"

namespace schoolgate::resolver {

struct CacheEntry {
  dns::Answer answer;
  std::int64_t stored_us = 0;
  std::int64_t expires_us = 0;
  std::optional<dns::ExtendedError> failure;     // set: asking failed lately (RFC 9520); `answer` is empty
  std::vector<filter::TagSet> target_tags;       // of answer.targets, valid for:
  std::vector<base::IpAddress> ruled_addresses;  // of the answer, those that a rule is for; likewise
  std::uint64_t tags_generation = 0;             // 0: not classified yet
};

class Cache {
 public:
  static constexpr std::size_t kDefaultBytes = 32 << 20;
  // RFC 8767 §5: an answer may be given when nothing better can be had, for this long after it expired.
  static constexpr std::int64_t kStaleUs = 86'400'000'000;

  explicit Cache(std::size_t most_bytes = kDefaultBytes) : most_bytes_(most_bytes) {}

  // A fresh entry, moved to the front. The pointer is good until the next put().
  CacheEntry* find(const dns::Question& question, std::int64_t now_us);
  // An expired answer that may still be given.
  CacheEntry* find_stale(const dns::Question& question, std::int64_t now_us);
  CacheEntry& put(const dns::Question& question, dns::Answer answer, std::int64_t now_us);
  // Remembers that asking failed, for as long as RFC 9520 §3.2 demands at least. Keeps an expired answer that is there.
  void put_failure(const dns::Question& question, dns::ExtendedError why, std::int64_t now_us);
  void clear();

  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Node {
    dns::Question question;
    CacheEntry entry;
    std::size_t bytes = 0;
  };
  using Nodes = std::list<Node>;  // most recently used first

  Nodes::iterator place_for(const dns::Question& question);
  void charge(Nodes::iterator node);

  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  Nodes nodes_;
  std::unordered_map<dns::Question, Nodes::iterator> entries_;
};

}  // namespace schoolgate::resolver
