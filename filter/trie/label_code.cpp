#include "filter/trie/label_code.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace schoolgate::filter {
namespace {

constexpr std::uint8_t kOther = 38;  // followed by the octet itself
constexpr std::uint8_t kEdge = 39;   // the end of a label; in front of its first octet, its start
constexpr unsigned kOctetBits = 8;
constexpr unsigned kBitsMask = 31;
constexpr unsigned kValueShift = 5;

// What an octet is, as parts of a place in the table of codes: in front of a pair, first in one, second in one.
struct Symbol {
  std::uint32_t before = 0;
  std::uint16_t first = 0;
  std::uint8_t second = 0;
  std::uint8_t is_odd = 0;  // 1: kOther
};

constexpr Symbol symbol(std::size_t number) {
  return {static_cast<std::uint32_t>(number * LabelCode::kPairs),
          static_cast<std::uint16_t>(number * LabelCode::kSymbols), static_cast<std::uint8_t>(number),
          number == kOther};
}
constexpr Symbol kEdgeSymbol = symbol(kEdge);

constexpr std::array<Symbol, 256> kSymbolOf = [] {
  std::array<Symbol, 256> symbols{};
  symbols.fill(symbol(kOther));
  std::size_t next = 0;
  for (std::size_t i = 0; i < 26; ++i) symbols['a' + i] = symbols['A' + i] = symbol(next++);
  for (std::size_t i = 0; i < 10; ++i) symbols['0' + i] = symbol(next++);
  symbols['-'] = symbol(next++);
  symbols['_'] = symbol(next++);
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

// Puts bits one after the other; whole octets are stored without asking how many there are.
class BitWriter {
 public:
  explicit BitWriter(std::uint8_t* octets) noexcept : start_(octets), at_(octets) {}
  // REQUIRES: at least one bit, and at most 56 between two calls of flush().
  void put(std::uint64_t value, unsigned bits) noexcept {
    held_ += bits;
    word_ |= value << (64 - held_);
  }
  void flush() noexcept {
    store_big_endian(at_, word_);
    at_ += held_ / 8;
    word_ <<= held_ & ~7u;
    held_ &= 7;
  }
  // The number of bits.
  unsigned finish() noexcept {
    flush();
    store_big_endian(at_, word_);
    store_big_endian(at_ + 8, 0);
    store_big_endian(at_ + 16, 0);
    return static_cast<unsigned>(at_ - start_) * 8 + held_;
  }

 private:
  std::uint8_t* start_;
  std::uint8_t* at_;
  std::uint64_t word_ = 0;
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
    codes[before * kPairs + pair] = value << kValueShift | bits;
  }
}

void LabelCode::encode(Octets label, CodedLabel& coded) const noexcept {
  static_assert(2 * CodedLabel::kMostCodeBits + 7 <= 56);
  const Code* codes = codes_->data();
  BitWriter writer(coded.octets_.data());
  const auto put = [&](std::size_t place) { writer.put(codes[place] >> kValueShift, codes[place] & kBitsMask); };
  std::size_t before = kEdgeSymbol.before;
  unsigned is_odd = 0;
  const auto put_pair = [&](std::uint8_t one, std::uint8_t two) {
    const Symbol& first = kSymbolOf[one];
    const Symbol& second = kSymbolOf[two];
    put(before + first.first + second.second);
    before = second.before;
    is_odd |= first.is_odd | second.is_odd;
  };
  const std::uint8_t* at = label.data();
  std::size_t left = label.size();
  for (; left >= 4; left -= 4, at += 4) {
    put_pair(at[0], at[1]);
    put_pair(at[2], at[3]);
    writer.flush();
  }
  if (left >= 2) {
    put_pair(at[0], at[1]);
    at += 2;
  }
  if (left % 2 != 0) {
    put(before + kSymbolOf[*at].first + kEdgeSymbol.second);
    is_odd |= kSymbolOf[*at].is_odd;
  } else {
    put(before + kEdgeSymbol.first);
  }
  coded.bits_ = writer.finish();
  if (is_odd != 0) [[unlikely]]
    encode_odd(label, coded);
}

// The same for labels with octets that no host name has: they follow the code of their pair.
void LabelCode::encode_odd(Octets label, CodedLabel& coded) const noexcept {
  BitWriter writer(coded.octets_.data());
  walk(label, [&](std::size_t place, Octets pair) {
    const Code code = (*codes_)[place];
    writer.put(code >> kValueShift, code & kBitsMask);
    for (const std::uint8_t octet : pair) {
      if (kSymbolOf[octet].is_odd != 0) writer.put(octet, kOctetBits);
    }
    writer.flush();
  });
  coded.bits_ = writer.finish();
}

}  // namespace schoolgate::filter
