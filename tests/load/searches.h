// Searches: what people look for, checked row by row against what was published.
#pragma once

#include <string>
#include <vector>

#include "history/history.h"
#include "tests/load/school.h"
#include "tests/load/traffic.h"

namespace schoolgate::load {

struct Search {
  std::string title;
  history::Filter filter;
  Account expected;
};

struct Searched {
  Account found;
  std::uint64_t pages = 0;
  double first_page_ms = 0;  // the newest hundred: what a person waits for
  double all_ms = 0;         // to the last page, a thousand each
  std::string mistake;       // empty: exactly what was expected
};

std::vector<Search> make_searches(const School& school, const Accounts& accounts);
Searched run(const history::History& history, const Search& search);

}  // namespace schoolgate::load
