// The layout
//
// A trie over labels, from the right. A node is one name; what it holds are the labels that may stand in front of it. With
// the rules example.org, www.example.org, exact.org (that name only) and ads.shop.example:
//
//     root ─┬─ "org" ─┬─ "example"  pair (2,2) ─── "www"  pair (3,3)
//           │         └─ "exact"    pair (4,0)
//           └─ "example" ···········"shop" ··········"ads"  pair (2,2)      a chain: nothing branches off, one record
//
// A pair says what holds for the name itself and for the names below it; it was worked out at build for the whole way
// down, so the deepest name reached has the answer. `com` has millions of labels in front of it, most nodes have two: that
// shapes all that follows.
//
//     node     ┌ one bucket ┐    or   ┌ head ┬ deviations ┬ bucket 0 │ bucket 1 │ … ┐
//     bucket   ┌ count ┬ marks ▒▒▒▒▒▒ ┬ sizes ▪▪▪ ┬ standings ▒▒▒▒▒▒ ┬ what is kept ─── ── ─── ┬ records ─── ┐
//
// 1. A label is coded as bits (label_code.h): 46 for the twelve letters of the usual one instead of 96.
// 2. Its bits, shuffled, say in which of the node's buckets it is, and what the bucket's number says need not be kept
//    (label_slot.h): that saves 17 bits of each label below `com`, and shared starts of labels could save no more.
// 3. A bucket has thirteen labels. The first octets kept of all of them, the marks, lie side by side and are compared at
//    once; what else is kept is looked at where a mark agrees, one time in twenty by chance. It is compared whole: the trie
//    never errs.
// 4. Where a bucket begins is foreseen from its number and corrected by two octets: less than a megabyte for five million
//    names, which stays in the processor's cache. From there on a look-up touches one place in memory, two or three lines
//    that are fetched at once.
// 5. The standing is one octet, the number of a pair among the 255 that names most often have. What has more to say (a
//    rarer pair, a node in front, a chain, the end of a very long label) has a record.
// 6. In front of it all a screen (label_screen.h) ends most look-ups of names that no list knows, before anything is coded,
//    and a small table of the top-level domains (trie_format.h) spares every look-up the first step.
// 7. What is in the processor's cache is not waited for, it is counted in instructions: 525 a name of the popular mix below,
//    in the mean. So the screen asks one word, codes are put together in a register (stored by the octet and read
//    as a word, they would be waited for), and no branch hangs on what is as good as random.
//
// 8. Whoever has many names looks them up together: each step asks memory for what the next one reads and is likely to be far
//    away, so that 32 names wait for it once and not 32 times. Alone, a hit waits for the screen, the deviation and the bucket
//    in turn.
//
// What was tried and given up, each with five million names (18.7 octets in the mean), on one core of a machine where memory
// is 150 ns away; the second figure is Zipf over popular names with a tenth blocked, the third random names, half blocked:
//
//     a radix trie over octets, edges and child octets packed         15.3 octets a name   324 ns   646 ns
//     this one, labels in order-1 codes, no screen, no top table       9.5                 131 ns   306 ns
//     the same, each bucket's marks in a line of their own, with       8.9                  95 ns   318 ns
//       where the rest is: no deviations, but two far places a hit
//     codes by the two octets before: shorter by two bits a label,     8.8                 103 ns   325 ns
//       but slower to make than pairs of octets after one (label_code.h)
//     without the screen                                               8.6                  81 ns   245 ns
//     with both, twenty labels a bucket, screen blocks of one line     9.6                  63 ns   262 ns
//
// The last of these and this file, turn and turn about in one run, on other names (those of tests/bench, which take
// fewer octets) and a busier machine:
//
//     with both, twenty labels a bucket, screen blocks of one line     8.03                102 ns   352 ns
//     thirteen labels a bucket, blocks of one word, fewer instructions 8.02                 73 ns   243 ns
//
// And this file, medians of some runs in turn; together is 32 names at once:
//
//     one after the other, seven bits of the screen a label            8.02                 86 ns   268 ns
//     together                                                         8.02                 59 ns   118 ns
//     the same, and the screen asked before there is room for a code   8.02                 57 ns   118 ns
//     nine bits of the screen a label                                  8.28                 52 ns   112 ns
//     ten bits                                                         8.40                 52 ns   110 ns
//     seven bits, names lately asked for in a table of 256 KiB         8.02                 60 ns   140 ns
//
// Buckets of 10, 16 and 20 labels take 8.06, 8.05 and 8.03 octets a name. Huge pages made no difference.
//
// The screen costs a good octet a name, and a hit of a random name one more place to fetch; it was taken because most
// questions in a school are for the same few thousand names, and those are what must be fast.
#include "filter/trie/domain_trie.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "filter/trie/labels_from_right.h"
#include "filter/trie/trie_node.h"

namespace schoolgate::filter {
namespace {

LabelHash hash_of(const LabelsFromRight& labels, Octets label, std::uint32_t node) noexcept {
  if (labels.can_read(label, LabelHash::kReadAhead)) [[likely]]
    return LabelHash(label, node);
  std::array<std::uint8_t, dns::Name::kMaxLabelOctets + LabelHash::kReadAhead> room{};
  std::copy(label.begin(), label.end(), room.begin());
  return LabelHash(Octets(room).first(label.size()), node);
}

// No label's code begins another's: where these octets are the code's, they are the label.
bool take_label(OctetReader& from, const CodedLabel& label) {
  const Octets octets = from.take(label.size());
  std::size_t same = 0;
  while (same < octets.size() && octets[same] == label.octet(same)) ++same;
  return from.is_good() && same == octets.size();
}

}  // namespace

// A name on its way down. Each step asks memory for what the next one reads, so that many walks, taken through the same
// step together, wait for all of it at once. begin() is first, then again and again the others in their order; one that says
// false has ended the walk.
//
// It has no values before begin(): there is room for 32, and most often few are needed.
struct DomainTrie::Walk {
  LabelsFromRight labels;
  StandingNumber found;
  std::uint32_t place;        // of the node
  const std::uint8_t* label;  // that is looked for in it, from its length octet on
  LabelHash hash;
  BranchSearch search;
};

DomainTrie::DomainTrie(Octets block) {
  if (block.size() < kTrieTailOctets) return;
  OctetReader tail(block.last(kTrieTailOctets));
  const std::size_t all = tail.number<std::uint32_t>();
  const std::size_t nodes = tail.number<std::uint32_t>();
  const std::size_t pairs = tail.number<std::uint32_t>() * kPairOctets;
  const std::size_t tops = tail.number<std::uint32_t>() * TopPlace::kOctets;
  const std::size_t screen = tail.number<std::uint32_t>();
  if (nodes < kSlackOctets || all > block.size() - kTrieTailOctets) return;
  OctetReader reader(block.last(all + kTrieTailOctets));
  const Octets node_octets = reader.take(nodes);
  const Octets pair_octets = reader.take(pairs);
  const Octets top_octets = reader.take(tops);
  auto code = LabelCode::read(reader);
  const Octets screen_octets = reader.take(screen);
  if (!code || !reader.is_good()) return;
  screen_ = LabelScreen(screen_octets);
  code_ = std::move(*code);
  nodes_ = node_octets;
  pairs_ = pair_octets;
  tops_ = top_octets;
  root_node_ = tail.number<std::uint32_t>();
  root_.at = tail.number<std::uint32_t>();
  root_.below = tail.number<std::uint32_t>();
}

// Whether the name ends here is as good as random: it says where to read, not which way to go.
StandingNumber DomainTrie::standing_of(std::size_t pair, bool at) const noexcept {
  if ((pair + 1) * kPairOctets > pairs_.size()) return kNoStanding;
  return load<std::uint32_t>(pairs_.data() + pair * kPairOctets + (at ? 0 : kPairOctets / 2));
}

StandingPair DomainTrie::take_pair(OctetReader& record) const noexcept {
  const auto number = record.number<std::uint8_t>();
  if (number != kHasRecord) return {standing_of(number, true), standing_of(number, false)};
  const StandingNumber at = record.varint();
  return {at, record.varint()};
}

std::uint32_t DomainTrie::find_top(Octets label) const noexcept {
  if (tops_.empty()) return kNoNode;
  const std::uint64_t key = TopPlace::key(label.data() - 1);
  std::size_t place = TopPlace::first(key, tops_.size() / TopPlace::kOctets) * TopPlace::kOctets;
  for (std::size_t tried = 0; tried < TopPlace::kMostTries; ++tried, place += TopPlace::kOctets) {
    if (place == tops_.size()) place = 0;
    const auto held = load<std::uint64_t>(tops_.data() + place);
    if (held == key) return load<std::uint32_t>(tops_.data() + place + 8);
    if (held == 0) break;
  }
  return kNoNode;
}

void DomainTrie::begin(const dns::Name& name, Walk& walk) const noexcept {
  walk.labels = LabelsFromRight(name);
  walk.place = kNoNode;
  if (walk.labels.is_at_end()) {
    walk.found = root_.at;
    return;
  }
  walk.found = root_.below;
  const Octets top = walk.labels.peek();
  if (top.size() <= TopPlace::kMostLabelOctets && walk.labels.can_read(top, TopPlace::kMostLabelOctets)) {
    walk.place = find_top(top);
  }
  if (walk.place == kNoNode) {
    walk.place = root_node_;
  } else {
    walk.labels.next();
  }
}

bool DomainTrie::ask_screen(Walk& walk) const noexcept {
  if (walk.place == kNoNode || walk.labels.is_at_end()) return false;
  const Octets label = walk.labels.next();
  walk.label = label.data() - 1;
  if (walk.place == root_node_) return true;
  walk.hash = hash_of(walk.labels, label, walk.place);
  screen_.prefetch(walk.hash);
  prefetch(nodes_.data(), walk.place);
  return true;
}

bool DomainTrie::passes_screen(const Walk& walk) const noexcept {
  return walk.place == root_node_ || screen_.may_hold(walk.hash);
}

void DomainTrie::enter_node(Walk& walk) const noexcept {
  CodedLabel coded;
  code_.encode({walk.label + 1, *walk.label}, coded);
  walk.search.begin(nodes_, walk.place, coded);
}

bool DomainTrie::take_branch(Walk& walk) const noexcept {
  Branch branch;
  if (!walk.search.finish(branch)) return false;
  LabelsFromRight& labels = walk.labels;
  if (branch.standing != kHasRecord) {
    walk.found = standing_of(branch.standing, labels.is_at_end());
    return false;
  }
  OctetReader record(branch.record);
  StandingPair own;
  if ((branch.marks & Record::kHasPair) != 0) own = take_pair(record);
  walk.place = (branch.marks & Record::kHasNode) != 0 ? record.number<std::uint32_t>() : kNoNode;
  while (!record.is_at_end()) {
    if (labels.is_at_end()) return false;
    CodedLabel chained;
    code_.encode(labels.next(), chained);
    if (!take_label(record, chained)) return false;
  }
  if (!record.is_good()) return false;
  if ((branch.marks & Record::kHasPair) != 0) walk.found = labels.is_at_end() ? own.at : own.below;
  return true;
}

StandingNumber DomainTrie::find(const dns::Name& name) const noexcept {
  Walk walk;
  begin(name, walk);
  while (ask_screen(walk) && passes_screen(walk)) {
    enter_node(walk);
    walk.search.find_bucket();
    if (!take_branch(walk)) break;
  }
  return walk.found;
}

void DomainTrie::find(std::span<const dns::Name* const> names, std::span<StandingNumber> found) const noexcept {
  assert(found.size() == names.size());
  for (; names.size() > kMostWalks; names = names.subspan(kMostWalks), found = found.subspan(kMostWalks)) {
    walk_together(names.first(kMostWalks), found.data());
  }
  walk_together(names, found.data());
}

void DomainTrie::walk_together(std::span<const dns::Name* const> names, StandingNumber* found) const noexcept {
  std::array<Walk, kMostWalks> walks;
  std::array<Walk*, kMostWalks> going;
  std::size_t count = 0;
  const auto keep = [&](Walk& walk, bool goes_on) {
    going[count] = &walk;
    count += goes_on ? 1 : 0;
  };
  const auto step = [&](auto take) {
    const std::size_t before = std::exchange(count, 0);
    for (std::size_t i = 0; i < before; ++i) keep(*going[i], take(*going[i]));
  };
  for (std::size_t i = 0; i < names.size(); ++i) {
    begin(*names[i], walks[i]);
    keep(walks[i], ask_screen(walks[i]));
  }
  while (count > 0) {
    step([&](const Walk& walk) { return passes_screen(walk); });
    for (std::size_t i = 0; i < count; ++i) enter_node(*going[i]);
    for (std::size_t i = 0; i < count; ++i) going[i]->search.find_bucket();
    step([&](Walk& walk) { return take_branch(walk) && ask_screen(walk); });
  }
  for (std::size_t i = 0; i < names.size(); ++i) found[i] = walks[i].found;
}

}  // namespace schoolgate::filter
