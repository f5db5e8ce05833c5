// The layout
//
// A radix trie over the octets of DomainKeys (labels from the right, each with its length in front). A name is an
// ancestor of another exactly when its key is a prefix of the other's, so the entries on a name's way down are the rules
// that cover it, and the deepest one has the answer, worked out at build. With the names example.org, www.example.org and
// exact.org:
//
//     "\3org" ─┬─ 5 ─ "exact"            at: standing 2
//              └─ 7 ─ "example" ─┬─      standing 1
//                                └─ 3 ─ "www"   standing 3
//
// Why octets and not whole labels: `com` has millions of children, and a binary search over them touches a page at
// every step. Here a node has at most 256 children, whose first octets lie side by side, found by one memchr; a look-up
// goes down once for each place where names part, not once a label, and shared starts of labels are stored once.
//
// A node, without padding (an octet each where nothing else is said):
//
//     ┌──────────┬───────────┬──────────┬─────────────────┬─────────┬──────────────┬────────────────────┐
//     │ head     │ edge size │ edge     │ standings       │ count-1 │ first octets │ distances          │
//     │ see below│ if over 14│ octets   │ 0 to 2 varints  │    only with children: sorted, 1, 2 or 4 each │
//     └──────────┴───────────┴──────────┴─────────────────┴─────────┴──────────────┴────────────────────┘
//     head:  bits 0-1  standings: 0 none · 1 one, at and below · 2 at only, below stays as above · 3 at, then below
//            bits 2-3  octets of a distance: 0 no children · 1 · 2 · 3 means four
//            bits 4-7  edge size; 15: it is in the next octet
//
// The edge is what all names below share after the octet that led here. A leaf with six letters left is eight
// octets, and two or three more in its parent. Children are written before their parent, so that a distance is how far back the child
// begins: it is short, because most children are near, and following one always goes to a lower place; damaged
// octets cannot make a circle. The last eight octets of the block say where the root begins.
//
// Entries whose standing is what the name would have without them are left out by the caller (effective_rules.h).
#include "filter/domain_trie.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace schoolgate::filter {
namespace {

enum Standings : std::uint8_t { kNone = 0, kOne = 1, kAtOnly = 2, kTwo = 3 };

constexpr std::size_t kLongEdge = 15;
constexpr std::size_t kRootPlaceOctets = 8;
constexpr std::size_t kDistanceOctets[] = {0, 1, 2, 4};  // by bits 2-3 of the head
constexpr unsigned kMaxVarintOctets = 5;

void append_varint(std::string& to, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
  to += static_cast<char>(value);
}

class Encoder {
 public:
  explicit Encoder(std::string& out) : out_(out), start_(out.size()) {}

  // Writes the node of all `entries`, which share their first `depth` octets, and returns its place. Goes down at most
  // once for each octet of a key, 254 times. REQUIRES: at least one entry, or `depth` 0 for the empty root.
  std::size_t encode(std::span<const TrieEntry> entries, std::size_t depth, StandingNumber above) {
    if (entries.empty()) return write_node({}, nullptr, above, children_.size());
    const std::string_view first = entries.front().key;
    const std::size_t end = shared_size(first, entries.back().key, depth);
    const TrieEntry* own = first.size() == end ? &entries.front() : nullptr;
    if (own != nullptr) entries = entries.subspan(1);
    const std::size_t first_child = children_.size();
    while (!entries.empty()) {
      const auto octet = static_cast<std::uint8_t>(entries.front().key[end]);
      const auto next = std::partition_point(entries.begin(), entries.end(), [&](const TrieEntry& entry) {
        return static_cast<std::uint8_t>(entry.key[end]) <= octet;
      });
      const auto count = static_cast<std::size_t>(next - entries.begin());
      const std::size_t place = encode(entries.first(count), end + 1, own != nullptr ? own->below : above);
      children_.push_back({octet, place});
      entries = entries.subspan(count);
    }
    return write_node(first.substr(depth, end - depth), own, above, first_child);
  }

 private:
  struct Child {
    std::uint8_t octet;
    std::size_t place;
  };

  // Sorted: what the first and the last share, all between them share.
  static std::size_t shared_size(std::string_view first, std::string_view last, std::size_t depth) {
    const std::size_t most = std::min(first.size(), last.size());
    while (depth < most && first[depth] == last[depth]) ++depth;
    return depth;
  }

  std::size_t write_node(std::string_view edge, const TrieEntry* own, StandingNumber above, std::size_t first_child) {
    const std::size_t place = out_.size() - start_;
    const Standings standings = standings_of(own, above);
    const unsigned width = width_for(place, first_child);
    const std::size_t edge_nibble = std::min(edge.size(), kLongEdge);
    out_ += static_cast<char>(standings | width << 2 | edge_nibble << 4);
    if (edge_nibble == kLongEdge) out_ += static_cast<char>(edge.size());
    out_ += edge;
    if (standings != kNone) append_varint(out_, own->at);
    if (standings == kTwo) append_varint(out_, own->below);
    if (width != 0) write_children(place, width, first_child);
    children_.resize(first_child);
    return place;
  }

  static Standings standings_of(const TrieEntry* own, StandingNumber above) {
    if (own == nullptr) return kNone;
    if (own->at == own->below) return kOne;
    return own->below == above ? kAtOnly : kTwo;
  }

  // The first child was written first, so it is the farthest.
  unsigned width_for(std::size_t place, std::size_t first_child) const {
    if (first_child == children_.size()) return 0;
    const std::size_t farthest = place - children_[first_child].place;
    return farthest <= 0xff ? 1 : farthest <= 0xffff ? 2 : 3;
  }

  void write_children(std::size_t place, unsigned width, std::size_t first_child) {
    out_ += static_cast<char>(children_.size() - first_child - 1);
    for (std::size_t i = first_child; i < children_.size(); ++i) out_ += static_cast<char>(children_[i].octet);
    for (std::size_t i = first_child; i < children_.size(); ++i) {
      std::size_t distance = place - children_[i].place;
      for (std::size_t octet = 0; octet < kDistanceOctets[width]; ++octet, distance >>= 8) {
        out_ += static_cast<char>(distance);
      }
    }
  }

  std::string& out_;
  std::size_t start_;
  std::vector<Child> children_;  // a stack: each node's, above those of the nodes it is below
};

// A node read in place. Where the octets end too soon, is_good is false and the rest is as it was.
struct Node {
  Octets edge;
  bool has_at = false;
  bool has_below = false;
  StandingNumber at = kNoStanding;
  StandingNumber below = kNoStanding;
  Octets first_octets;
  Octets distances;
  bool is_good = false;
};

class NodeReader {
 public:
  NodeReader(Octets nodes, std::size_t place) noexcept : at_(nodes.data() + place), left_(nodes.size() - place) {}

  Node read() noexcept {
    Node node;
    const unsigned head = octet();
    std::size_t edge_size = head >> 4;
    if (edge_size == kLongEdge) edge_size = octet();
    node.edge = take(edge_size);
    read_standings(static_cast<Standings>(head & 3), node);
    if (const std::size_t width = kDistanceOctets[head >> 2 & 3]; width != 0) {
      const std::size_t count = octet() + std::size_t{1};
      node.first_octets = take(count);
      node.distances = take(count * width);
    }
    node.is_good = is_good_;
    return node;
  }

 private:
  void read_standings(Standings standings, Node& node) noexcept {
    if (standings == kNone) return;
    node.has_at = true;
    node.at = varint();
    node.has_below = standings != kAtOnly;
    if (node.has_below) node.below = standings == kTwo ? varint() : node.at;
  }
  std::uint32_t varint() noexcept {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < kMaxVarintOctets; ++i) {
      const std::uint8_t next = octet();
      value |= std::uint32_t{next & 0x7fu} << (7 * i);
      if (next < 0x80) break;
    }
    return value;
  }
  std::uint8_t octet() noexcept {
    const Octets one = take(1);
    return one.empty() ? std::uint8_t{0} : one[0];
  }
  Octets take(std::size_t count) noexcept {
    if (count > left_) {
      is_good_ = false;
      left_ = 0;
      return {};
    }
    const Octets taken(at_, count);
    at_ += count;
    left_ -= count;
    return taken;
  }

  const std::uint8_t* at_;
  std::size_t left_;
  bool is_good_ = true;
};

// How far back the child begins that `octet` leads to; 0: there is none.
std::size_t distance_to_child(const Node& node, std::uint8_t octet) noexcept {
  if (node.first_octets.empty()) return 0;
  const void* found = std::memchr(node.first_octets.data(), octet, node.first_octets.size());
  if (found == nullptr) return 0;
  const auto index = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - node.first_octets.data());
  switch (node.distances.size() / node.first_octets.size()) {
    case 1:
      return node.distances[index];
    case 2:
      return load<std::uint16_t>(node.distances.data() + 2 * index);
    default:
      return load<std::uint32_t>(node.distances.data() + 4 * index);
  }
}

}  // namespace

void encode_trie(std::span<const TrieEntry> entries, std::string& out) {
  const std::size_t root = Encoder(out).encode(entries, 0, kNoStanding);
  append(out, std::uint64_t{root});
}

DomainTrie::DomainTrie(Octets block) {
  if (block.size() <= kRootPlaceOctets) return;
  nodes_ = block.first(block.size() - kRootPlaceOctets);
  root_ = load<std::uint64_t>(block.data() + nodes_.size());
}

StandingNumber DomainTrie::find(Octets key) const noexcept {
  StandingNumber found = kNoStanding;
  if (root_ >= nodes_.size()) return found;
  for (std::size_t place = root_;;) {
    const Node node = NodeReader(nodes_, place).read();
    if (!node.is_good || node.edge.size() > key.size() ||
        !std::equal(node.edge.begin(), node.edge.end(), key.begin())) {
      return found;
    }
    key = key.subspan(node.edge.size());
    if (key.empty()) return node.has_at ? node.at : found;
    if (node.has_below) found = node.below;
    const std::size_t distance = distance_to_child(node, key[0]);
    if (distance == 0 || distance > place) return found;
    place -= distance;
    key = key.subspan(1);
  }
}

}  // namespace schoolgate::filter
