// KeptRules: the rules of a list as a build links them, STATE/lists/ID.rules, so that a list is parsed when it has changed, and
// then only. What was reported of it is kept with them. An id has no dot, so this is no other list's file. It may go at any time.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "filter/list_rules.h"
#include "lists/report/list_report.h"
#include "lists/source/list_source.h"

namespace schoolgate::lists {

class KeptRules {
 public:
  KeptRules(const Source& source, const Ground& ground) : source_(source), ground_(ground) {}

  // Of all that rules depend on: the octets (`report` has their digest and format), the list's settings, `format` among them, the
  // guard, and this program.
  filter::Digest made_from(const ListReport& report, const std::string& format) const;

  struct Found {
    ListReport report;  // with the settings of now
    filter::ListRules rules;
  };
  // Whatever they were made from. nullopt when there are none, or they are damaged.
  std::optional<Found> open() const;

  // As ListRulesBuilder::encode() wants it.
  static std::string note_of(const ListReport& report);
  // From memory to the file, when that can be written: else they stay as they are.
  filter::ListRules keep(filter::ListRules rules) const;
  // Of a list that has become opaque: they have its names.
  void remove() const;

 private:
  std::string path() const;
  const Source& source_;
  const Ground& ground_;
};

// Those of all lists but these.
void remove_kept_rules(const std::string& state_folder, const std::set<std::string>& but_of);

}  // namespace schoolgate::lists
