#include "filter/trie/node_writer.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace schoolgate::filter {
namespace {

constexpr std::size_t kMostInOneBucket = 32;
// The shuffle is tried with so many seeds until no bucket is too full, then with more buckets.
constexpr unsigned kSeeds = 256;
// In the order of the buckets the labels lie anywhere in memory: they are fetched so many in advance.
constexpr std::size_t kAhead = 24;

}  // namespace

std::size_t NodeWriter::write(const NodePlan& plan) {
  plan_ = &plan;
  const std::size_t start = out_.size();
  if (plan.labels.size() > kMostInOneBucket) {
    write_many();
  } else {
    write_one();
  }
  return start;
}

void NodeWriter::write_one() {
  buckets_ = 1;
  placed_.clear();
  LabelSlot slot;
  for (std::uint32_t i = 0; i < plan_->labels.size(); ++i) {
    find_slot_of(i, slot);
    placed_.push_back(placed(i, slot.rest[0], static_cast<std::uint8_t>(slot.octets)));
  }
  out_ += '\0';
  write_bucket(placed_);
}

void NodeWriter::write_many() {
  buckets_ = static_cast<std::uint32_t>((plan_->labels.size() + kLabelsInBucket - 1) / kLabelsInBucket);
  while (!distribute()) buckets_ += buckets_ / 2 + 1;
  measure();
  write_head();
  [[maybe_unused]] const std::size_t start = out_.size();
  std::size_t from = 0;
  std::size_t fetched = 0;
  for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
    assert(out_.size() - start == begins_[bucket]);
    for (; fetched < std::min(placed_.size(), ends_[bucket] + kAhead); ++fetched) fetch(placed_[fetched]);
    write_bucket(std::span<const Placed>(placed_).subspan(from, ends_[bucket] - from));
    from = ends_[bucket];
  }
}

// Counting sort by bucket; labels of one bucket stay in their order. False when with no seed all buckets are small enough.
bool NodeWriter::distribute() {
  const std::size_t count = plan_->labels.size();
  waiting_.resize(count);
  LabelSlot slot;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    seed_ = static_cast<std::uint8_t>(seed);
    ends_.assign(buckets_, 0);
    for (std::size_t i = 0; i < count; ++i) {
      find_slot_of(static_cast<std::uint32_t>(i), slot);
      waiting_.rests[i] = slot.rest[0];
      waiting_.buckets[i] = slot.bucket;
      waiting_.octets[i] = static_cast<std::uint8_t>(slot.octets);
      ++ends_[slot.bucket];
    }
    if (*std::max_element(ends_.begin(), ends_.end()) > Bucket::kMostLabels) continue;
    std::uint32_t begin = 0;
    for (std::uint32_t& end : ends_) {  // from how many there are to where the first one goes
      const std::uint32_t here = end;
      end = begin;
      begin += here;
    }
    placed_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      placed_[ends_[waiting_.buckets[i]]++] =
          placed(static_cast<std::uint32_t>(i), waiting_.rests[i], waiting_.octets[i]);
    }
    return true;
  }
  return false;
}

// Where each bucket will begin.
void NodeWriter::measure() {
  begins_.resize(buckets_);
  std::uint64_t begin = 0;
  std::size_t from = 0;
  for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
    begins_[bucket] = begin;
    const std::size_t count = ends_[bucket] - from;
    begin += 1 + 2 * count + Bucket::sizes_octets(count);
    for (; from < ends_[bucket]; ++from) {
      if (from + kAhead < placed_.size()) __builtin_prefetch(&plan_->labels[placed_[from + kAhead].label]);
      const Placed& placed = placed_[from];
      begin += std::min<std::size_t>(placed.octets - std::size_t{1}, Bucket::kLongSize);
      if (placed.standing != kHasRecord) continue;
      const std::size_t size = record_size(placed);
      begin += size + (size < Record::kLongSize ? 1 : 3);
    }
  }
  slope_ = static_cast<std::uint32_t>((begin << NodeHead::kSlopeBits) / buckets_);
}

void NodeWriter::write_head() {
  const auto deviation = [&](std::size_t bucket) {
    const auto foreseen = static_cast<std::int64_t>(bucket * std::uint64_t{slope_} >> NodeHead::kSlopeBits);
    return static_cast<std::int64_t>(begins_[bucket]) - foreseen;
  };
  std::int64_t least = 0;
  std::int64_t most = 0;
  for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
    least = std::min(least, deviation(bucket));
    most = std::max(most, deviation(bucket));
  }
  const bool is_narrow = most - least <= std::numeric_limits<std::uint16_t>::max();
  out_ += static_cast<char>(is_narrow ? sizeof(std::uint16_t) : sizeof(std::uint32_t));
  out_ += static_cast<char>(seed_);
  append(out_, buckets_);
  append(out_, slope_);
  append(out_, static_cast<std::uint32_t>(-least));
  // A node of more than 4 GiB makes a trie of more, which is refused as a whole.
  for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
    const auto raised = static_cast<std::uint32_t>(deviation(bucket) - least);
    if (is_narrow) {
      append(out_, static_cast<std::uint16_t>(raised));
    } else {
      append(out_, raised);
    }
  }
}

void NodeWriter::write_bucket(std::span<const Placed> labels) {
  sizes_.assign(Bucket::sizes_octets(labels.size()), '\0');
  standings_.clear();
  kept_.clear();
  records_.clear();
  out_ += static_cast<char>(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Placed& placed = labels[i];
    const std::size_t size = std::min<std::size_t>(placed.octets - std::size_t{1}, Bucket::kLongSize);
    out_ += static_cast<char>(octet(placed, 0));
    sizes_[i / 2] = static_cast<char>(sizes_[i / 2] | size << (i % 2 * 4));
    standings_ += static_cast<char>(placed.standing);
    for (std::size_t k = 1; k <= size; ++k) kept_ += static_cast<char>(octet(placed, k));
    if (placed.standing == kHasRecord) append_record(placed);
  }
  out_ += sizes_;
  out_ += standings_;
  out_ += kept_;
  out_ += records_;
}

void NodeWriter::fetch(const Placed& placed) const {
  if (placed.standing != kHasRecord) return;
  __builtin_prefetch(&plan_->labels[placed.label]);
  if (placed.record != 0) __builtin_prefetch(plan_->records.data() + placed.record);
}

// After its first octet, or three.
std::size_t NodeWriter::record_size(const Placed& placed) const {
  const NodeLabel& label = plan_->labels[placed.label];
  const std::size_t pair_node_chain = label.standing == kHasRecord ? label.record_size - std::size_t{1} : 1;
  // The octets left of a long label, and their number.
  const std::size_t rest = placed.octets > Bucket::kLongSize ? placed.octets - Bucket::kLongSize : 0;
  return rest + pair_node_chain;
}

void NodeWriter::append_record(const Placed& placed) {
  const NodeLabel& label = plan_->labels[placed.label];
  const std::size_t size = record_size(placed);
  const std::string_view record = std::string_view(plan_->records).substr(label.record, label.record_size);
  const auto marks = static_cast<unsigned char>(label.standing == kHasRecord ? record[0] : Record::kHasPair);
  records_ += static_cast<char>(marks | std::min(size, Record::kLongSize) << Record::kSizeShift);
  if (size >= Record::kLongSize) append(records_, static_cast<std::uint16_t>(size));
  if (placed.octets > Bucket::kLongSize) {
    records_ += static_cast<char>(placed.octets - Bucket::kLongSize - 1);
    for (std::size_t k = 1 + Bucket::kLongSize; k < placed.octets; ++k) records_ += static_cast<char>(octet(placed, k));
  }
  if (label.standing == kHasRecord) {
    records_ += record.substr(1);
  } else {
    records_ += static_cast<char>(label.standing);
  }
}

NodeWriter::Placed NodeWriter::placed(std::uint32_t label, std::uint64_t rest, std::uint8_t octets) const {
  const NodeLabel& planned = plan_->labels[label];
  const bool is_long = octets > Bucket::kLongSize;
  return {rest, label, octets, is_long ? kHasRecord : planned.standing, planned.record};
}

void NodeWriter::find_slot_of(std::uint32_t label, LabelSlot& slot) const {
  CodedLabel coded;
  code_.encode(plan_->labels[label].label(), coded);
  find_slot(coded, buckets_, seed_, slot);
}

// Those that are not at hand are few.
std::uint8_t NodeWriter::octet(const Placed& placed, std::size_t index) const {
  if (index < 8) return static_cast<std::uint8_t>(placed.rest >> (56 - 8 * index));
  LabelSlot slot;
  find_slot_of(placed.label, slot);
  return slot.octet(index);
}

}  // namespace schoolgate::filter
