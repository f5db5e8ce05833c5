#include "filter/trie/trie_node.h"

#include <algorithm>
#include <bit>

#include "filter/trie/label_slot.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace schoolgate::filter {
namespace {

constexpr std::size_t kStride = 16;

// A bit for each of 16 octets that is `wanted`.
unsigned matches(const std::uint8_t* at, std::uint8_t wanted) {
#ifdef __SSE2__
  const __m128i octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(octets, _mm_set1_epi8(static_cast<char>(wanted)))));
#else
  unsigned found = 0;
  for (unsigned i = 0; i < kStride; ++i) found |= static_cast<unsigned>(at[i] == wanted) << i;
  return found;
#endif
}

unsigned first_bits(unsigned bits, std::size_t count) { return count < 32 ? bits & ((1u << count) - 1) : bits; }

// The first `count` numbers of four bits, added up; 16 of them at a time.
std::size_t sum_of_sizes(const std::uint8_t* sizes, std::size_t count) {
  constexpr std::uint64_t kLow = 0x0f0f0f0f0f0f0f0f;
  std::size_t sum = 0;
  for (; count > 0; sizes += 8) {
    auto some = load<std::uint64_t>(sizes);
    const std::size_t taken = std::min(count, kStride);
    if (taken < kStride) some &= (std::uint64_t{1} << (4 * taken)) - 1;
    sum += ((some & kLow) + (some >> 4 & kLow)) * 0x0101010101010101u >> 56;
    count -= taken;
  }
  return sum;
}

// Are these the slot's octets from `from` on?
bool holds(const std::uint8_t* at, std::size_t count, const LabelSlot& slot, std::size_t from) {
  if (from == 1 && count < 8) {  // nearly always
    const std::uint64_t differing = load_big_endian(at) ^ slot.rest[0] << 8;
    return count == 0 || differing >> (64 - 8 * count) == 0;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (at[i] != slot.octet(from + i)) return false;
  }
  return true;
}

class BucketReader {
 public:
  // REQUIRES: at least one octet, and kSlackOctets after them.
  explicit BucketReader(Octets octets) noexcept {
    const std::size_t count = octets[0];
    const std::size_t head = 1 + 2 * count + Bucket::sizes_octets(count);
    if (head > octets.size()) return;
    count_ = count;
    marks_ = octets.data() + 1;
    sizes_ = marks_ + count;
    standings_ = sizes_ + Bucket::sizes_octets(count);
    kept_ = octets.subspan(head);
  }

  std::optional<Branch> find(const LabelSlot& slot) const noexcept {
    for (std::size_t from = 0; from < count_; from += kStride) {
      unsigned found = first_bits(matches(marks_ + from, slot.octet(0)), count_ - from);
      for (; found != 0; found &= found - 1) {
        if (const auto branch = find(from + static_cast<std::size_t>(std::countr_zero(found)), slot)) return branch;
      }
    }
    return std::nullopt;
  }

 private:
  // Whether the label with this index, whose mark is the slot's, is the slot's.
  std::optional<Branch> find(std::size_t index, const LabelSlot& slot) const noexcept {
    const std::size_t size = std::min<std::size_t>(slot.octets - 1, Bucket::kLongSize);
    if ((sizes_[index / 2] >> (index % 2 * 4) & 15u) != size) return std::nullopt;
    const std::size_t before = sum_of_sizes(sizes_, index);
    if (before + size > kept_.size() || !holds(kept_.data() + before, size, slot, 1)) return std::nullopt;
    Branch branch{standings_[index], 0, {}};
    if (branch.standing != kHasRecord) return branch;
    find_record(index, branch);
    if (size == Bucket::kLongSize && !take_long(slot, branch.record)) return std::nullopt;
    return branch;
  }

  void find_record(std::size_t index, Branch& branch) const noexcept {
    const std::size_t kept = sum_of_sizes(sizes_, count_);
    if (kept > kept_.size()) return;
    std::size_t before = 0;
    for (std::size_t from = 0; from < index; from += kStride) {
      before +=
          static_cast<std::size_t>(std::popcount(first_bits(matches(standings_ + from, kHasRecord), index - from)));
    }
    OctetReader records(kept_.subspan(kept));
    for (;; --before) {
      branch.marks = records.number<std::uint8_t>();
      std::size_t size = branch.marks >> Record::kSizeShift;
      if (size == Record::kLongSize) size = records.number<std::uint16_t>();
      branch.record = records.take(size);
      if (before == 0 || !records.is_good()) return;
    }
  }

  static bool take_long(const LabelSlot& slot, Octets& record) noexcept {
    if (record.empty()) return false;
    const std::size_t count = record[0];
    const std::size_t from = 1 + Bucket::kLongSize;
    if (count != slot.octets - from || count >= record.size()) return false;
    if (!holds(record.data() + 1, count, slot, from)) return false;
    record = record.subspan(1 + count);
    return true;
  }

  std::size_t count_ = 0;
  const std::uint8_t* marks_ = nullptr;
  const std::uint8_t* sizes_ = nullptr;
  const std::uint8_t* standings_ = nullptr;
  Octets kept_;
};

// Where in the node the slot's bucket begins; somewhere beyond it for a damaged node.
std::size_t find_bucket(Octets node, const CodedLabel& label, LabelSlot& slot) noexcept {
  const std::size_t width = node[0];
  if (width == 0) {
    find_slot(label, 1, 0, slot);
    return 1;
  }
  const std::uint8_t* head = node.data();
  const auto buckets = load<std::uint32_t>(head + 2);
  const std::uint64_t slope = load<std::uint32_t>(head + 6);
  const std::size_t bias = load<std::uint32_t>(head + 10);
  const std::size_t start = NodeHead::kOctets + width * buckets;
  if (buckets == 0 || start > node.size()) return node.size();
  find_slot(label, buckets, head[1], slot);
  const std::uint8_t* deviation = head + NodeHead::kOctets + slot.bucket * width;
  return start + static_cast<std::size_t>(slot.bucket * slope >> NodeHead::kSlopeBits) - bias +
         (width == 2 ? load<std::uint16_t>(deviation) : load<std::uint32_t>(deviation));
}

}  // namespace

std::optional<Branch> find_branch(Octets nodes, std::size_t place, const CodedLabel& label) noexcept {
  const std::size_t end = nodes.size() - kSlackOctets;
  if (place >= end) return std::nullopt;
  const Octets node = nodes.subspan(place, end - place);
  LabelSlot slot;
  const std::size_t bucket = find_bucket(node, label, slot);
  if (bucket >= node.size()) return std::nullopt;
  // Buckets have three lines or four, and come from far away: all at once rather than one after the other.
  constexpr std::size_t kLine = 64;
  for (std::size_t ahead = 1; ahead < 4; ++ahead) __builtin_prefetch(node.data() + bucket + ahead * kLine);
  return BucketReader(node.subspan(bucket)).find(slot);
}

}  // namespace schoolgate::filter
