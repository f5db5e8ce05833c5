#include "filter/rules/rule_line.h"

namespace schoolgate::filter {
namespace {

constexpr unsigned kReachMask = 3;
constexpr unsigned kExceptionMark = 4;
constexpr unsigned kTextIsNameMark = 8;
constexpr unsigned kAnswerMark = 16;

// REQUIRES: five octets.
std::uint32_t take_varint(const std::uint8_t*& at) {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const std::uint8_t octet = *at++;
    value |= std::uint32_t{octet & 0x7fu} << shift;
    if (octet < 0x80) break;
  }
  return value;
}

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
  if (rest_.empty()) return false;
  std::array<std::uint8_t, kMostHeadOctets> padded{};
  const std::uint8_t* head = rest_.data();
  if (rest_.size() < kMostHeadOctets) {
    std::ranges::copy(rest_, padded.begin());
    head = padded.data();
  }
  const std::size_t shared = head[0];
  const std::size_t more = head[1];
  const unsigned marks = head[2];
  const std::uint8_t* at = head + 3;
  const std::uint32_t list = take_varint(at);
  rule_.line = take_varint(at);
  const std::size_t text_size = take_varint(at);
  const std::uint32_t answer = (marks & kAnswerMark) != 0 ? take_varint(at) : answer_of(Action::kBlock);
  const auto taken = static_cast<std::size_t>(at - head);
  rule_.list = static_cast<ListNumber>(list);
  rule_.reach = static_cast<Reach>(marks & kReachMask);
  rule_.exception = (marks & kExceptionMark) != 0 ? Exception::kYes : Exception::kNo;
  rule_.text_is_name = (marks & kTextIsNameMark) != 0;
  rule_.answer = static_cast<AnswerNumber>(answer);
  is_good_ = taken + more + text_size <= rest_.size() && shared <= key_size_ && shared + more <= key_.size() &&
             list == rule_.list && answer == rule_.answer &&
             (marks & kReachMask) <= static_cast<unsigned>(Reach::kBoth);
  if (!is_good_) {
    rest_ = {};
    return false;
  }
  std::copy_n(rest_.data() + taken, more, key_.begin() + static_cast<std::ptrdiff_t>(shared));
  key_size_ = shared + more;
  rule_.line_text = text_of(rest_.subspan(taken + more, text_size));
  rest_ = rest_.subspan(taken + more + text_size);
  return true;
}

}  // namespace schoolgate::filter
