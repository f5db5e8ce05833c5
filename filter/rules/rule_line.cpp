#include "filter/rules/rule_line.h"

#include <bit>

namespace schoolgate::filter {
namespace {

constexpr unsigned kReachMask = 3;
constexpr unsigned kExceptionMark = 4;
constexpr unsigned kWrittenOutMark = 8;
constexpr unsigned kAnswerMark = 16;
constexpr std::size_t kMostHeadOctets = 3 + 4 * kMostVarintOctets;

}  // namespace

std::optional<std::string> line_of(std::string_view key, const LineFrame& frame) {
  const auto name = name_of_key(key);
  if (!name) return std::nullopt;
  std::string line(frame.before);
  name->append_text(line);
  return line.append(frame.after);
}

void append_rule(std::string& to, std::string_view key, std::size_t shared, const RuleLine& rule) {
  const bool has_answer = rule.answer != answer_of(Action::kBlock);
  const bool is_written_out = rule.frame == kWrittenOut;
  unsigned marks = static_cast<unsigned>(rule.reach);
  if (rule.exception == Exception::kYes) marks |= kExceptionMark;
  if (is_written_out) marks |= kWrittenOutMark;
  if (has_answer) marks |= kAnswerMark;
  // In one piece: a string that grows octet by octet looks each time whether there is room.
  std::array<char, kMostHeadOctets> head;
  char* end = head.data();
  *end++ = static_cast<char>(shared);
  *end++ = static_cast<char>(key.size() - shared);
  *end++ = static_cast<char>(marks);
  end = put_varint(end, rule.list);
  end = put_varint(end, rule.line);
  end = put_varint(end, is_written_out ? static_cast<std::uint32_t>(rule.text.size()) : rule.frame);
  if (has_answer) end = put_varint(end, rule.answer);
  to.append(head.data(), static_cast<std::size_t>(end - head.data()));
  to += key.substr(shared);
  if (is_written_out) to += rule.text;
}

std::size_t shared_size(std::string_view left, std::string_view right) {
  constexpr std::size_t kStep = sizeof(std::uint64_t);
  const std::size_t size = std::min(left.size(), right.size());
  std::size_t at = 0;
  for (; at + kStep <= size; at += kStep) {
    const std::uint64_t apart =
        load<std::uint64_t>(octets_of(left).data() + at) ^ load<std::uint64_t>(octets_of(right).data() + at);
    if (apart != 0) return at + static_cast<std::size_t>(std::countr_zero(apart)) / 8;
  }
  while (at < size && left[at] == right[at]) ++at;
  return at;
}

bool RuleReader::next() {
  if (reader_.is_at_end()) return false;
  const std::size_t shared = reader_.number<std::uint8_t>();
  const std::size_t more = reader_.number<std::uint8_t>();
  const unsigned marks = reader_.number<std::uint8_t>();
  const std::uint32_t list = reader_.varint();
  rule_.line = reader_.varint();
  const std::uint32_t frame_or_size = reader_.varint();
  const std::uint32_t answer = (marks & kAnswerMark) != 0 ? reader_.varint() : answer_of(Action::kBlock);
  const Octets octets = reader_.take(more);
  const bool is_written_out = (marks & kWrittenOutMark) != 0;
  rule_.frame = is_written_out ? kWrittenOut : frame_or_size;
  rule_.text = is_written_out ? text_of(reader_.take(frame_or_size)) : std::string_view();
  rule_.list = static_cast<ListNumber>(list);
  rule_.reach = static_cast<Reach>(marks & kReachMask);
  rule_.exception = (marks & kExceptionMark) != 0 ? Exception::kYes : Exception::kNo;
  rule_.answer = static_cast<AnswerNumber>(answer);
  is_good_ = reader_.is_good() && shared <= key_size_ && shared + more <= key_.size() && list == rule_.list &&
             answer == rule_.answer && (marks & kReachMask) <= static_cast<unsigned>(Reach::kBoth);
  if (!is_good_) return false;
  std::copy(octets.begin(), octets.end(), key_.begin() + static_cast<std::ptrdiff_t>(shared));
  key_size_ = shared + more;
  return true;
}

}  // namespace schoolgate::filter
