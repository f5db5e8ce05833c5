// Lines of a list as it came: any bytes, any line ends, with or without a byte-order mark. Thread-safe, no allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace schoolgate::lists {

struct Line {
  std::uint32_t number = 0;  // from 1
  std::string_view text;     // without the line's end, the mark, and blanks at both sides
};

// A longer line is no rule of any format, but a file of another kind.
constexpr std::size_t kMostLineBytes = 4096;

class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}
  std::optional<Line> next();

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

// Why no format can read the line; empty when one could. Never quotes it.
std::string_view why_unreadable(const Line& line);

// The first word of `text`, cut off from it together with the blanks around; empty when there is none.
std::string_view take_word(std::string_view& text);

std::string_view trimmed(std::string_view text);

// "# …", "; …", "! …", "// …": what lists use for comments.
bool begins_comment(std::string_view text);

}  // namespace schoolgate::lists
