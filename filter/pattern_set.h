// PatternSet: regular expressions compiled by Hyperscan, matched all at once against a name's text (name_text.h).
// The only files that know Hyperscan are these two.
//
// Block mode: a name is one short block. HS_FLAG_SINGLEMATCH: that a pattern matched is all we ask, so each reports
// at most once. HS_FLAG_CASELESS: names have no case (RFC 4343), whatever the expression is written in. A pattern that
// matches the empty text would match every name and is refused, as are look-around and back-references, which no
// automaton has.
//
// Thread contract: a PatternSet is immutable and may be scanned by any number of threads, each with its own Scratch.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct hs_database;
struct hs_scratch;

namespace schoolgate::filter {

class PatternSet {
 public:
  PatternSet() = default;  // no patterns
  struct Refusal {
    std::size_t index = 0;  // among the expressions given
    std::string reason;
  };
  // Working memory of one thread, for the set it came from.
  class Scratch {
   public:
    Scratch() = default;

   private:
    friend class PatternSet;
    struct Free {
      void operator()(hs_scratch* scratch) const;
    };
    std::unique_ptr<hs_scratch, Free> scratch_;
  };

  // What a serialised set depends on: Hyperscan's version and the processor.
  static std::string platform();
  // Compiles what can be compiled; the rest is in `refused`, by index. A pattern's number in the set is its place among
  // those taken. An error is one of this machine: no memory, a processor without SSSE3.
  static base::Result<PatternSet> compile(const std::vector<std::string>& expressions, std::vector<Refusal>& refused);
  static base::Result<PatternSet> deserialise(std::string_view octets);
  base::Result<std::string> serialise() const;

  base::Result<Scratch> make_scratch() const;
  // Calls visit(pattern, context) for each pattern that matches, in no order. No allocation, no lock.
  // REQUIRES: a scratch of this set.
  using Visit = void (*)(std::uint32_t pattern, void* context);
  void scan(std::string_view text, const Scratch& scratch, Visit visit, void* context) const noexcept;

 private:
  struct Free {
    void operator()(hs_database* database) const;
  };
  using Database = std::unique_ptr<hs_database, Free>;
  explicit PatternSet(Database database) : database_(std::move(database)) {}
  Database database_;
};

}  // namespace schoolgate::filter
