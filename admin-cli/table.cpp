#include "admin-cli/table.h"

#include <algorithm>
#include <numeric>

namespace schoolgate::admin_cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeastWidth = 6;  // a narrower cell says nothing
constexpr std::size_t kLeastSpareWidth = 12;

}  // namespace

void Table::add(std::vector<Cell> row) {
  row.resize(headings_.size());
  for (Cell& cell : row) cell.text = printable(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths(std::size_t columns) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < headings_.size(); ++i) {
    std::size_t widest = width_of(headings_[i]);
    for (const auto& row : rows_) widest = std::max(widest, width_of(row[i].text));
    widths.push_back(widest);
  }
  const std::size_t gaps = kGap * (headings_.size() - 1);
  const auto spare = widths.begin() + (std::find(headings_.begin(), headings_.end(), spare_) - headings_.begin());
  for (std::size_t total = std::accumulate(widths.begin(), widths.end(), gaps); total > columns; --total) {
    const bool spare_first = spare != widths.end() && *spare > kLeastSpareWidth;
    const auto cut = spare_first ? spare : std::max_element(widths.begin(), widths.end());
    if (*cut <= kLeastWidth) break;
    --*cut;
  }
  return widths;
}

std::string Table::to_text(const Screen& screen) const {
  const auto column_widths = widths(screen.columns);
  std::string text;
  const auto add_line = [&](const std::vector<Cell>& row) {
    std::size_t blanks = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
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
