// One list's source, and which bytes of it are in force: those just read, or the copy kept of the last good ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lists/build.h"
#include "lists/formats/format.h"
#include "lists/guard/set_aside.h"

namespace schoolgate::lists {

struct Reading {
  ListReport report;  // its rules are those that `bytes` hold
  std::string bytes;
  const Format* format = nullptr;  // absent: the list is missing, there is nothing to parse
  SetAside set_aside;              // rules that the guard keeps out of force; the report counts them
};

// A longer source is refused.
inline constexpr std::size_t kMostSourceBytes = std::size_t{512} << 20;

// What lists are read with, beside their own settings.
struct Ground {
  const Guard& guard;
  std::string state_folder;
  std::int64_t now_us = 0;  // since the epoch
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

// Adds to the list's rejected rules and their reasons; the first 100 are kept, in a form that is safe for a terminal; of an
// opaque list without their text.
void note_rejected(ListReport& report, const filter::RejectedRule& rule);

std::string copy_folder(const std::string& state_folder);  // STATE/lists
std::string copy_path(const std::string& state_folder, const std::string& list);

}  // namespace schoolgate::lists
