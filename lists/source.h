// One list's source, and which bytes of it are in force: those just read, or the copy kept of the last good ones.
#pragma once

#include <string>

#include "lists/formats/format.h"
#include "lists/guard/set_aside.h"
#include "lists/report/list_report.h"
#include "lists/source/list_source.h"

namespace schoolgate::lists {

struct Reading {
  ListReport report;  // its rules are those that `bytes` hold
  std::string bytes;
  const Format* format = nullptr;  // absent: the list is missing, there is nothing to parse
  SetAside set_aside;              // rules that the guard keeps out of force; the report counts them
};

// Reads the source and counts its rules before any of them goes into force. REQUIRES: a valid id and format, and a list
// that is not opaque; for those see opaque_source.h.
// Bytes with at least one rule become the kept copy and a version of the list; without one, unreadable, or held back as a
// version that a person has to look at first, the kept copy takes their place.
Reading read_source(const Source& source, const Ground& ground);

// Of a list that is fetched: why what is in force is not up to date, as a problem of the report.
void say_fetch(ListReport& report, const Source& source, const Ground& ground);

// What the file at `path` would give.
Reading survey(const Source& source, const std::string& path, const std::string& format, const Guard& guard);
// The same of the kept copy, which may have come in another format than the one set since.
Reading survey_copy(const Source& source, const Ground& ground);

}  // namespace schoolgate::lists
