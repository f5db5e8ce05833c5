#include "resolver/cache.h"

#include <algorithm>

namespace schoolgate::resolver {
namespace {

constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr std::int64_t kFailureUs = 1 * kMicrosecondsPerSecond;
// RFC 8767 §5, the failure recheck timer: who has an old answer to give need not wait for a silent upstream each second.
constexpr std::int64_t kFailureBesideStaleUs = 30 * kMicrosecondsPerSecond;
// Two hash and list nodes, beside what the vectors hold.
constexpr std::size_t kNodeOverheadBytes = 2 * sizeof(dns::Question) + sizeof(CacheEntry) + 128;

std::size_t bytes_of(const CacheEntry& entry) {
  return kNodeOverheadBytes + entry.answer.wire.capacity() + entry.answer.ttl_offsets.capacity() * 4 +
         entry.answer.targets.capacity() * sizeof(dns::Name) + entry.answer.targets.size() * sizeof(filter::TagSet);
}

// When a stale answer may be given no more; 0: there is none.
std::int64_t good_until_us(const CacheEntry& entry) {
  if (entry.answer.wire.empty() || entry.answer.lifetime_seconds == 0) return 0;
  return entry.stored_us + std::int64_t{entry.answer.lifetime_seconds} * kMicrosecondsPerSecond + Cache::kStaleUs;
}

}  // namespace

CacheEntry* Cache::find(const dns::Question& question, std::int64_t now_us) {
  const auto found = entries_.find(question);
  if (found == entries_.end() || found->second->entry.expires_us <= now_us) return nullptr;
  nodes_.splice(nodes_.begin(), nodes_, found->second);
  return &found->second->entry;
}

CacheEntry* Cache::find_stale(const dns::Question& question, std::int64_t now_us) {
  const auto found = entries_.find(question);
  if (found == entries_.end() || good_until_us(found->second->entry) <= now_us) return nullptr;
  return &found->second->entry;
}

Cache::Nodes::iterator Cache::place_for(const dns::Question& question) {
  const auto found = entries_.find(question);
  if (found != entries_.end()) {
    nodes_.splice(nodes_.begin(), nodes_, found->second);
    return found->second;
  }
  nodes_.push_front(Node{question, {}, 0});
  entries_.emplace(question, nodes_.begin());
  return nodes_.begin();
}

void Cache::charge(Nodes::iterator node) {
  bytes_ -= node->bytes;
  node->bytes = bytes_of(node->entry);
  bytes_ += node->bytes;
  while (bytes_ > most_bytes_ && nodes_.size() > 1) {
    bytes_ -= nodes_.back().bytes;
    entries_.erase(nodes_.back().question);
    nodes_.pop_back();
  }
}

CacheEntry& Cache::put(const dns::Question& question, dns::Answer answer, std::int64_t now_us) {
  const auto node = place_for(question);
  node->entry = CacheEntry{};
  node->entry.answer = std::move(answer);
  node->entry.stored_us = now_us;
  node->entry.expires_us = now_us + std::int64_t{node->entry.answer.lifetime_seconds} * kMicrosecondsPerSecond;
  charge(node);
  return node->entry;
}

void Cache::put_failure(const dns::Question& question, dns::ExtendedError why, std::int64_t now_us) {
  const auto node = place_for(question);
  if (node->entry.answer.wire.empty()) node->entry.stored_us = now_us;
  node->entry.failure = why;
  const std::int64_t beside_stale_us = std::min(kFailureBesideStaleUs, good_until_us(node->entry) - now_us);
  node->entry.expires_us = now_us + std::max(kFailureUs, beside_stale_us);
  charge(node);
}

void Cache::clear() {
  entries_.clear();
  nodes_.clear();
  bytes_ = 0;
}

}  // namespace schoolgate::resolver
