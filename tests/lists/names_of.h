// The names that a list's rules are about, in the order of their keys.
#pragma once

#include <string>
#include <vector>

#include "filter/list_rules.h"

namespace schoolgate::lists {

inline std::vector<std::string> names_of(const filter::ListRules& rules) {
  std::vector<std::string> names;
  for (filter::RuleReader reader(rules.names()); reader.next();) {
    names.push_back(filter::name_of_key(reader.key())->to_text());
  }
  return names;
}

}  // namespace schoolgate::lists
