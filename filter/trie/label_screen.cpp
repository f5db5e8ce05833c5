#include "filter/trie/label_screen.h"

#include "filter/trie/folded.h"

namespace schoolgate::filter {
namespace {

constexpr std::size_t kBitsPerLabel = 9;  // of the screen, in all: see the essay in domain_trie.cpp

}  // namespace

// From the end on, eight octets at a time.
void LabelHash::add_rest(Octets label) noexcept {
  for (std::size_t end = label.size(); end > kReadAhead; end -= 8) {
    value_ = mixed(value_ ^ folded(load<std::uint64_t>(label.data() + end - 8)), 0xff51afd7ed558ccdu);
  }
}

LabelScreenBuilder::LabelScreenBuilder(std::size_t labels) {
  constexpr std::size_t kBlockBits = LabelScreenBlock::kOctets * 8;
  octets_.resize((labels * kBitsPerLabel + kBlockBits - 1) / kBlockBits * LabelScreenBlock::kOctets);
  waiting_.reserve(kMostWaiting);
}

void LabelScreenBuilder::add(const LabelHash& hash) {
  if (waiting_.size() < kMostWaiting) {
    waiting_.push_back(hash);
  } else {
    LabelHash& oldest = waiting_[added_ % kMostWaiting];
    set(oldest);
    oldest = hash;
  }
  ++added_;
  __builtin_prefetch(octets_.data() + LabelScreenBlock::place(hash, octets_.size() / LabelScreenBlock::kOctets), 1);
}

const std::string& LabelScreenBuilder::finish() {
  for (const LabelHash& hash : waiting_) set(hash);
  waiting_.clear();
  return octets_;
}

void LabelScreenBuilder::set(const LabelHash& hash) {
  char* block = octets_.data() + LabelScreenBlock::place(hash, octets_.size() / LabelScreenBlock::kOctets);
  std::uint64_t bits;
  std::memcpy(&bits, block, sizeof bits);
  bits |= in_little_endian(LabelScreenBlock::bits(hash));
  std::memcpy(block, &bits, sizeof bits);
}

}  // namespace schoolgate::filter
