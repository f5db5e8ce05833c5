#include "filter/rules/answer.h"

#include <algorithm>
#include <iterator>

namespace schoolgate::filter {
namespace {

constexpr std::size_t kNumberOctets = sizeof(std::uint32_t);

}  // namespace

AnswerTable::AnswerTable(Octets section) {
  OctetReader reader(section);
  const std::size_t count = reader.number<std::uint32_t>();
  if (!reader.is_good() || count > section.size() / kNumberOctets) return;
  ends_ = reader.take(count * kNumberOctets);
  if (!reader.is_good()) return;
  count_ = count;
  octets_ = section.subspan(kNumberOctets + ends_.size());
}

Octets AnswerTable::records(AnswerNumber answer) const noexcept {
  if (answer < kFirstLocalData || std::size_t{answer} - kFirstLocalData >= count_) return {};
  const std::size_t index = std::size_t{answer} - kFirstLocalData;
  const std::uint8_t* at = ends_.data() + index * kNumberOctets;
  const std::size_t end = load<std::uint32_t>(at);
  const std::size_t begin = index == 0 ? 0 : load<std::uint32_t>(at - kNumberOctets);
  if (begin > end || end > octets_.size()) return {};
  return octets_.subspan(begin, end - begin);
}

std::optional<AnswerNumber> AnswerInterner::intern(dns::Type type, Octets rdata) {
  std::string record;
  append(record, static_cast<std::uint16_t>(type));
  append(record, static_cast<std::uint16_t>(rdata.size()));
  record += text_of(rdata);
  return intern({std::move(record)});
}

std::optional<AnswerNumber> AnswerInterner::intern(std::vector<std::string> records) {
  std::string octets;
  for (const std::string& record : records) octets += record;
  const auto number = static_cast<AnswerNumber>(kFirstLocalData + answers_.size());
  const bool is_full = answers_.size() == kMostAnswers;
  if (is_full) {
    const auto known = numbers_.find(octets);
    return known == numbers_.end() ? std::nullopt : std::optional(known->second);
  }
  const auto [place, is_new] = numbers_.try_emplace(std::move(octets), number);
  if (is_new) answers_.push_back(std::move(records));
  return place->second;
}

AnswerNumber AnswerInterner::combined(AnswerNumber one, AnswerNumber other) {
  if (one == other) return one;
  if (one < kFirstLocalData || other < kFirstLocalData) return std::min(one, other);
  std::vector<std::string> records;
  std::ranges::set_union(answers_[one - kFirstLocalData], answers_[other - kFirstLocalData],
                         std::back_inserter(records));
  if (records.size() > kMostRecords) return one;
  return intern(std::move(records)).value_or(one);
}

void AnswerInterner::encode(std::string& out) const {
  if (answers_.empty()) return;
  append(out, static_cast<std::uint32_t>(answers_.size()));
  std::size_t end = 0;
  for (const auto& records : answers_) {
    for (const std::string& record : records) end += record.size();
    append(out, static_cast<std::uint32_t>(end));
  }
  for (const auto& records : answers_) {
    for (const std::string& record : records) out += record;
  }
}

}  // namespace schoolgate::filter
