#include "policy/list_section.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/toml.h"

namespace schoolgate::policy {
namespace {

// The text's lines, each with its end.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

// The first character that says something; 0 in a blank line.
char mark_of(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? '\0' : line[at];
}

bool is_blank(std::string_view line) { return mark_of(line) == '\0'; }

std::string_view line_end(std::string_view text) { return text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n"; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// As a basic string of TOML.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (is_control(c)) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string on_one_line(std::string_view text) {
  std::string line(text);
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  return line;
}

// The range of lines [first, end) of a section, its comment included.
struct Extent {
  std::size_t first = 0;
  std::size_t header = 0;
  std::size_t end = 0;
};

Extent extent_of(const std::vector<std::string_view>& lines, std::size_t header) {
  Extent extent{header, header, header + 1};
  // Comments behind the last setting belong to what follows.
  for (std::size_t i = header + 1; i < lines.size() && mark_of(lines[i]) != '['; ++i) {
    if (!is_blank(lines[i]) && mark_of(lines[i]) != '#') extent.end = i + 1;
  }
  while (extent.first > 0 && mark_of(lines[extent.first - 1]) == '#') --extent.first;
  if (extent.first == 0) extent.first = header;  // the file's own words
  return extent;
}

std::string joined(const std::vector<std::string_view>& lines, std::size_t first, std::size_t end) {
  std::string text;
  for (std::size_t i = first; i < end; ++i) text += lines[i];
  return text;
}

// Is the text one [[list]] of that id, and nothing else? A value over several lines may have been cut in two.
bool is_section_of(const std::string& text, const std::string& id) {
  auto document = base::TomlDocument::parse(text, "section");
  if (!document) return false;
  base::TomlTable root = document->root();
  if (root.keys() != std::vector<std::string>{"list"}) return false;
  auto lists = root.tables("list");
  if (lists.size() != 1) return false;
  const auto found = lists[0].string("id");
  return found && found->value == id;
}

}  // namespace

std::string put_list(std::string_view text, const ListSection& section) {
  const std::string_view end = line_end(text);
  std::string out(text);
  if (!out.empty() && !out.ends_with('\n')) out += end;
  if (!out.empty()) out += end;
  const auto add = [&](std::string_view line) { out.append(line).append(end); };
  if (!section.comment.empty()) add("# " + on_one_line(section.comment));
  add("[[list]]");
  add("id = " + quoted(section.id));
  add("category = " + quoted(section.category));
  add("source = " + quoted(section.source));
  if (!section.format.empty()) add("format = " + quoted(section.format));
  if (!section.refresh.empty()) add("refresh = " + quoted(section.refresh));
  return out;
}

base::Result<TakenList> take_list(std::string_view text, const ListSetting& list) {
  const std::vector<std::string_view> lines = lines_of(text);
  const std::size_t header = list.place.line - 1;  // lines count from 1
  const auto by_hand = [&list] {
    return base::Error(base::ErrorCode::kInvalid,
                       fmt::format("{}: the list '{}' is not written as a [[list]] section with one line for each "
                                   "setting: take it out by hand",
                                   list.place.to_text(), list.id));
  };
  if (list.place.line == 0 || header >= lines.size() || mark_of(lines[header]) != '[') return by_hand();
  Extent extent = extent_of(lines, header);
  if (!is_section_of(joined(lines, extent.header, extent.end), list.id)) return by_hand();
  TakenList taken;
  taken.taken = joined(lines, extent.first, extent.end);
  taken.first_line = static_cast<unsigned>(extent.first + 1);
  taken.last_line = static_cast<unsigned>(extent.end);
  // Of the blank lines around it, one is enough.
  const bool is_apart = extent.end == lines.size() || is_blank(lines[extent.end]);
  if (is_apart && extent.first > 0 && is_blank(lines[extent.first - 1])) --extent.first;
  taken.rest = joined(lines, 0, extent.first) + joined(lines, extent.end, lines.size());
  return taken;
}

}  // namespace schoolgate::policy
