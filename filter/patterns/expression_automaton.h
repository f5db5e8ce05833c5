// An expression as an automaton that reads a text octet by octet: where in the expression a match may stand by then, without
// the text's beginning being known.
//
// It matches what the expression matches, and more where that is more than may be counted here: a look-around is passed over,
// a repeat of over kMostCopies rounds has no limit. So a "no" is certain, and a "yes" nearly so.
//
// Thread contract: one thread: it has working memory of its own.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "filter/patterns/expression_tree.h"

namespace schoolgate::filter {

class ExpressionAutomaton {
 public:
  static constexpr std::size_t kMostStates = 2000;
  static constexpr unsigned kMostCopies = 64;

  using States = std::vector<std::uint32_t>;  // each once

  // nullopt for what is not parsed, or needs more states.
  static std::optional<ExpressionAutomaton> of(std::string_view expression);

  // After any text that ends with a dot; of matches that began in that text, and may go on behind the dot.
  States after_dot();
  // An element that stands for few octets spells them out: "a" and "[o0]" do, "[a-z]" and "." do not.
  enum class Elements { kAll, kSpelling };
  States step(const States& states, char octet, Elements elements);
  bool has_matched(const States& states) const;
  // The text ends here.
  bool matches_at_end(const States& states);

  // The states looked at so far: a measure of time, some nanoseconds each.
  std::uint64_t work() const { return work_; }

 private:
  struct State {
    enum class Kind { kOctet, kEither, kBegin, kEnd, kMatched };
    Kind kind = Kind::kMatched;
    TextOctets octets;         // of kOctet
    std::uint32_t next = 0;    // of all but kMatched
    std::uint32_t second = 0;  // of kEither
  };
  enum class At { kBegin, kMiddle, kEnd };

  ExpressionAutomaton() = default;
  std::uint32_t add(State state);
  std::uint32_t add(const ExpressionNode& node, std::uint32_t next);
  std::uint32_t add_repeat(const ExpressionNode& node, std::uint32_t next);
  void close(std::uint32_t state, At at, States& into);
  States reach();

  std::vector<State> states_;
  std::uint32_t start_ = 0;
  std::vector<std::uint32_t> seen_in_;  // by state: the set that it was last put into
  std::uint32_t set_ = 0;
  States open_;  // of close()
  std::uint64_t work_ = 0;
};

}  // namespace schoolgate::filter
