#include "admin-cli/table.h"

#include <algorithm>
#include <numeric>

namespace schoolgate::admin_cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastWidth = 6;  // a narrower cell says nothing
constexpr std::size_t kLeastSpareWidth = 12;
constexpr std::size_t kMostProtectedWidth = 20;  // of the first column: a time, an id, what a row is found by

}  // namespace

void Table::add(std::vector<Cell> row) {
  row.resize(headings_.size());
  for (Cell& cell : row) cell.text = printable(cell.text);
  rows_.push_back(std::move(row));
}

// 0: left out, since no row has anything to say there.
std::vector<std::size_t> Table::natural_widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < headings_.size(); ++i) {
    std::size_t widest = 0;
    for (const auto& row : rows_) widest = std::max(widest, width_of(row[i].text));
    widths.push_back(widest == 0 ? 0 : std::max(widest, width_of(headings_[i])));
  }
  return widths;
}

// One column less of the column that is missed least; false when nothing more can go.
bool Table::narrow(std::vector<std::size_t>& widths) const {
  const auto spare = widths.begin() + (std::find(headings_.begin(), headings_.end(), spare_) - headings_.begin());
  if (spare != widths.end() && *spare > 0) {
    *spare = *spare > kLeastSpareWidth ? *spare - 1 : 0;
    return true;
  }
  const auto first = widths.begin() + (widths.front() <= kMostProtectedWidth ? 1 : 0);
  auto cut = std::max_element(first, widths.end());
  if (cut == widths.end() || *cut <= kLeastWidth) cut = widths.begin();
  if (*cut <= kLeastWidth) return false;
  --*cut;
  return true;
}

std::vector<std::size_t> Table::widths(std::size_t columns) const {
  std::vector<std::size_t> widths = natural_widths();
  const auto total = [&widths] {
    const auto shown = widths.size() - static_cast<std::size_t>(std::count(widths.begin(), widths.end(), 0U));
    return std::accumulate(widths.begin(), widths.end(), shown == 0 ? 0 : kGap * (shown - 1));
  };
  while (total() > columns && narrow(widths)) {
  }
  return widths;
}

std::string Table::to_text(const Screen& screen) const {
  const auto column_widths = widths(screen.columns);
  std::string text;
  const auto add_line = [&](const std::vector<Cell>& row) {
    std::size_t blanks = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (column_widths[i] == 0) continue;
      const std::string shown = cut(row[i].text, column_widths[i]);
      if (!shown.empty()) text += std::string(blanks, ' ') + screen.paint(row[i].ink, shown);
      // Blanks are put before the next cell that says something, so that no line ends in any.
      blanks = (shown.empty() ? blanks : 0) + column_widths[i] - width_of(shown) + kGap;
    }
    text += '\n';
  };
  std::vector<Cell> head;
  for (const auto& heading : headings_) head.push_back({heading, Ink::kStrong});
  add_line(head);
  for (const auto& row : rows_) add_line(row);
  return text;
}

}  // namespace schoolgate::admin_cli
