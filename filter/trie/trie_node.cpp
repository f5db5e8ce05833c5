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

// Of the 16 from `from` on, those before `end`. REQUIRES: from < end.
unsigned matches_before(const std::uint8_t* octets, std::size_t from, std::size_t end, std::uint8_t wanted) {
  const unsigned found = matches(octets + from, wanted);
  return end - from < kStride ? found & ((1u << (end - from)) - 1) : found;
}

// The first `count` numbers of four bits, added up; 16 of them at a time.
std::size_t sum_of_sizes(const std::uint8_t* sizes, std::size_t count) {
  constexpr std::uint64_t kLow = 0x0f0f0f0f0f0f0f0f;
  const auto sum_of = [](std::uint64_t some) {
    return static_cast<std::size_t>(((some & kLow) + (some >> 4 & kLow)) * 0x0101010101010101u >> 56);
  };
  std::size_t sum = 0;
  for (; count >= kStride; count -= kStride, sizes += 8) sum += sum_of(load<std::uint64_t>(sizes));
  return sum + sum_of(load<std::uint64_t>(sizes) & ((std::uint64_t{1} << (4 * count)) - 1));
}

// Are these the slot's octets from `from` on?
bool holds(const std::uint8_t* at, std::size_t count, const LabelSlot& slot, std::size_t from) {
  for (std::size_t i = 0; i < count; ++i) {
    if (at[i] != slot.octet(from + i)) return false;
  }
  return true;
}

// The same from the slot's second octet on.
bool holds_rest(const std::uint8_t* at, std::size_t count, const LabelSlot& slot) {
  if (count >= 8) [[unlikely]]
    return holds(at, count, slot, 1);
  const std::uint64_t differing = load_big_endian(at) ^ slot.rest[0] << 8;
  return differing >> 1 >> (63 - 8 * count) == 0;
}

// A bucket's parts, as distances from its beginning: what a damaged one says may lie anywhere. With 255 labels the standings
// end 639 octets after it; whatever is read there before it is checked, up to a stride, is in the slack.
class BucketReader {
 public:
  // REQUIRES: at least one octet, and kSlackOctets after them.
  BucketReader(const std::uint8_t* begin, std::size_t octets) noexcept
      : begin_(begin),
        octets_(octets),
        count_(*begin),
        sizes_(1 + count_),
        standings_(sizes_ + Bucket::sizes_octets(count_)),
        kept_(standings_ + count_) {}

  bool find(const LabelSlot& slot, Branch& branch) const noexcept {
    if (kept_ > octets_) return false;
    for (std::size_t from = 0; from < count_; from += kStride) {
      unsigned found = matches_before(begin_ + 1, from, count_, slot.octet(0));
      for (; found != 0; found &= found - 1) {
        if (is_at(from + static_cast<std::size_t>(std::countr_zero(found)), slot, branch)) return true;
      }
    }
    return false;
  }

 private:
  // Whether the label with this index, whose mark is the slot's, is the slot's.
  bool is_at(std::size_t index, const LabelSlot& slot, Branch& branch) const noexcept {
    const std::size_t size = std::min<std::size_t>(slot.octets - 1, Bucket::kLongSize);
    if ((begin_[sizes_ + index / 2] >> (index % 2 * 4) & 15u) != size) return false;
    const std::size_t at = kept_ + sum_of_sizes(begin_ + sizes_, index);
    if (at + size > octets_ || !holds_rest(begin_ + at, size, slot)) return false;
    branch.standing = begin_[standings_ + index];
    if (branch.standing != kHasRecord) return true;
    find_record(index, branch);
    return size != Bucket::kLongSize || take_long(slot, branch.record);
  }

  void find_record(std::size_t index, Branch& branch) const noexcept {
    const std::size_t at = kept_ + sum_of_sizes(begin_ + sizes_, count_);
    if (at > octets_) return;
    OctetReader records(Octets(begin_ + at, octets_ - at));
    const auto take = [&] {
      branch.marks = records.number<std::uint8_t>();
      std::size_t size = branch.marks >> Record::kSizeShift;
      if (size == Record::kLongSize) size = records.number<std::uint16_t>();
      branch.record = records.take(size);
    };
    for (std::size_t from = 0; from < index; from += kStride) {
      unsigned before = matches_before(begin_ + standings_, from, index, kHasRecord);
      for (; before != 0; before &= before - 1) take();
    }
    take();
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

  const std::uint8_t* begin_;
  std::size_t octets_;
  std::size_t count_;
  std::size_t sizes_;
  std::size_t standings_;
  std::size_t kept_;
};

}  // namespace

void BranchSearch::begin(Octets nodes, std::size_t place, const CodedLabel& label) noexcept {
  const std::size_t all = nodes.size() - kSlackOctets;
  octets_ = place < all ? all - place : 0;
  deviation_ = 0;
  bucket_ = 1;
  if (octets_ == 0) return;
  node_ = nodes.data() + place;
  const std::size_t width = node_[0];
  if (width == 0) return find_slot(label, 1, 0, slot_);
  const auto buckets = load<std::uint32_t>(node_ + 2);
  buckets_ = NodeHead::kOctets + width * buckets;
  if (buckets == 0 || buckets_ > octets_) {
    octets_ = 0;
    return;
  }
  find_slot(label, buckets, node_[1], slot_);
  deviation_ = NodeHead::kOctets + slot_.bucket * width;
  prefetch(node_, deviation_);
}

void BranchSearch::find_bucket() noexcept {
  if (octets_ == 0) return;
  if (deviation_ != 0) {
    const std::size_t width = node_[0];
    const std::uint64_t slope = load<std::uint32_t>(node_ + 6);
    const std::size_t bias = load<std::uint32_t>(node_ + 10);
    const std::uint8_t* deviation = node_ + deviation_;
    bucket_ = buckets_ + static_cast<std::size_t>(slot_.bucket * slope >> NodeHead::kSlopeBits) - bias +
              (width == 2 ? load<std::uint16_t>(deviation) : load<std::uint32_t>(deviation));
  }
  // Buckets have two lines or three, and come from far away: all at once rather than one after the other.
  constexpr std::size_t kLineOctets = 64;
  for (std::size_t line = 0; line < 3; ++line) prefetch(node_, bucket_ + line * kLineOctets);
}

bool BranchSearch::finish(Branch& branch) const noexcept {
  if (bucket_ >= octets_) return false;
  return BucketReader(node_ + bucket_, octets_ - bucket_).find(slot_, branch);
}

}  // namespace schoolgate::filter
