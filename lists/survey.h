// What a list's octets would give: its rules counted, checked and collected before any of them goes into force.
#pragma once

#include <string>

#include "filter/list_rules.h"
#include "lists/formats/format.h"
#include "lists/report/list_report.h"
#include "lists/source/list_source.h"

namespace schoolgate::lists {

class BuildProgress;

struct Reading {
  ListReport report;  // its rules are those that `bytes` hold
  std::string bytes;
  const Format* format = nullptr;  // absent: it could not be read, and the report's problem says why
  bool is_of_one_file = true;      // it includes no other that lies elsewhere
};

// What lies at `path`, not looked into yet but for its format, unless that is given.
Reading read_octets(const Source& source, const std::string& path, const std::string& format);

// Who is told of what is found.
struct SurveyListeners {
  filter::ListRulesBuilder* rules = nullptr;  // all that goes into force: not what the guard sets aside
  BuildProgress* progress = nullptr;
};
// Goes through what was read. Without a rule, the report has that as its problem.
void survey(Reading& reading, const Source& source, const Guard& guard, const SurveyListeners& listeners = {});

// Of a list that is fetched: why what is in force is not up to date, as a problem of the report.
void say_fetch(ListReport& report, const Source& source, const Ground& ground);

}  // namespace schoolgate::lists
