#include "lists/formats/lines.h"

namespace schoolgate::lists {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(char c) {
  if (static_cast<unsigned char>(c) > ' ') return false;  // most
  return c == ' ' || (c >= '\t' && c <= '\r' && c != '\n');
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<Line> LineReader::next() {
  if (rest_.empty()) return std::nullopt;
  const std::size_t end = rest_.find('\n');
  std::string_view text = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  // At any line, not the first alone: lists are often several files joined.
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return Line{++number_, trimmed(text)};
}

std::string_view why_unreadable(const Line& line) {
  if (line.text.size() > kMostLineBytes) return "longer than 4096 bytes: is this a list at all?";
  if (line.text.find('\0') != std::string_view::npos) return "has a NUL byte: save the file as UTF-8 text";
  return {};
}

std::string_view take_word(std::string_view& text) {
  std::size_t start = 0;
  while (start < text.size() && is_blank(text[start])) ++start;
  std::size_t end = start;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const std::string_view word = text.substr(start, end - start);
  text = trimmed(text.substr(end));
  return word;
}

bool begins_comment(std::string_view text) {
  return text.starts_with('#') || text.starts_with(';') || text.starts_with('!') || text.starts_with("//");
}

}  // namespace schoolgate::lists
