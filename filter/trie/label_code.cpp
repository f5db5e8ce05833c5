#include "filter/trie/label_code.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <string_view>
#include <utility>

namespace schoolgate::filter {
namespace {

constexpr std::uint8_t kOther = 38;  // followed by the octet itself
constexpr std::uint8_t kEdge = 39;   // the end of a label; in front of its first octet, its start
constexpr unsigned kOctetBits = 8;
constexpr unsigned kBitsMask = 31;
constexpr unsigned kValueShift = 5;
constexpr std::uint32_t kOddMark = 1u << 31;  // of a pair with kOther in it
constexpr std::uint32_t kValueMask = kOddMark - 1;

// What an octet is, as parts of a place in the table of codes: in front of a pair, first in one, second in one.
struct Symbol {
  std::uint32_t before = 0;
  std::uint16_t first = 0;
  std::uint8_t second = 0;
};

constexpr Symbol symbol(std::size_t number) {
  return {static_cast<std::uint32_t>(number * LabelCode::kPairs),
          static_cast<std::uint16_t>(number * LabelCode::kSymbols), static_cast<std::uint8_t>(number)};
}
constexpr Symbol kEdgeSymbol = symbol(kEdge);

constexpr std::array<Symbol, 256> kSymbolOf = [] {
  std::array<Symbol, 256> symbols{};
  symbols.fill(symbol(kOther));
  // The most frequent ones in public lists first: what is looked up lies close together.
  std::size_t next = 0;
  for (const char character : std::string_view("eoairstnlcdpumhgbfkyvw-x10jzq2345678_9")) {
    const auto octet = static_cast<std::uint8_t>(character);
    symbols[octet] = symbol(next);
    if (octet >= 'a') symbols[octet - std::size_t{'a' - 'A'}] = symbol(next);
    ++next;
  }
  return symbols;
}();

// Calls visit(place in the table of codes, the pair's octets) for each pair of a label. The last pair holds the end,
// alone or after an octet.
template <class Visit>
void walk(Octets label, Visit visit) {
  std::size_t before = kEdgeSymbol.before;
  std::size_t at = 0;
  for (; at + 2 <= label.size(); at += 2) {
    const Symbol& second = kSymbolOf[label[at + 1]];
    visit(before + kSymbolOf[label[at]].first + second.second, label.subspan(at, 2));
    before = second.before;
  }
  const Octets last = label.subspan(at);
  visit(before + (last.empty() ? kEdgeSymbol.first : kSymbolOf[last[0]].first + kEdgeSymbol.second), last);
}

using Lengths = std::array<std::uint8_t, LabelCode::kPairs>;
using Counts = std::array<std::uint64_t, LabelCode::kPairs>;

// Huffman's, ties broken by the pairs' order so that it is the same everywhere.
Lengths huffman_lengths(const Counts& counts) {
  using Node = std::pair<std::uint64_t, std::size_t>;  // count, number
  std::vector<Node> leaves;
  for (std::size_t pair = 0; pair < counts.size(); ++pair) leaves.emplace_back(counts[pair], pair);
  std::priority_queue<Node, std::vector<Node>, std::greater<>> open(std::greater<>(), std::move(leaves));
  std::vector<std::size_t> parent(2 * counts.size());
  std::size_t next = counts.size();
  for (; open.size() > 1; ++next) {
    const Node left = open.top();
    open.pop();
    const Node right = open.top();
    open.pop();
    parent[left.second] = parent[right.second] = next;
    open.emplace(left.first + right.first, next);
  }
  Lengths lengths{};
  for (std::size_t pair = 0; pair < counts.size(); ++pair) {
    for (std::size_t at = pair; at != next - 1; at = parent[at]) ++lengths[pair];
  }
  return lengths;
}

// Rare pairs are made less rare until none is too long: that costs the common ones next to nothing.
Lengths limited_lengths(Counts counts) {
  constexpr std::uint64_t kSeenOnce = 64;  // how much likelier than never
  for (std::uint64_t& count : counts) count = count * kSeenOnce + 1;
  for (;;) {
    const Lengths lengths = huffman_lengths(counts);
    if (*std::max_element(lengths.begin(), lengths.end()) <= CodedLabel::kMostCodeBits) return lengths;
    for (std::uint64_t& count : counts) count = (count + 1) / 2;
  }
}

// Puts bits one after the other, into whole words: what is read back as a word must have been written as one, or the
// processor waits until the parts are together.
class BitWriter {
 public:
  explicit BitWriter(std::uint64_t* words) noexcept : start_(words), next_(words) {}
  // REQUIRES: 1 to 63 bits.
  void put(std::uint64_t value, unsigned bits) noexcept {
    held_ += bits;
    if (held_ <= kWordBits) [[likely]] {
      word_ = word_ << bits | value;
      return;
    }
    held_ -= kWordBits;
    *next_++ = word_ << (bits - held_) | value >> held_;
    word_ = value;  // of which the highest bits are written, and will be pushed out
  }
  // The number of bits.
  unsigned finish() noexcept {
    next_[0] = held_ == 0 ? 0 : word_ << (kWordBits - held_);
    next_[1] = 0;
    next_[2] = 0;
    return static_cast<unsigned>(next_ - start_) * kWordBits + held_;
  }

 private:
  static constexpr unsigned kWordBits = 64;
  std::uint64_t* start_;
  std::uint64_t* next_;
  std::uint64_t word_ = 0;  // its lowest held_ bits
  unsigned held_ = 0;
};

}  // namespace

void LabelCode::Census::count(Octets label) {
  ++labels_;
  walk(label, [this](std::size_t place, Octets) { ++counts_[place]; });
}

std::shared_ptr<const LabelCode::Codes> LabelCode::even_codes() {
  static const auto codes = [] {
    auto made = std::make_shared<Codes>(kCodes);
    for (std::size_t before = 0; before < kSymbols; ++before) set_lengths(*made, before, limited_lengths({}));
    return made;
  }();
  return codes;
}

LabelCode::LabelCode() : codes_(even_codes()) {}

LabelCode::LabelCode(const Census& census) : codes_(even_codes()) {
  if (census.labels_ < kFewLabels) return;
  auto codes = std::make_shared<Codes>(kCodes);
  for (std::size_t before = 0; before < kSymbols; ++before) {
    Counts counts;
    std::copy_n(census.counts_.begin() + static_cast<std::ptrdiff_t>(before * kPairs), kPairs, counts.begin());
    set_lengths(*codes, before, limited_lengths(counts));
  }
  codes_ = std::move(codes);
}

std::optional<LabelCode> LabelCode::read(OctetReader& from) {
  LabelCode code;
  if (from.number<std::uint8_t>() == 0) return code;
  auto codes = std::make_shared<Codes>(kCodes);
  for (std::size_t before = 0; before < kSymbols; ++before) {
    Lengths lengths;
    for (std::size_t pair = 0; pair < kPairs;) {
      const auto length = from.number<std::uint8_t>();
      const std::size_t run = from.number<std::uint8_t>();
      if (length == 0 || length > CodedLabel::kMostCodeBits || run == 0 || run > kPairs - pair) return std::nullopt;
      std::fill_n(lengths.begin() + static_cast<std::ptrdiff_t>(pair), run, length);
      pair += run;
    }
    set_lengths(*codes, before, lengths);
  }
  code.codes_ = std::move(codes);
  return code;
}

void LabelCode::append_to(std::string& out) const {
  const bool is_even = codes_ == even_codes();
  out += static_cast<char>(is_even ? 0 : 1);
  if (is_even) return;
  constexpr std::size_t kLongestRun = 255;
  for (std::size_t at = 0; at < kCodes;) {
    const std::size_t end = std::min(at + kLongestRun, (at / kPairs + 1) * kPairs);
    const unsigned length = (*codes_)[at] & kBitsMask;
    std::size_t next = at + 1;
    while (next < end && ((*codes_)[next] & kBitsMask) == length) ++next;
    out += static_cast<char>(length);
    out += static_cast<char>(next - at);
    at = next;
  }
}

// The canonical code: shorter ones first, equal ones in the pairs' order.
void LabelCode::set_lengths(Codes& codes, std::size_t before, const std::array<std::uint8_t, kPairs>& lengths) {
  std::array<std::uint32_t, CodedLabel::kMostCodeBits + 2> next{};
  for (const std::uint8_t length : lengths) ++next[length + std::size_t{1}];
  std::uint32_t first = 0;
  for (std::uint32_t& value : next) {  // from how many are one bit shorter, to the first value of this length
    first = (first + value) << 1;
    value = first;
  }
  for (std::size_t pair = 0; pair < kPairs; ++pair) {
    const unsigned bits = lengths[pair];
    const std::uint32_t value = next[bits]++ & ((1u << bits) - 1);
    const bool is_odd = pair / kSymbols == kOther || pair % kSymbols == kOther;
    codes[before * kPairs + pair] = (is_odd ? kOddMark : 0) | value << kValueShift | bits;
  }
}

void LabelCode::encode(Octets label, CodedLabel& coded) const noexcept {
  const Code* codes = codes_->data();
  BitWriter writer(coded.words_.data());
  Code seen = 0;
  const auto put = [&](std::size_t place) {
    const Code code = codes[place];
    writer.put((code & kValueMask) >> kValueShift, code & kBitsMask);
    seen |= code;
  };
  std::size_t before = kEdgeSymbol.before;
  const std::uint8_t* at = label.data();
  for (const std::uint8_t* last = at + label.size() / 2 * 2; at != last; at += 2) {
    const Symbol& second = kSymbolOf[at[1]];
    put(before + kSymbolOf[at[0]].first + second.second);
    before = second.before;
  }
  put(before + (label.size() % 2 != 0 ? kSymbolOf[*at].first + kEdgeSymbol.second : kEdgeSymbol.first));
  coded.bits_ = writer.finish();
  if ((seen & kOddMark) != 0) [[unlikely]]
    encode_odd(label, coded);
}

// The same for labels with octets that no host name has: they follow the code of their pair.
void LabelCode::encode_odd(Octets label, CodedLabel& coded) const noexcept {
  BitWriter writer(coded.words_.data());
  walk(label, [&](std::size_t place, Octets pair) {
    const Code code = (*codes_)[place];
    writer.put((code & kValueMask) >> kValueShift, code & kBitsMask);
    for (const std::uint8_t octet : pair) {
      if (kSymbolOf[octet].second == kOther) writer.put(octet, kOctetBits);
    }
  });
  coded.bits_ = writer.finish();
}

}  // namespace schoolgate::filter
