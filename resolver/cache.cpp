#include "resolver/cache.h"

#include <algorithm>

namespace schoolgate::resolver {
namespace {

constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
constexpr std::int64_t kFailureUs = 1 * kMicrosecondsPerSecond;
// Two hash and list nodes, beside what the vectors hold.
constexpr std::size_t kNodeOverheadBytes = 2 * sizeof(dns::Question) + sizeof(CacheEntry) + 128;

std::size_t bytes_of(const CacheEntry& entry) {
  return kNodeOverheadBytes + entry.answer.wire.capacity() + entry.answer.ttl_offsets.capacity() * 4 +
         entry.answer.targets.capacity() * sizeof(dns::Name) + entry.answer.targets.size() * sizeof(filter::TagSet);
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
  if (found == entries_.end()) return nullptr;
  CacheEntry& entry = found->second->entry;
  if (entry.answer.wire.empty() || entry.answer.lifetime_seconds == 0) return nullptr;
  const std::int64_t good_until =
      entry.stored_us + std::int64_t{entry.answer.lifetime_seconds} * kMicrosecondsPerSecond + kStaleUs;
  return good_until > now_us ? &entry : nullptr;
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
  node->entry.expires_us = now_us + kFailureUs;
  charge(node);
}

void Cache::clear() {
  entries_.clear();
  nodes_.clear();
  bytes_ = 0;
}

}  // namespace schoolgate::resolver
