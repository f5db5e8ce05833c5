#include "filter/rules/answer.h"

#include <algorithm>
#include <utility>

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
  constexpr std::size_t kHeadOctets = 2 * sizeof(std::uint16_t);
  if (rdata.size() + kHeadOctets > kMostAnswerOctets) return std::nullopt;
  std::string record;
  append(record, static_cast<std::uint16_t>(type));
  append(record, static_cast<std::uint16_t>(rdata.size()));
  record += text_of(rdata);
  const auto number = static_cast<std::uint32_t>(records_.size());
  const auto [place, is_new] = record_numbers_.try_emplace(record, number);
  if (is_new) records_.push_back(std::move(record));
  const auto answer = intern(RecordNumbers(1, place->second));
  if (!answer && is_new) {
    record_numbers_.erase(place);
    records_.pop_back();
  }
  return answer;
}

std::optional<AnswerNumber> AnswerInterner::intern(const RecordNumbers& records) {
  if (const auto known = numbers_.find(records); known != numbers_.end()) return known->second;
  const std::size_t octets = octets_of(records);
  if (answers_.size() == kMostAnswers || octets > kMostOctets - octets_) return std::nullopt;
  const auto number = static_cast<AnswerNumber>(kFirstLocalData + answers_.size());
  answers_.push_back(records);
  numbers_.emplace(records, number);
  octets_ += octets;
  return number;
}

std::size_t AnswerInterner::octets_of(const RecordNumbers& records) const {
  std::size_t octets = 0;
  for (const char32_t record : records) octets += records_[record].size();
  return octets;
}

AnswerNumber AnswerInterner::combine(std::vector<AnswerNumber> answers) {
  const auto rank = [](AnswerNumber answer) { return std::pair(answer == answer_of(Action::kTcpOnly), answer); };
  std::ranges::sort(answers, {}, rank);
  answers.erase(std::unique(answers.begin(), answers.end()), answers.end());
  if (answers.size() == 1 || answers.front() < kFirstLocalData) return answers.front();
  std::vector<std::uint32_t> records;
  for (const AnswerNumber answer : answers) {
    if (answer < kFirstLocalData) continue;
    const RecordNumbers& more = answers_[answer - kFirstLocalData];
    records.insert(records.end(), more.begin(), more.end());
  }
  std::ranges::sort(records, {}, [this](std::uint32_t record) -> const std::string& { return records_[record]; });
  RecordNumbers together;
  std::size_t octets = 0;
  for (const std::uint32_t record : records) {
    const bool is_known = !together.empty() && together.back() == record;
    octets += is_known ? 0 : records_[record].size();
    if (octets > kMostAnswerOctets || together.size() == kMostRecords) break;
    if (!is_known) together += static_cast<char32_t>(record);
  }
  return intern(together).value_or(answers.front());
}

void AnswerInterner::encode(std::string& out) const {
  if (answers_.empty()) return;
  append(out, static_cast<std::uint32_t>(answers_.size()));
  std::size_t end = 0;
  for (const RecordNumbers& answer : answers_) append(out, static_cast<std::uint32_t>(end += octets_of(answer)));
  for (const RecordNumbers& answer : answers_) {
    for (const char32_t record : answer) out += records_[record];
  }
}

}  // namespace schoolgate::filter
