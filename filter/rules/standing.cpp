#include "filter/rules/standing.h"

#include <algorithm>

namespace schoolgate::filter {
namespace {

std::string encode(const TagSet& set) {
  std::string octets;
  for (const std::uint64_t word : set.words()) append(octets, word);
  return octets;
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
  if (first + in_force + lifted + in_force > lists_.size()) return {};
  const Octets numbers = lists_.subspan(first);
  return {load<std::uint32_t>(at), ListNumbers(numbers.first(in_force)), ListNumbers(numbers.subspan(in_force, lifted)),
          AnswerNumbers(numbers.subspan(in_force + lifted, in_force))};
}

StandingInterner::StandingInterner(const std::vector<ListEntry>& lists) : lists_(lists) {
  intern();  // number 0
}

StandingNumber StandingInterner::derive(StandingNumber above, std::span<const Word> words) {
  for (const Word& word : words) above = derive(above, word);
  return above;
}

StandingNumber StandingInterner::derive(StandingNumber above, const Word& word) {
  constexpr std::uint64_t kPass = 0xffff;  // no answer has this number
  const std::uint64_t said = word.exception == Exception::kYes ? kPass : word.answer;
  const std::uint64_t step = std::uint64_t{above} << 32 | std::uint64_t{word.list} << 16 | said;
  Step& last = last_steps_[word.list % last_steps_.size()];
  if (last.step == step) return last.to;
  last = {step, derive_step(step, above, word)};
  return last.to;
}

StandingNumber StandingInterner::derive_step(std::uint64_t step, StandingNumber above, const Word& word) {
  const auto [known, is_new] = derived_.try_emplace(step, kNoStanding);
  if (!is_new) return known->second;
  take(table().find(above));
  erase(word.list);
  if (word.exception == Exception::kYes) {
    lifted_.insert(std::ranges::lower_bound(lifted_, word.list), word.list);
  } else {
    in_force_.insert(std::ranges::lower_bound(in_force_, word.list, {}, &InForce::list), {word.list, word.answer});
  }
  return known->second = intern();
}

void StandingInterner::take(const StandingTable::Standing& standing) {
  in_force_.clear();
  lifted_.clear();
  for (std::size_t i = 0; i < standing.in_force.size(); ++i)
    in_force_.push_back({standing.in_force[i], standing.answers[i]});
  for (std::size_t i = 0; i < standing.lifted.size(); ++i) lifted_.push_back(standing.lifted[i]);
}

void StandingInterner::erase(ListNumber list) {
  const auto in_force = std::ranges::lower_bound(in_force_, list, {}, &InForce::list);
  if (in_force != in_force_.end() && in_force->list == list) in_force_.erase(in_force);
  const auto lifted = std::ranges::lower_bound(lifted_, list);
  if (lifted != lifted_.end() && *lifted == list) lifted_.erase(lifted);
}

StandingNumber StandingInterner::intern() {
  key_.assign(1, static_cast<char16_t>(in_force_.size()));
  for (const InForce& one : in_force_) key_ += static_cast<char16_t>(one.list);
  key_.append(lifted_.begin(), lifted_.end());
  for (const InForce& one : in_force_) key_ += static_cast<char16_t>(one.answer);
  const auto number = static_cast<StandingNumber>(numbers_.size());
  const auto [place, is_new] = numbers_.try_emplace(key_, number);
  if (!is_new) return place->second;
  append(standings_, intern_tags());
  append(standings_, static_cast<std::uint32_t>(list_numbers_.size() / sizeof(ListNumber)));
  append(standings_, static_cast<std::uint16_t>(in_force_.size()));
  append(standings_, static_cast<std::uint16_t>(lifted_.size()));
  for (const char16_t one : std::u16string_view(key_).substr(1)) append(list_numbers_, static_cast<ListNumber>(one));
  return number;
}

std::uint32_t StandingInterner::intern_tags() {
  TagSet set;
  for (const InForce& one : in_force_) set.set(lists_[one.list].tag);
  const auto number = static_cast<std::uint32_t>(tag_numbers_.size());
  const auto [place, is_new] = tag_numbers_.try_emplace(encode(set), number);
  if (is_new) tag_sets_ += place->first;
  return place->second;
}

StandingTable StandingInterner::table() const {
  return StandingTable(octets_of(tag_sets_), octets_of(standings_), octets_of(list_numbers_));
}

}  // namespace schoolgate::filter
