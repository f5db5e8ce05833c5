#include "filter/rules/address_rules.h"

#include <algorithm>
#include <tuple>

namespace schoolgate::filter {
namespace {

constexpr unsigned kResponseMark = 1;
constexpr unsigned kExceptionMark = 2;
constexpr unsigned kMostPrefixBits = 128;

auto order_of(const AddressRule& rule) {
  return std::tuple(rule.trigger, rule.network.prefix_bits_v6(), rule.network.address(), rule.list, rule.exception,
                    rule.line, rule.answer);
}

base::IpAddress load_address(const std::uint8_t* at) {
  std::array<std::uint8_t, 16> bytes;
  std::copy_n(at, bytes.size(), bytes.begin());
  return base::IpAddress::v6(bytes);
}

}  // namespace

void encode_addresses(std::vector<AddressRule> rules, std::string& out) {
  if (rules.empty()) return;
  std::ranges::sort(rules, {}, order_of);
  append(out, static_cast<std::uint32_t>(rules.size()));
  std::uint32_t end = 0;
  for (const AddressRule& rule : rules) {
    end += static_cast<std::uint32_t>(rule.text.size());
    for (const std::uint8_t octet : rule.network.address().bytes()) append(out, octet);
    append(out, static_cast<std::uint8_t>(rule.network.prefix_bits_v6()));
    append(out, static_cast<std::uint8_t>((rule.trigger == Trigger::kResponseIp ? kResponseMark : 0) |
                                          (rule.exception == Exception::kYes ? kExceptionMark : 0)));
    append(out, rule.list);
    append(out, rule.answer);
    append(out, std::uint16_t{0});
    append(out, rule.line);
    append(out, end);
  }
  for (const AddressRule& rule : rules) out += rule.text;
}

std::optional<AddressRules> AddressRules::read(Octets section) {
  AddressRules rules;
  if (section.empty()) return rules;
  OctetReader reader(section);
  const std::size_t count = reader.number<std::uint32_t>();
  if (count > section.size() / kRuleOctets) return std::nullopt;
  rules.rules_ = reader.take(count * kRuleOctets);
  if (!reader.is_good()) return std::nullopt;
  rules.texts_ = section.subspan(sizeof(std::uint32_t) + rules.rules_.size());
  for (std::size_t at = 0; at < count; ++at) {
    const std::uint8_t* rule = rules.rules_.data() + at * kRuleOctets;
    const unsigned bits = rule[16];
    const Trigger trigger = (rule[17] & kResponseMark) != 0 ? Trigger::kResponseIp : Trigger::kClientIp;
    if (bits > kMostPrefixBits) return std::nullopt;
    const bool goes_on =
        !rules.runs_.empty() && rules.runs_.back().trigger == trigger && rules.runs_.back().prefix_bits == bits;
    if (!goes_on) rules.runs_.push_back({trigger, bits, at, at});
    rules.runs_.back().end = at + 1;
  }
  // Out of order there would be as many runs as rules, each of them looked at for every address.
  constexpr std::size_t kMostRuns = 2 * (kMostPrefixBits + 1);
  return rules.runs_.size() > kMostRuns ? std::nullopt : std::optional(std::move(rules));
}

bool AddressRules::has(Trigger trigger) const noexcept {
  return std::ranges::any_of(runs_, [trigger](const Run& run) { return run.trigger == trigger; });
}

AddressRule AddressRules::operator[](std::size_t index) const noexcept {
  const std::uint8_t* at = rules_.data() + index * kRuleOctets;
  AddressRule rule;
  rule.network = base::IpNetwork(load_address(at), at[16]);
  rule.trigger = (at[17] & kResponseMark) != 0 ? Trigger::kResponseIp : Trigger::kClientIp;
  rule.exception = (at[17] & kExceptionMark) != 0 ? Exception::kYes : Exception::kNo;
  rule.list = load<std::uint16_t>(at + 18);
  rule.answer = load<std::uint16_t>(at + 20);
  rule.line = load<std::uint32_t>(at + 24);
  return rule;
}

std::string_view AddressRules::text(std::size_t index) const noexcept {
  const std::uint8_t* at = rules_.data() + index * kRuleOctets + 28;
  const std::size_t end = load<std::uint32_t>(at);
  const std::size_t begin = index == 0 ? 0 : load<std::uint32_t>(at - kRuleOctets);
  if (begin > end || end > texts_.size()) return {};
  return text_of(texts_.subspan(begin, end - begin));
}

base::IpAddress AddressRules::address_at(std::size_t index) const noexcept {
  return load_address(rules_.data() + index * kRuleOctets);
}

std::size_t AddressRules::first(const Run& run, const base::IpAddress& address) const noexcept {
  std::size_t from = run.begin;
  for (std::size_t left = run.end - run.begin; left > 0;) {
    const std::size_t half = left / 2;
    if (address_at(from + half) < address) {
      from += half + 1;
      left -= half + 1;
    } else {
      left = half;
    }
  }
  return from;
}

void AddressWords::collect(const AddressRules& rules, Trigger trigger, const base::IpAddress& address) noexcept {
  for (const ListNumber list : heard_) words_[list] = Word();
  heard_.clear();
  rules.for_each_covering(trigger, address, [&](std::size_t index) {
    const AddressRule rule = rules[index];
    if (rule.list >= words_.size()) return;
    Word& word = words_[rule.list];
    const auto bits = static_cast<std::uint8_t>(rule.network.prefix_bits_v6());
    if (word.state == State::kNone) {
      heard_.push_back(rule.list);
      word = {State::kRule, bits, rule.answer};
    }
    if (rule.exception == Exception::kYes && word.prefix_bits == bits) word.state = State::kException;
  });
}

}  // namespace schoolgate::filter
