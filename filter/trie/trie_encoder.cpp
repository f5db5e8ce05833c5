#include <algorithm>
#include <array>
#include <bit>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "filter/trie/domain_trie.h"
#include "filter/trie/label_screen.h"
#include "filter/trie/node_writer.h"

namespace schoolgate::filter {
namespace {

// Of the trie for a name, rightly guessed for most: copies of forty megabytes would take longer than they do.
constexpr std::size_t kFewOctets = 10;

std::size_t end_of_label(std::string_view key, std::size_t at) { return at + 1 + static_cast<std::uint8_t>(key[at]); }

Octets label_at(std::string_view key, std::size_t at) {
  return octets_of(key.substr(at + 1, static_cast<std::uint8_t>(key[at])));
}

// Of the labels that the trie will have: each once for all the names it is shared by.
LabelCode::Census take_census(std::span<const TrieEntry> entries) {
  LabelCode::Census census;
  std::string_view before;
  for (const TrieEntry& entry : entries) {
    const auto part = std::mismatch(before.begin(), before.end(), entry.key.begin(), entry.key.end());
    const auto shared = static_cast<std::size_t>(part.first - before.begin());
    for (std::size_t at = 0; at < entry.key.size(); at = end_of_label(entry.key, at)) {
      if (end_of_label(entry.key, at) > shared) census.count(label_at(entry.key, at));
    }
    before = entry.key;
  }
  return census;
}

// The pairs that names most often have, so that one octet says which.
class PairTable {
 public:
  explicit PairTable(std::span<const TrieEntry> entries) {
    std::unordered_map<std::uint64_t, std::uint64_t> counts;
    for (const TrieEntry& entry : entries) ++counts[pack(entry.standings)];
    using Ranked = std::pair<std::uint64_t, std::uint64_t>;
    std::vector<Ranked> ranked(counts.begin(), counts.end());
    std::sort(ranked.begin(), ranked.end(), [](const Ranked& left, const Ranked& right) {
      return left.second != right.second ? left.second > right.second : left.first < right.first;
    });
    if (ranked.size() > kHasRecord) ranked.resize(kHasRecord);
    for (const auto& [packed, ignored] : ranked) {
      numbers_.emplace(packed, static_cast<std::uint8_t>(numbers_.size()));
      append(octets_, static_cast<std::uint32_t>(packed >> 32));
      append(octets_, static_cast<std::uint32_t>(packed));
    }
  }

  std::size_t size() const { return numbers_.size(); }
  const std::string& octets() const { return octets_; }
  // kHasRecord: it is none of the frequent ones.
  std::uint8_t number(const StandingPair& pair) const {
    const auto found = numbers_.find(pack(pair));
    return found == numbers_.end() ? kHasRecord : found->second;
  }

 private:
  static std::uint64_t pack(const StandingPair& pair) { return std::uint64_t{pair.at} << 32 | pair.below; }
  std::unordered_map<std::uint64_t, std::uint8_t> numbers_;
  std::string octets_;
};

class NodeEncoder {
 public:
  NodeEncoder(const LabelCode& code, const PairTable& pairs, LabelScreenBuilder& screen, std::string& out)
      : code_(code), pairs_(pairs), screen_(screen), start_(out.size()), writer_(code, out) {}

  // Writes the node of the labels that follow the first `depth` octets of all these keys, after the nodes in front of
  // it, and returns where it begins. Goes down once a label, 127 times at most. REQUIRES: at least one entry, all longer
  // than `depth`.
  std::size_t encode(std::span<const TrieEntry> entries, std::size_t depth, std::size_t level) {
    if (plans_.size() <= level) plans_.emplace_back();
    plans_[level].clear();
    // What is not needed of it is never touched; but a build has so much address space and no more.
    if (level < kLargeLevels) plans_[level].labels.reserve(entries.size());
    while (!entries.empty()) {
      const std::span<const TrieEntry> same = take_label(entries, depth);
      const NodeLabel label = make_label(same, depth, level);
      plans_[level].labels.push_back(label);
    }
    const std::size_t place = writer_.write(plans_[level]) - start_;
    if (level > 0) add_to_screen(plans_[level], place);
    return place;
  }

  static constexpr std::size_t kLargeLevels = 2;  // `com` is on the second

  // What encode(…, 0, 0) made of the top-level domains.
  const NodePlan& top() const { return plans_.front(); }

 private:
  // Most labels have one entry, those with millions are found by leaps.
  static std::span<const TrieEntry> take_label(std::span<const TrieEntry>& entries, std::size_t depth) {
    const std::string_view first = entries.front().key;
    const std::string_view label = first.substr(depth, end_of_label(first, depth) - depth);
    const auto has_label = [&](const TrieEntry& entry) { return entry.key.substr(depth, label.size()) == label; };
    std::size_t leap = 1;
    while (leap < entries.size() && has_label(entries[leap])) leap *= 2;
    const auto from = entries.begin() + static_cast<std::ptrdiff_t>(leap / 2);
    const auto to = entries.begin() + static_cast<std::ptrdiff_t>(std::min(leap, entries.size()));
    const auto count = static_cast<std::size_t>(std::partition_point(from, to, has_label) - entries.begin());
    const auto taken = entries.first(count);
    entries = entries.subspan(count);
    return taken;
  }

  // Of all `entries` that have this label at `depth`.
  NodeLabel make_label(std::span<const TrieEntry> entries, std::size_t depth, std::size_t level) {
    const std::string_view key = entries.front().key;
    NodeLabel label;
    const Octets octets = label_at(key, depth);
    label.octets = octets.data();
    label.size = static_cast<std::uint8_t>(octets.size());
    std::size_t end = end_of_label(key, depth);
    if (entries.size() == 1 && end == key.size()) {
      label.standing = pairs_.number(entries.front().standings);
      if (label.standing != kHasRecord) return label;
    }
    const std::string chain = take_chain(key, entries.back().key, end);
    const TrieEntry* own = end == key.size() ? &entries.front() : nullptr;
    if (own != nullptr) entries = entries.subspan(1);
    const std::size_t node = entries.empty() ? kNoNode : encode(entries, end, level + 1);

    std::string& records = plans_[level].records;
    label.record = static_cast<std::uint32_t>(records.size());
    records += static_cast<char>((own != nullptr ? Record::kHasPair : 0) | (entries.empty() ? 0 : Record::kHasNode));
    if (own != nullptr) append_pair(records, own->standings);
    if (!entries.empty()) append(records, static_cast<std::uint32_t>(node));
    records += chain;
    label.record_size = static_cast<std::uint16_t>(records.size() - label.record);
    return label;
  }

  // The codes of the labels from `end` on at which no rule ends and nothing branches off.
  std::string take_chain(std::string_view first, std::string_view last, std::size_t& end) const {
    std::string chain;
    while (end < first.size()) {
      const std::string_view next = first.substr(0, end_of_label(first, end));
      if (!last.starts_with(next)) break;
      CodedLabel coded;
      code_.encode(label_at(first, end), coded);
      for (std::size_t i = 0; i < coded.size(); ++i) chain += static_cast<char>(coded.octet(i));
      end = next.size();
    }
    return chain;
  }

  void add_to_screen(const NodePlan& plan, std::size_t place) {
    std::array<std::uint8_t, dns::Name::kMaxLabelOctets + LabelHash::kReadAhead> room{};
    for (const NodeLabel& label : plan.labels) {
      std::copy_n(label.octets, label.size, room.begin());
      screen_.add(LabelHash(Octets(room).first(label.size), static_cast<std::uint32_t>(place)));
    }
  }

  void append_pair(std::string& to, const StandingPair& pair) const {
    const std::uint8_t number = pairs_.number(pair);
    to += static_cast<char>(number);
    if (number != kHasRecord) return;
    append_varint(to, pair.at);
    append_varint(to, pair.below);
  }

  const LabelCode& code_;
  const PairTable& pairs_;
  LabelScreenBuilder& screen_;
  std::size_t start_;  // of the nodes
  NodeWriter writer_;
  std::deque<NodePlan> plans_;  // of the nodes on the way down; kept for their memory
};

// The labels of the root's node that do nothing but lead on.
std::string encode_tops(const NodePlan& plan) {
  constexpr std::size_t kRecordSize = 1 + sizeof(std::uint32_t);
  const auto only_leads_on = [&](const NodeLabel& label) {
    return label.record_size == kRecordSize && plan.records[label.record] == static_cast<char>(Record::kHasNode) &&
           label.size <= TopPlace::kMostLabelOctets;
  };
  const auto count = static_cast<std::size_t>(std::count_if(plan.labels.begin(), plan.labels.end(), only_leads_on));
  const std::size_t places = std::bit_ceil(2 * count + 1);
  std::string octets(places * TopPlace::kOctets, '\0');
  for (const NodeLabel& label : plan.labels) {
    if (!only_leads_on(label)) continue;
    std::array<std::uint8_t, 1 + TopPlace::kMostLabelOctets> counted{label.size};
    std::copy_n(label.octets, label.size, counted.begin() + 1);
    std::size_t place = TopPlace::first(TopPlace::key(counted.data()), places) * TopPlace::kOctets;
    while (octets[place] != '\0') place = (place + TopPlace::kOctets) % octets.size();
    std::memcpy(octets.data() + place, counted.data(), counted.size());
    std::memcpy(octets.data() + place + counted.size(), plan.records.data() + label.record + 1, sizeof(std::uint32_t));
  }
  return octets;
}

}  // namespace

base::Status encode_trie(std::span<const TrieEntry> entries, std::string& out) {
  StandingPair root;
  if (!entries.empty() && entries.front().key.empty()) {
    root = entries.front().standings;
    entries = entries.subspan(1);
  }
  const LabelCode::Census census = take_census(entries);
  const LabelCode code(census);
  LabelScreenBuilder screen(census.labels());
  const PairTable pairs(entries);
  const std::size_t start = out.size();
  NodeEncoder encoder(code, pairs, screen, out);
  out.reserve(start + entries.size() * kFewOctets);
  std::size_t root_node = kNoNode;
  if (!entries.empty()) root_node = encoder.encode(entries, 0, 0);
  const std::string tops = entries.empty() ? std::string() : encode_tops(encoder.top());
  out.append(kSlackOctets, '\0');
  const std::size_t nodes_end = out.size();
  const std::string& screen_octets = screen.finish();
  out += pairs.octets();
  out += tops;
  code.append_to(out);
  out += screen_octets;
  if (out.size() - start >= kNoNode) {
    return base::Error(base::ErrorCode::kInvalid, "the rules need more than 4 GiB: use fewer or smaller lists");
  }
  append(out, static_cast<std::uint32_t>(out.size() - start));
  append(out, static_cast<std::uint32_t>(nodes_end - start));
  append(out, static_cast<std::uint32_t>(pairs.size()));
  append(out, static_cast<std::uint32_t>(tops.size() / TopPlace::kOctets));
  append(out, static_cast<std::uint32_t>(screen_octets.size()));
  append(out, static_cast<std::uint32_t>(root_node));
  append(out, root.at);
  append(out, root.below);
  return {};
}

}  // namespace schoolgate::filter
