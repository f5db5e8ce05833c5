// BuildProgress: how far a build is, measured in octets of its sources as they lie there, for an observer.
//
//     BuildProgress progress(sources, observer);   // nullptr: nobody looks
//     progress.begin_list(0);
//     progress.tell(done, all);                    // of the octets of this list: any number of times
//     progress.end_list(report);
//     progress.begin_image();
//
// Thread contract: one thread, on which the observer is called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace schoolgate::lists {

struct ListReport;
struct Source;

struct BuildStep {
  std::string list;          // its id; empty: all are read, and the image is being built
  std::size_t number = 0;    // of the list, from 1
  std::size_t lists = 0;     // how many there are
  std::uint64_t octets = 0;  // of the list's source; 0 when nobody knows
  std::uint64_t done = 0;    // octets of all sources that have been read
  std::uint64_t in_all = 0;  // 0 when nobody knows
};

class BuildObserver {
 public:
  virtual ~BuildObserver() = default;
  // Each list once at least, more often while a big one is read: some ten times a second.
  virtual void see(const BuildStep& step) = 0;
  virtual void end_list(const ListReport& report, double seconds) = 0;
};

class BuildProgress {
 public:
  // Rules between two words about a list: a tenth of a second's work.
  static constexpr std::uint64_t kRulesBetween = 200'000;

  BuildProgress(const std::vector<Source>& sources, BuildObserver* observer);
  void begin_list(std::size_t place);
  void tell(std::uint64_t done, std::uint64_t of_all);
  void end_list(const ListReport& report);
  void begin_image();

 private:
  const std::vector<Source>& sources_;
  BuildObserver* const observer_;
  const base::SystemClock clock_;
  std::vector<std::uint64_t> octets_;  // by source
  BuildStep step_;
  std::uint64_t before_ = 0;  // octets of the lists before this one
  std::int64_t began_us_ = 0;
};

}  // namespace schoolgate::lists
