// Any expressions and names, a line each; a name has a '=' in front. Compiling ends in bounded time, and the set answers as
// each expression would by itself: as PCRE2 for what is taken apart or confirmed by it, as Hyperscan for the rest.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filter/patterns/name_text.h"
#include "filter/patterns/pattern_set.h"
#include "tests/fuzz/expect.h"

using namespace schoolgate;

namespace {

constexpr std::size_t kMaxExpressions = 6, kMaxNames = 12;
constexpr unsigned kSteps = 20'000;  // so many may be tried by one who has no set around it

struct Input {
  std::vector<std::string> expressions;
  std::vector<dns::Name> names;
};

Input parse(std::string_view text) {
  Input input;
  for (const char* name : {"a", "ads.example", "x-ads.example", "www.ads1.com", "a.b.c.d", "aaaaaaaa.aaaaaaaa"}) {
    input.names.push_back(*dns::Name::parse(name));
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('=')) {
      const auto name = dns::Name::parse(line.substr(1));
      if (name && !name->is_root() && input.names.size() < kMaxNames) input.names.push_back(name->lowered());
    } else if (input.expressions.size() < kMaxExpressions) {
      input.expressions.emplace_back(line);
    }
  }
  return input;
}

bool has_name(const filter::PatternParts& parts, const dns::Name& name) {
  return std::any_of(parts.names.begin(), parts.names.end(), [&name](const filter::NamePart& part) {
    if (name == part.name) return part.reach != filter::Reach::kSubdomains;
    return part.reach != filter::Reach::kExact && name.is_at_or_below(part.name);
  });
}

// One expression by itself.
class Oracle {
 public:
  explicit Oracle(const std::string& expression) : parts_(filter::take_apart(expression)) {
    if (parts_.kind == filter::PatternParts::Kind::kNeedsEngine && !filter::find_fault({expression, false})) {
      std::vector<filter::HyperscanDatabase::Fault> faults;
      hyperscan_ = std::move(*filter::HyperscanDatabase::of_expressions({{expression, false}}, faults));
      EXPECT_ALWAYS(hyperscan_.make_room(room_).has_value());
    } else if (auto pattern = filter::ConfirmingPattern::compile(expression)) {
      pcre_.emplace(std::move(*pattern));
    }
  }

  // nullopt when it cannot say.
  std::optional<bool> answer(std::string_view text) const {
    if (!hyperscan_.empty()) {
      bool found = false;
      const auto visit = [](std::uint32_t, std::size_t, void* into) { *static_cast<bool*>(into) = true; };
      hyperscan_.scan(text, room_, visit, &found);
      return found;
    }
    if (!pcre_) return std::nullopt;
    static const auto kScratch = filter::ConfirmingPattern::Scratch::make();
    unsigned steps = kSteps;
    const auto answer = pcre_->match(text, *kScratch, steps);
    if (answer == filter::ConfirmingPattern::Answer::kOverrun) return std::nullopt;
    return answer == filter::ConfirmingPattern::Answer::kYes;
  }
  const filter::PatternParts& parts() const { return parts_; }

 private:
  filter::PatternParts parts_;
  filter::HyperscanDatabase hyperscan_;
  filter::HyperscanScratch room_;
  std::optional<filter::ConfirmingPattern> pcre_;
};

void check(const filter::PatternSet& set, filter::PatternSet::Scratch& scratch, const std::vector<Oracle>& oracles,
           const dns::Name& name) {
  const filter::NameText text(name);
  std::vector<bool> found(oracles.size());
  const auto visit = [](std::uint32_t pattern, filter::PatternSet::Match, void* into) {
    auto& hits = *static_cast<std::vector<bool>*>(into);
    EXPECT_ALWAYS(pattern < hits.size());
    hits[pattern] = true;
  };
  set.scan(text.view(), scratch, visit, &found);
  for (std::size_t i = 0; i < oracles.size(); ++i) {
    const auto right = oracles[i].answer(text.view());
    if (right) EXPECT_ALWAYS((found[i] || has_name(oracles[i].parts(), name)) == *right);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  Input input = parse({reinterpret_cast<const char*>(octets), size});
  std::vector<filter::PatternSet::Refusal> refused;
  const auto set = filter::PatternSet::compile(input.expressions, refused);
  EXPECT_ALWAYS(set.has_value());
  for (auto refusal = refused.rbegin(); refusal != refused.rend(); ++refusal) {
    EXPECT_ALWAYS(!refusal->reason.empty());
    input.expressions.erase(input.expressions.begin() + static_cast<std::ptrdiff_t>(refusal->index));
  }
  auto scratch = set->make_scratch();
  EXPECT_ALWAYS(scratch.has_value());
  const std::vector<Oracle> oracles(input.expressions.begin(), input.expressions.end());
  for (const dns::Name& name : input.names) check(*set, *scratch, oracles, name);
  return 0;
}
