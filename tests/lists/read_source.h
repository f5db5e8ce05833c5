// A list that is read alone, with nobody who looks on.
#pragma once

#include "lists/build_progress.h"
#include "lists/plain_source.h"

namespace schoolgate::lists {

inline PlainReading read_source(const Source& source, const Ground& ground) {
  const std::vector<Source> sources = {source};
  BuildProgress progress(sources, nullptr);
  filter::ListRulesBuilder collected;
  return read_plain_source(source, ground, progress, collected);
}

}  // namespace schoolgate::lists
