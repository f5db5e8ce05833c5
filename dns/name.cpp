#include "dns/name.h"

#include <xxhash.h>

namespace schoolgate::dns {
namespace {

using base::Error;
using base::ErrorCode;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Those that stand for themselves in a label.
constexpr auto kPlainOctets = [] {
  std::array<bool, 256> octets{};
  for (std::size_t octet = 0x21; octet <= 0x7e; ++octet) {
    octets[octet] = octet != '.' && octet != '"' && octet != '\\';
  }
  return octets;
}();

// One octet of presentation form at text[at], moving `at` past it; nullopt for a broken escape.
std::optional<std::uint8_t> read_octet(std::string_view text, std::size_t& at) {
  if (text[at] != '\\') return static_cast<std::uint8_t>(text[at++]);
  if (at + 1 >= text.size()) return std::nullopt;
  if (!is_digit(text[at + 1])) {
    at += 2;
    return static_cast<std::uint8_t>(text[at - 1]);
  }
  if (at + 3 >= text.size() || !is_digit(text[at + 2]) || !is_digit(text[at + 3])) return std::nullopt;
  const int value = (text[at + 1] - '0') * 100 + (text[at + 2] - '0') * 10 + (text[at + 3] - '0');
  if (value > 255) return std::nullopt;
  at += 4;
  return static_cast<std::uint8_t>(value);
}

}  // namespace

// Most names have no escape, and are in order: they are copied whole, and lengths put where the dots were. False for any
// other text, with the name spoilt.
bool Name::take_plain(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  const std::size_t end = text.size() + 1;
  if (text.empty() || end + 1 > kMaxWireOctets || text.find('\\') != std::string_view::npos) return false;
  std::memcpy(octets_.data() + 1, text.data(), text.size());
  octets_[end] = '.';  // where the root's label will be
  length_ = static_cast<std::uint8_t>(end + 1);
  for (std::size_t start = 0; start < end;) {
    const void* dot = std::memchr(octets_.data() + start + 1, '.', end - start);
    const std::size_t size =
        static_cast<std::size_t>(static_cast<const std::uint8_t*>(dot) - octets_.data()) - start - 1;
    if (size == 0 || size > kMaxLabelOctets) return false;
    octets_[start] = static_cast<std::uint8_t>(size);
    start += size + 1;
  }
  octets_[end] = 0;
  return true;
}

base::Result<Name> Name::parse(std::string_view text) {
  const auto wrong = [text](std::string_view why) {
    constexpr std::size_t kShown = 80;
    return Error(ErrorCode::kInvalid, "'" + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "…" : "") +
                                          "' is not a domain name: " + std::string(why));
  };
  if (text.empty()) return wrong("it is empty");
  Name name;
  if (name.take_plain(text)) return name;
  if (text == ".") return Name();
  std::size_t length = 1;  // octets_[label_start] will hold the label's length
  std::size_t label_start = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '.') {
      if (length - label_start == 1) return wrong("a label is empty");
      name.octets_[label_start] = static_cast<std::uint8_t>(length - label_start - 1);
      label_start = length++;
      ++at;
      if (length > kMaxWireOctets) return wrong("longer than 255 octets");
      continue;
    }
    const auto octet = read_octet(text, at);
    if (!octet) return wrong("a \\ escape is not \\DDD or \\X");
    if (length - label_start > kMaxLabelOctets) return wrong("a label is longer than 63 octets");
    if (length + 1 >= kMaxWireOctets + 1) return wrong("longer than 255 octets");
    name.octets_[length++] = *octet;
  }
  if (length - label_start > 1) {  // no final dot
    if (length + 1 > kMaxWireOctets) return wrong("longer than 255 octets");
    name.octets_[label_start] = static_cast<std::uint8_t>(length - label_start - 1);
    label_start = length++;
  }
  name.octets_[label_start] = 0;
  name.length_ = static_cast<std::uint8_t>(length);
  return name;
}

std::optional<Name> Name::from_wire(std::span<const std::uint8_t> wire) {
  if (wire.empty() || wire.size() > kMaxWireOctets) return std::nullopt;
  std::size_t at = 0;
  while (wire[at] != 0) {
    if (wire[at] > kMaxLabelOctets) return std::nullopt;
    at += wire[at] + std::size_t{1};
    if (at >= wire.size()) return std::nullopt;
  }
  if (at + 1 != wire.size()) return std::nullopt;
  Name name;
  std::memcpy(name.octets_.data(), wire.data(), wire.size());
  name.length_ = static_cast<std::uint8_t>(wire.size());
  return name;
}

std::size_t Name::label_count() const {
  std::size_t count = 0;
  for (std::size_t at = 0; octets_[at] != 0; at += octets_[at] + std::size_t{1}) ++count;
  return count;
}

std::string Name::to_text() const {
  std::string text;
  append_text(text);
  return text;
}

void Name::append_text(std::string& to) const {
  if (is_root()) {
    to += '.';
  } else if (!append_plain(to)) {
    append_escaped(to);
  }
}

// Most names have nothing to escape: they are copied whole, and dots put where the lengths were. False for any other, with
// nothing appended.
bool Name::append_plain(std::string& to) const {
  bool is_plain = true;
  for (std::size_t at = 0; octets_[at] != 0;) {
    const std::size_t end = at + 1 + octets_[at];
    for (++at; at < end; ++at) is_plain &= kPlainOctets[octets_[at]];
  }
  if (!is_plain) return false;
  const std::size_t before = to.size();
  const std::size_t size = length_ - std::size_t{2};
  to.append(reinterpret_cast<const char*>(octets_.data()) + 1, size);
  for (std::size_t at = octets_[0]; at < size; at += octets_[at + 1] + std::size_t{1}) to[before + at] = '.';
  return true;
}

void Name::append_escaped(std::string& to) const {
  for (std::size_t at = 0; octets_[at] != 0; at += octets_[at] + std::size_t{1}) {
    if (at != 0) to += '.';
    for (std::size_t i = at + 1; i <= at + octets_[at]; ++i) {
      const std::uint8_t octet = octets_[i];
      if (kPlainOctets[octet]) {
        to += static_cast<char>(octet);
      } else if (octet == '.' || octet == '\\' || octet == '"') {
        to += '\\';
        to += static_cast<char>(octet);
      } else {
        to += '\\';
        to += static_cast<char>('0' + octet / 100);
        to += static_cast<char>('0' + octet / 10 % 10);
        to += static_cast<char>('0' + octet % 10);
      }
    }
  }
}

void Name::lower() {
  // A length octet is at most 63, below 'A': folding every octet cannot touch one.
  const std::size_t length = length_;  // which the octets could be, for all the compiler knows
  for (std::size_t i = 0; i < length; ++i) octets_[i] = lower_octet(octets_[i]);
}

Name Name::lowered() const {
  Name name = *this;
  name.lower();
  return name;
}

Name Name::parent() const {
  if (is_root()) return *this;
  Name name;
  const std::size_t skip = octets_[0] + std::size_t{1};
  name.length_ = static_cast<std::uint8_t>(length_ - skip);
  std::memcpy(name.octets_.data(), octets_.data() + skip, name.length_);
  return name;
}

bool Name::is_at_or_below(const Name& ancestor) const {
  if (ancestor.length_ > length_) return false;
  const std::size_t from = length_ - ancestor.length_;
  if (std::memcmp(octets_.data() + from, ancestor.octets_.data(), ancestor.length_) != 0) return false;
  std::size_t at = 0;
  while (at < from) at += octets_[at] + std::size_t{1};
  return at == from;  // the tail starts at a label's edge: notbad.example is not below bad.example
}

std::optional<Name> Name::with_prefix(std::string_view label) const {
  if (label.empty() || label.size() > kMaxLabelOctets || length_ + label.size() + 1 > kMaxWireOctets) {
    return std::nullopt;
  }
  Name name;
  name.octets_[0] = static_cast<std::uint8_t>(label.size());
  std::memcpy(name.octets_.data() + 1, label.data(), label.size());
  std::memcpy(name.octets_.data() + 1 + label.size(), octets_.data(), length_);
  name.length_ = static_cast<std::uint8_t>(length_ + label.size() + 1);
  return name;
}

std::uint64_t hash(std::span<const std::uint8_t> wire, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(wire.data(), wire.size(), seed);
}

}  // namespace schoolgate::dns
