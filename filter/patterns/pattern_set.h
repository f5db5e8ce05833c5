// PatternSet: patterns, matched all at once against a name's text (name_text.h).
//
// What pattern_parts.h can take apart is matched as literals, the rest by Hyperscan as regular expressions, and what
// Hyperscan cannot express by PCRE2 after it. Name parts of a pattern are no business of this set: whoever keeps a trie
// puts them there (pattern_rules.h). A pattern that matches every name, or none, is refused.
//
// Thread contract: a PatternSet is immutable but for its counters, which are atomic, and may be scanned by any number of
// threads, each with its own Scratch.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "filter/patterns/confirming_pattern.h"
#include "filter/patterns/hyperscan.h"
#include "filter/patterns/pattern_plan.h"

namespace schoolgate::filter {

class PatternSet {
 public:
  // PCRE2's steps: of one pattern on one name, of all patterns on one name, and what each has at least, however many
  // went before. A step is an item of the expression tried, some 10 to 20 ns: 3.5 ms is measured for a name that 1,000
  // patterns were made for. Of 100,000 names of a day's mix none came to the end of its steps with all public patterns.
  static constexpr unsigned kStepsPerPattern = 10'000;
  static constexpr unsigned kStepsPerName = 40'000;
  static constexpr unsigned kLeastSteps = 100;
  static constexpr std::size_t kMaxConfirmed = 1000;
  // What the engine may be given. The squares of the unrolled sizes (hyperscan.h): 10 s to compile at the worst; all public
  // patterns together have a tenth of it. Those that no literal triggers are compiled together, which Hyperscan takes
  // minutes for when they are many; and they are asked for every name. Of the 7,678 public patterns they are 17.
  static constexpr std::size_t kMaxWork = 30'000'000;
  static constexpr std::size_t kMaxAlways = 40;
  static constexpr std::size_t kMaxAlwaysSize = 4000;

  PatternSet() = default;  // no patterns
  struct Refusal {
    std::size_t index = 0;  // among the expressions given
    std::string reason;
    bool guarded = false;  // it would block what is protected: see guarded_patterns.h
  };
  // Working memory of one thread, for the set it came from.
  class Scratch {
   private:
    friend class PatternSet;
    HyperscanScratch hyperscan_;
    ConfirmingPattern::Scratch confirming_;
    std::vector<std::uint32_t> triggered_;  // the expressions of this name; as large as it can be
    std::vector<std::uint32_t> seen_in_;    // by expression: the scan that triggered it last
    std::uint32_t scan_ = 0;
  };
  // How each expression is matched, and the databases: made for a file, or where they lie in one.
  template <class Text>
  struct Parts {
    Text plan;  // see plan_octets.h
    Text literals;
    std::vector<Text> triggered;
    Text always;
  };
  using Compiled = Parts<std::string>;
  using CompiledView = Parts<std::string_view>;

  // Compiles what can be compiled; the rest is in `refused`, by index. A pattern's number in the set is its place among
  // those taken. An error is one of this machine: no memory, a processor without SSSE3.
  static base::Result<PatternSet> compile(const std::vector<std::string>& expressions, std::vector<Refusal>& refused);
  // The same of some of the expressions of `before`: what was compiled for one of them alone is taken from there.
  static base::Result<PatternSet> compile_fewer(const std::vector<std::string>& expressions,
                                                std::vector<Refusal>& refused, PatternSet before);
  // What compile() made of these expressions, of which it refused none, on the same platform (HyperscanDatabase).
  // The octets may tell wrong numbers, and no harm is done; the databases themselves are trusted.
  static base::Result<PatternSet> from_compiled(const std::vector<std::string>& expressions,
                                                const CompiledView& compiled);
  base::Result<Compiled> compiled() const;

  base::Result<Scratch> make_scratch() const;
  // kPerhaps: PCRE2's steps did not suffice to tell.
  enum class Match : std::uint8_t { kYes, kPerhaps };
  // Calls visit(pattern, match, context) for each pattern that matches, in no order, some more than once. No lock; no
  // allocation in the steady state. REQUIRES: a scratch of this set.
  using Visit = void (*)(std::uint32_t pattern, Match match, void* context);
  void scan(std::string_view text, Scratch& scratch, Visit visit, void* context) const noexcept;

  // The patterns for which PCRE2's steps did not suffice, and how often.
  struct Overrun {
    std::uint32_t pattern = 0;
    std::uint64_t count = 0;
  };
  std::vector<Overrun> overruns() const;

  // How many expressions each engine has, for reports and tests.
  struct Shape {
    std::size_t literals = 0;   // texts, with those that trigger
    std::size_t triggered = 0;  // expressions asked when a literal was seen
    std::size_t always = 0;     // expressions asked for every name
    std::size_t confirmed = 0;  // of these two, by PCRE2
  };
  Shape shape() const;

 private:
  // A database and the expressions behind its numbers.
  struct Engine {
    HyperscanDatabase database;
    std::vector<std::uint32_t> expressions;
  };
  class Walk;

  using Databases = std::unordered_map<std::string, HyperscanDatabase>;  // by the one expression in each
  static base::Result<PatternSet> compile(const std::vector<std::string>& expressions, std::vector<Refusal>& refused,
                                          Databases known);
  static base::Result<Engine> compile_engine(PatternPlan& plan, std::vector<std::uint32_t> expressions);
  static base::Result<std::vector<Engine>> compile_triggered(PatternPlan& plan, Databases known);
  static base::Result<Engine> compile_always(PatternPlan& plan);
  void take(PatternPlan plan);
  base::Status confirm();

  std::string plan_;                                  // for compiled()
  std::vector<std::vector<std::uint32_t>> patterns_;  // by expression
  std::vector<std::uint32_t> literal_sizes_;
  std::vector<std::uint32_t> first_use_;  // by literal, and the end
  std::vector<LiteralUse> uses_;
  HyperscanDatabase literals_;
  std::vector<Engine> triggered_;             // of one expression each
  std::vector<std::string> triggered_texts_;  // these expressions
  std::vector<std::uint32_t> engine_of_;      // by expression: its place in triggered_
  Engine always_;
  std::vector<std::string> confirmed_texts_;  // the expressions of confirming_
  std::vector<std::uint32_t> confirming_of_;  // by expression
  std::vector<ConfirmingPattern> confirming_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> overruns_;  // by the number in confirming_
};

}  // namespace schoolgate::filter
