// NodeWriter: writes one node of the domain trie, whatever its labels lead to. See trie_format.h.
//
// Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filter/file/octets.h"
#include "filter/trie/label_code.h"
#include "filter/trie/label_slot.h"
#include "filter/trie/trie_format.h"

namespace schoolgate::filter {

// A label of a node, and what it leads to. Millions of them wait at a time.
struct NodeLabel {
  const std::uint8_t* octets = nullptr;
  std::uint32_t record = 0;  // where its marks, pair, node and chain begin among the node's records
  std::uint16_t record_size = 0;
  std::uint8_t size = 0;
  std::uint8_t standing = kHasRecord;  // or the number of its pair, and no record

  Octets label() const { return {octets, size}; }
};

struct NodePlan {
  std::vector<NodeLabel> labels;
  std::string records;
  void clear() {
    labels.clear();
    records.clear();
  }
};

class NodeWriter {
 public:
  static constexpr std::size_t kLabelsInBucket = 13;  // in the mean, where there are many

  // Nodes are appended to `out`.
  NodeWriter(const LabelCode& code, std::string& out) : code_(code), out_(out) {}

  // Returns where in `out` the node begins. REQUIRES: at least one label, no label twice.
  std::size_t write(const NodePlan& plan);

 private:
  // A label in its bucket.
  struct Placed {
    std::uint64_t rest = 0;  // the first octets of what is kept of it
    std::uint32_t label = 0;
    std::uint8_t octets = 0;  // that are kept
    std::uint8_t standing = kHasRecord;
    std::uint32_t record = 0;
  };

  // What is known of the labels in their order, until there is a place for each: thirteen octets a label.
  struct Waiting {
    std::vector<std::uint64_t> rests;
    std::vector<std::uint32_t> buckets;
    std::vector<std::uint8_t> octets;
    void resize(std::size_t count) {
      rests.resize(count);
      buckets.resize(count);
      octets.resize(count);
    }
  };

  void write_one();
  void write_many();
  bool distribute();
  void measure();
  void write_head();
  void write_bucket(std::span<const Placed> labels);
  void fetch(const Placed& placed) const;
  void append_record(const Placed& placed);
  std::size_t record_size(const Placed& placed) const;
  void find_slot_of(std::uint32_t label, LabelSlot& slot) const;
  Placed placed(std::uint32_t label, std::uint64_t rest, std::uint8_t octets) const;
  std::uint8_t octet(const Placed& placed, std::size_t index) const;

  const LabelCode& code_;
  std::string& out_;
  const NodePlan* plan_ = nullptr;
  std::uint32_t buckets_ = 1;
  std::uint32_t slope_ = 0;
  std::uint8_t seed_ = 0;
  Waiting waiting_;
  std::vector<Placed> placed_;         // the labels, bucket by bucket
  std::vector<std::uint32_t> ends_;    // where the labels of each bucket end
  std::vector<std::uint64_t> begins_;  // where each bucket begins, from the first one on
  std::string sizes_;
  std::string standings_;
  std::string kept_;
  std::string records_;
};

}  // namespace schoolgate::filter
