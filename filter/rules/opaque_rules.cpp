#include "filter/rules/opaque_rules.h"

#include <sodium/crypto_shorthash_siphash24.h>
#include <sodium/randombytes.h>

#include <algorithm>

#include "filter/trie/domain_key.h"

namespace schoolgate::filter {
namespace {

static_assert(std::tuple_size_v<NameHash> == crypto_shorthash_siphashx24_BYTES);
static_assert(std::tuple_size_v<OpaqueKey> == crypto_shorthash_siphashx24_KEYBYTES);

constexpr unsigned kReachMask = 3;
constexpr unsigned kExceptionMark = 4;

std::string_view text_of(const NameHash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

}  // namespace

NameHash hash_of(Octets key, const OpaqueKey& secret) noexcept {
  NameHash hash;
  crypto_shorthash_siphashx24(hash.data(), key.data(), key.size(), secret.data());
  return hash;
}

OpaqueRule hash_rule(ListNumber list, Reach reach, Exception exception, const dns::Name& name, std::uint32_t line,
                     const OpaqueKey& secret) noexcept {
  return {hash_of(DomainKey(name.lowered()).octets(), secret), list, exception, reach, line};
}

OpaqueKey random_opaque_key() {
  OpaqueKey key;
  randombytes_buf(key.data(), key.size());
  return key;
}

void encode_opaque(std::span<const OpaqueRule> rules, const OpaqueKey& secret, std::string& out) {
  if (rules.empty()) return;
  out += text_of(hash_of({}, secret));
  for (const OpaqueRule& rule : rules) {
    const unsigned exception = rule.exception == Exception::kYes ? kExceptionMark : 0;
    out += text_of(rule.hash);
    append(out, rule.list);
    append(out, static_cast<std::uint16_t>(static_cast<unsigned>(rule.reach) | exception));
    append(out, rule.line);
  }
}

base::Result<OpaqueRules> OpaqueRules::read(Octets section, const std::optional<OpaqueKey>& secret) {
  OpaqueRules rules;
  if (section.size() < sizeof(NameHash)) return rules;
  const Octets check = section.first(sizeof(NameHash));
  const bool is_right = secret && std::ranges::equal(check, hash_of({}, *secret));
  if (!is_right) {
    return base::Error(base::ErrorCode::kForbidden, secret ? "its opaque lists were made with another key"
                                                           : "it has opaque lists, and no key was given to read them");
  }
  rules.rules_ = section.subspan(sizeof(NameHash));
  rules.secret_ = *secret;
  return rules;
}

std::vector<OpaqueRule> OpaqueRules::all() const {
  std::vector<OpaqueRule> rules;
  rules.reserve(size());
  for (std::size_t at = 0; at < size(); ++at) rules.push_back((*this)[at]);
  return rules;
}

OpaqueRule OpaqueRules::operator[](std::size_t index) const {
  const std::uint8_t* at = rules_.data() + index * kRuleOctets;
  OpaqueRule rule;
  std::copy_n(at, rule.hash.size(), rule.hash.begin());
  rule.list = load<std::uint16_t>(at + 16);
  const unsigned marks = load<std::uint16_t>(at + 18);
  rule.reach = static_cast<Reach>(std::min(marks & kReachMask, static_cast<unsigned>(Reach::kBoth)));
  rule.exception = (marks & kExceptionMark) != 0 ? Exception::kYes : Exception::kNo;
  rule.line = load<std::uint32_t>(at + 20);
  return rule;
}

std::size_t OpaqueRules::hashes_of(const dns::Name& lower_name, NameHash* hashes) const noexcept {
  const DomainKey key(lower_name);
  const Octets octets = key.octets();
  std::size_t count = 0;
  for (std::size_t end = 0;; end += octets[end] + std::size_t{1}) {
    hashes[count++] = hash_of(octets.first(end), secret_);
    if (end == octets.size()) return count;
  }
}

std::size_t OpaqueRules::first(const NameHash& hash) const noexcept {
  std::size_t from = 0;
  for (std::size_t left = size(); left > 0;) {
    const std::size_t half = left / 2;
    if (std::memcmp(rules_.data() + (from + half) * kRuleOctets, hash.data(), hash.size()) < 0) {
      from += half + 1;
      left -= half + 1;
    } else {
      left = half;
    }
  }
  return from;
}

void OpaqueWords::collect(const OpaqueRules& rules, const dns::Name& lower_name) noexcept {
  for (const ListNumber list : heard_) words_[list] = Word::kNone;
  heard_.clear();
  rules.for_each_covering(lower_name, [this](const OpaqueRule& rule) {
    if (rule.list >= words_.size()) return;
    Word& word = words_[rule.list];
    if (word == Word::kNone) heard_.push_back(rule.list);
    word = rule.exception == Exception::kYes ? Word::kException : Word::kRule;
  });
}

}  // namespace schoolgate::filter
