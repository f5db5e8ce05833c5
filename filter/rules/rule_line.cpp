#include "filter/rules/rule_line.h"

namespace schoolgate::filter {
namespace {

constexpr unsigned kReachMask = 3;
constexpr unsigned kExceptionMark = 4;
constexpr unsigned kTextIsNameMark = 8;
constexpr unsigned kAnswerMark = 16;

}  // namespace

void append_rule(std::string& to, std::string_view key, std::size_t shared, const RuleLine& rule) {
  const bool has_answer = rule.answer != answer_of(Action::kBlock);
  unsigned marks = static_cast<unsigned>(rule.reach);
  if (rule.exception == Exception::kYes) marks |= kExceptionMark;
  if (rule.text_is_name) marks |= kTextIsNameMark;
  if (has_answer) marks |= kAnswerMark;
  to += static_cast<char>(shared);
  to += static_cast<char>(key.size() - shared);
  to += static_cast<char>(marks);
  append_varint(to, rule.list);
  append_varint(to, rule.line);
  append_varint(to, static_cast<std::uint32_t>(rule.line_text.size()));
  if (has_answer) append_varint(to, rule.answer);
  to += key.substr(shared);
  to += rule.line_text;
}

std::size_t shared_size(std::string_view left, std::string_view right) {
  const auto part = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return static_cast<std::size_t>(part.first - left.begin());
}

bool RuleReader::next() {
  if (reader_.is_at_end()) return false;
  const std::size_t shared = reader_.number<std::uint8_t>();
  const std::size_t more = reader_.number<std::uint8_t>();
  const unsigned marks = reader_.number<std::uint8_t>();
  const std::uint32_t list = reader_.varint();
  rule_.line = reader_.varint();
  const std::size_t text_size = reader_.varint();
  const std::uint32_t answer = (marks & kAnswerMark) != 0 ? reader_.varint() : answer_of(Action::kBlock);
  const Octets octets = reader_.take(more);
  rule_.line_text = text_of(reader_.take(text_size));
  rule_.list = static_cast<ListNumber>(list);
  rule_.reach = static_cast<Reach>(marks & kReachMask);
  rule_.exception = (marks & kExceptionMark) != 0 ? Exception::kYes : Exception::kNo;
  rule_.text_is_name = (marks & kTextIsNameMark) != 0;
  rule_.answer = static_cast<AnswerNumber>(answer);
  is_good_ = reader_.is_good() && shared <= key_size_ && shared + more <= key_.size() && list == rule_.list &&
             answer == rule_.answer && (marks & kReachMask) <= static_cast<unsigned>(Reach::kBoth);
  if (!is_good_) return false;
  std::copy(octets.begin(), octets.end(), key_.begin() + static_cast<std::ptrdiff_t>(shared));
  key_size_ = shared + more;
  return true;
}

}  // namespace schoolgate::filter
