// Table: rows of text that fit the terminal's width. A column in which no row says anything is left out. Long cells are cut
// with an ellipsis: those of the spare column first, until it is left out too, then the widest; a narrow first column last.
//
// Thread contract: a value.
#pragma once

#include <string>
#include <vector>

#include "admin-cli/screen.h"

namespace schoolgate::admin_cli {

struct Cell {
  std::string text;  // made printable by the table
  Ink ink = Ink::kPlain;
};

class Table {
 public:
  explicit Table(std::vector<std::string> headings, std::string spare = "")
      : headings_(std::move(headings)), spare_(std::move(spare)) {}

  // As many cells as headings; missing ones are empty.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  std::string to_text(const Screen& screen) const;

 private:
  std::vector<std::size_t> natural_widths() const;
  bool narrow(std::vector<std::size_t>& widths) const;
  std::vector<std::size_t> widths(std::size_t columns) const;
  std::vector<std::string> headings_;
  std::string spare_;  // the heading of the column that a reader misses least; empty: none
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace schoolgate::admin_cli
