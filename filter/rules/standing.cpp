#include "filter/rules/standing.h"

#include <algorithm>

namespace schoolgate::filter {
namespace {

std::string encode(const TagSet& set) {
  std::string octets;
  for (const std::uint64_t word : set.words()) append(octets, word);
  return octets;
}

void erase(std::vector<ListNumber>& from, ListNumber list) {
  const auto place = std::lower_bound(from.begin(), from.end(), list);
  if (place != from.end() && *place == list) from.erase(place);
}

void insert(std::vector<ListNumber>& into, ListNumber list) {
  into.insert(std::lower_bound(into.begin(), into.end(), list), list);
}

void assign(std::vector<ListNumber>& to, const ListNumbers& from) {
  to.clear();
  for (std::size_t i = 0; i < from.size(); ++i) to.push_back(from[i]);
}

}  // namespace

bool ListNumbers::contains(ListNumber list) const noexcept {
  for (std::size_t i = 0; i < size(); ++i) {
    if ((*this)[i] == list) return true;
  }
  return false;
}

StandingTable::Standing StandingTable::find(StandingNumber number) const noexcept {
  if (number >= standings_.size() / kStandingOctets) return {};
  const std::uint8_t* at = standings_.data() + number * kStandingOctets;
  const std::size_t first = load<std::uint32_t>(at + 4) * sizeof(ListNumber);
  const std::size_t in_force = load<std::uint16_t>(at + 8) * sizeof(ListNumber);
  const std::size_t lifted = load<std::uint16_t>(at + 10) * sizeof(ListNumber);
  if (first + in_force + lifted > lists_.size()) return {};
  return {load<std::uint32_t>(at), ListNumbers(lists_.subspan(first, in_force)),
          ListNumbers(lists_.subspan(first + in_force, lifted))};
}

StandingInterner::StandingInterner(const std::vector<ListEntry>& lists) : lists_(lists) {
  intern(in_force_, lifted_);  // number 0
}

StandingNumber StandingInterner::derive(StandingNumber above, std::span<const Word> words) {
  for (const Word& word : words) above = derive(above, word);
  return above;
}

StandingNumber StandingInterner::derive(StandingNumber above, const Word& word) {
  const bool is_exception = word.exception == Exception::kYes;
  const std::uint64_t step = std::uint64_t{above} << 17 | std::uint64_t{word.list} << 1 | (is_exception ? 1 : 0);
  const auto [known, is_new] = derived_.try_emplace(step, kNoStanding);
  if (!is_new) return known->second;
  const StandingTable::Standing from = table().find(above);
  assign(in_force_, from.in_force);
  assign(lifted_, from.lifted);
  erase(in_force_, word.list);
  erase(lifted_, word.list);
  insert(is_exception ? lifted_ : in_force_, word.list);
  return known->second = intern(in_force_, lifted_);
}

StandingNumber StandingInterner::intern(const std::vector<ListNumber>& in_force,
                                        const std::vector<ListNumber>& lifted) {
  key_.assign(1, static_cast<char16_t>(in_force.size()));
  key_.append(in_force.begin(), in_force.end());
  key_.append(lifted.begin(), lifted.end());
  const auto number = static_cast<StandingNumber>(numbers_.size());
  const auto [place, is_new] = numbers_.try_emplace(key_, number);
  if (!is_new) return place->second;
  append(standings_, intern_tags(in_force));
  append(standings_, static_cast<std::uint32_t>(list_numbers_.size() / sizeof(ListNumber)));
  append(standings_, static_cast<std::uint16_t>(in_force.size()));
  append(standings_, static_cast<std::uint16_t>(lifted.size()));
  for (const ListNumber list : in_force) append(list_numbers_, list);
  for (const ListNumber list : lifted) append(list_numbers_, list);
  return number;
}

std::uint32_t StandingInterner::intern_tags(const std::vector<ListNumber>& in_force) {
  TagSet set;
  for (const ListNumber list : in_force) set.set(lists_[list].tag);
  const auto number = static_cast<std::uint32_t>(tag_numbers_.size());
  const auto [place, is_new] = tag_numbers_.try_emplace(encode(set), number);
  if (is_new) tag_sets_ += place->first;
  return place->second;
}

StandingTable StandingInterner::table() const {
  return StandingTable(octets_of(tag_sets_), octets_of(standings_), octets_of(list_numbers_));
}

}  // namespace schoolgate::filter
