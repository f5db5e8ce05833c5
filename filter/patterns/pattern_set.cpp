// Three engines, because most of what lists write as regular expressions needs none.
//
//     expression ──take_apart()──┬─ names ────────────────→ the trie (pattern_rules.h)
//                                ├─ literals ───┐
//                                └─ the rest    │         ┌─────────────────────────────────────────────────┐
//                                    │ triggers ┴───────→ │ one database of literals, every name            │
//                                    │                    └──┬──────────────────────────┬───────────────────┘
//                                    │                       │ "-ads.example" at its end │ "casino" was seen
//                                    │                       ▼ matches                   ▼ ask that expression
//                                    ├─ with triggers ─────→ a database of each its own ─┐
//                                    └─ without ───────────→ one database, every name ───┼─→ matches, or is confirmed
//                                                            where Hyperscan refuses:    │   by PCRE2, in so many steps
//                                                            its prefilter mode ─────────┘
//
// Of the 7,678 public patterns at hand 5,683 are names, 519 names and literals, 512 literals; 847 have an engine, 326 of
// them PCRE2 after it; 17 of these are asked for every name; 117 are refused. Measured on 100,000 names of a day's mix, Hyperscan as it
// comes against this in the same run: 2,000 patterns 524 ns and 186 ns a name (0.35), all that it takes, 7,294, 1,600
// and 850 (0.54); compiling those 3.0 s and 0.7 s.
//
// A literal is looked for wherever it stands, and its place is checked by arithmetic: Hyperscan's literal matcher
// has no anchors, and its regular expression engine pays for them.
//
// Tried and left: the rest in one database for every name (430 ns of 524: most of the time goes to a few expressions
// like ^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$ that hold no text); the same, asked only when a literal was seen (280 ns: a third
// of all names hold "ad", "google" or "stat", and each paid for all); HS_FLAG_DOTALL, no HS_FLAG_SINGLEMATCH, no
// HS_FLAG_CASELESS (within 3 %); HS_FLAG_SINGLEMATCH on literals (the same, and larger).
#include "filter/patterns/pattern_set.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "filter/patterns/plan_octets.h"

namespace schoolgate::filter {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::uint32_t kNone = ~0u;

// What Hyperscan refuses as it is may do as a prefilter.
void choose_confirmed(PatternPlan& plan) {
  std::size_t confirmed = 0;
  for (PatternPlan::Expression& expression : plan.expressions) {
    if (!expression.fault.empty() || expression.parts.kind != PatternParts::Kind::kNeedsEngine) continue;
    auto fault = find_fault({expression.text, false});
    if (!fault) continue;
    expression.fault = *fault;
    if (find_fault({expression.text, true})) continue;
    const auto confirming = ConfirmingPattern::compile(expression.text);
    if (!confirming) continue;
    if (confirmed == PatternSet::kMaxConfirmed) {
      expression.fault = "over " + std::to_string(confirmed) + " patterns have look-around or back-references";
      continue;
    }
    expression.fault.clear();
    expression.is_confirmed = true;
    ++confirmed;
  }
}

// What the engine is given is bounded, in time and memory: the first come are taken.
void limit_work(PatternPlan& plan) {
  std::size_t work = 0, always = 0, always_size = 0;
  for (PatternPlan::Expression& expression : plan.expressions) {
    if (!expression.fault.empty() || expression.parts.kind != PatternParts::Kind::kNeedsEngine) continue;
    const std::size_t size = unrolled_size(expression.text);
    const bool is_always = expression.parts.triggers.empty();
    if (work + size * size > PatternSet::kMaxWork) {
      expression.fault = "with the patterns before it, it is more than can be compiled in good time";
    } else if (is_always && (always == PatternSet::kMaxAlways || always_size + size > PatternSet::kMaxAlwaysSize)) {
      expression.fault = "too many patterns have no text that a name must hold; give it some";
    } else {
      work += size * size;
      always += is_always ? 1 : 0;
      always_size += is_always ? size : 0;
    }
  }
}

// Leaves out what has a fault. Numbers become places among those taken.
PatternPlan without_refused(PatternPlan plan, std::vector<PatternSet::Refusal>& refused) {
  PatternPlan taken;
  for (PatternPlan::Expression& expression : plan.expressions) {
    if (expression.fault.empty()) {
      taken.expressions.push_back(std::move(expression));
      continue;
    }
    for (const std::uint32_t pattern : expression.patterns) refused.push_back({pattern, expression.fault});
  }
  const auto order = [](const PatternSet::Refusal& a, const PatternSet::Refusal& b) { return a.index < b.index; };
  std::sort(refused.begin(), refused.end(), order);
  for (PatternPlan::Expression& expression : taken.expressions) {
    for (std::uint32_t& pattern : expression.patterns) {
      const auto before = std::lower_bound(refused.begin(), refused.end(), PatternSet::Refusal{pattern, {}}, order);
      pattern -= static_cast<std::uint32_t>(before - refused.begin());
    }
  }
  return taken;
}

}  // namespace

// One name's way through the set.
class PatternSet::Walk {
 public:
  Walk(const PatternSet& set, std::string_view text, Scratch& scratch, Visit visit, void* context)
      : set_(set), text_(text), scratch_(scratch), visit_(visit), context_(context) {}

  void go() {
    begin();
    set_.literals_.scan(text_, scratch_.hyperscan_, &on_literal, this);
    ask(set_.always_);
    for (const std::uint32_t engine : scratch_.triggered_) ask(set_.triggered_[engine]);
  }

 private:
  void begin() {
    scratch_.triggered_.clear();
    if (++scratch_.scan_ != 0) return;
    std::fill(scratch_.seen_in_.begin(), scratch_.seen_in_.end(), 0);  // once in four thousand million names
    scratch_.scan_ = 1;
  }

  void trigger(std::uint32_t expression) {
    std::uint32_t& seen_in = scratch_.seen_in_[expression];
    if (seen_in == scratch_.scan_) return;
    seen_in = scratch_.scan_;
    scratch_.triggered_.push_back(set_.engine_of_[expression]);
  }

  void ask(const Engine& engine) {
    engine_ = &engine;
    engine.database.scan(text_, scratch_.hyperscan_, &on_expression, this);
  }

  // The numbers come from a database that may have been read from a file: each is checked.
  static void on_literal(std::uint32_t literal, std::size_t end, void* context) {
    Walk& walk = *static_cast<Walk*>(context);
    const PatternSet& set = walk.set_;
    if (literal >= set.literal_sizes_.size()) return;
    const std::size_t before = end - set.literal_sizes_[literal];
    const std::size_t after = walk.text_.size() - end;
    for (std::uint32_t i = set.first_use_[literal]; i < set.first_use_[literal + 1]; ++i) {
      const LiteralUse& use = set.uses_[i];
      if (!use.before.holds(before) || !use.after.holds(after)) continue;
      if (use.kind == LiteralUse::Kind::kTriggers) {
        walk.trigger(use.expression);
      } else {
        walk.tell(use.expression, Match::kYes);
      }
    }
  }

  static void on_expression(std::uint32_t number, std::size_t, void* context) {
    Walk& walk = *static_cast<Walk*>(context);
    if (number >= walk.engine_->expressions.size()) return;
    const std::uint32_t expression = walk.engine_->expressions[number];
    const std::uint32_t confirming = walk.set_.confirming_of_[expression];
    const std::optional<Match> match = confirming == kNone ? Match::kYes : walk.confirm(confirming);
    if (match) walk.tell(expression, *match);
  }

  std::optional<Match> confirm(std::uint32_t confirming) {
    const unsigned granted = std::max(kLeastSteps, std::min(kStepsPerPattern, steps_));
    unsigned left = granted;
    const auto answer = set_.confirming_[confirming].match(text_, scratch_.confirming_, left);
    steps_ -= std::min(steps_, granted - left);
    if (answer == ConfirmingPattern::Answer::kNo) return std::nullopt;
    if (answer == ConfirmingPattern::Answer::kYes) return Match::kYes;
    set_.overruns_[confirming].fetch_add(1, std::memory_order_relaxed);
    return Match::kPerhaps;
  }

  void tell(std::uint32_t expression, Match match) {
    for (const std::uint32_t pattern : set_.patterns_[expression]) visit_(pattern, match, context_);
  }

  const PatternSet& set_;
  std::string_view text_;
  Scratch& scratch_;
  Visit visit_;
  void* context_;
  const Engine* engine_ = nullptr;
  unsigned steps_ = kStepsPerName;
};

// Those that have a fault are told in the plan, and left out.
base::Result<PatternSet::Engine> PatternSet::compile_engine(PatternPlan& plan, std::vector<std::uint32_t> expressions) {
  while (true) {
    std::vector<HyperscanExpression> texts;
    for (const std::uint32_t number : expressions) {
      texts.push_back({plan.expressions[number].text, plan.expressions[number].is_confirmed});
    }
    std::vector<HyperscanDatabase::Fault> faults;
    auto database = HyperscanDatabase::of_expressions(texts, faults);
    if (!database) return database.error();
    if (faults.empty()) return Engine{std::move(*database), std::move(expressions)};
    for (const auto& fault : faults) plan.expressions[expressions[fault.place]].fault = fault.reason;
    std::erase_if(expressions, [&plan](std::uint32_t number) { return !plan.expressions[number].fault.empty(); });
  }
}

base::Result<std::vector<PatternSet::Engine>> PatternSet::compile_triggered(PatternPlan& plan, Databases known) {
  std::vector<Engine> engines;
  for (const std::uint32_t number : plan.engine_expressions(PatternPlan::Asked::kWhenTriggered)) {
    if (const auto found = known.find(plan.expressions[number].text); found != known.end()) {
      engines.push_back({std::move(found->second), {number}});
      continue;
    }
    auto engine = compile_engine(plan, {number});
    if (!engine) return engine.error();
    if (!engine->expressions.empty()) engines.push_back(std::move(*engine));
  }
  return engines;
}

base::Result<PatternSet::Engine> PatternSet::compile_always(PatternPlan& plan) {
  return compile_engine(plan, plan.engine_expressions(PatternPlan::Asked::kAlways));
}

// Everything but the databases.
void PatternSet::take(PatternPlan plan) {
  plan_ = encode_plan(plan);
  PatternPlan::Literals literals = plan.literals();
  for (const std::string& text : literals.texts) literal_sizes_.push_back(static_cast<std::uint32_t>(text.size()));
  first_use_ = std::move(literals.first_use);
  uses_ = std::move(literals.uses);
  engine_of_.assign(plan.expressions.size(), kNone);
  for (const std::uint32_t number : plan.engine_expressions(PatternPlan::Asked::kWhenTriggered)) {
    engine_of_[number] = static_cast<std::uint32_t>(triggered_.size());
    triggered_.push_back({HyperscanDatabase(), {number}});
    triggered_texts_.push_back(plan.expressions[number].text);
  }
  always_.expressions = plan.engine_expressions(PatternPlan::Asked::kAlways);
  for (PatternPlan::Expression& expression : plan.expressions) {
    patterns_.push_back(std::move(expression.patterns));
    confirming_of_.push_back(kNone);
    if (!expression.is_confirmed) continue;
    confirming_of_.back() = static_cast<std::uint32_t>(confirmed_texts_.size());
    confirmed_texts_.push_back(std::move(expression.text));
  }
}

base::Status PatternSet::confirm() {
  for (const std::string& text : confirmed_texts_) {
    auto compiled = ConfirmingPattern::compile(text);
    if (!compiled) return compiled.error();
    confirming_.push_back(std::move(*compiled));
  }
  overruns_ = std::make_unique<std::atomic<std::uint64_t>[]>(confirming_.size());
  return {};
}

base::Result<PatternSet> PatternSet::compile(const std::vector<std::string>& expressions,
                                             std::vector<Refusal>& refused) {
  return compile(expressions, refused, Databases());
}

base::Result<PatternSet> PatternSet::compile_fewer(const std::vector<std::string>& expressions,
                                                   std::vector<Refusal>& refused, PatternSet before) {
  Databases known;
  for (std::size_t i = 0; i < before.triggered_.size(); ++i) {
    known.emplace(std::move(before.triggered_texts_[i]), std::move(before.triggered_[i].database));
  }
  return compile(expressions, refused, std::move(known));
}

base::Result<PatternSet> PatternSet::compile(const std::vector<std::string>& expressions, std::vector<Refusal>& refused,
                                             Databases known) {
  PatternPlan plan = PatternPlan::of(expressions);
  choose_confirmed(plan);
  limit_work(plan);
  auto triggered = compile_triggered(plan, std::move(known));
  if (!triggered) return triggered.error();
  auto always = compile_always(plan);
  if (!always) return always.error();
  plan = without_refused(std::move(plan), refused);
  auto literals = HyperscanDatabase::of_literals(plan.literals().texts);
  if (!literals) return literals.error();
  PatternSet set;
  set.take(std::move(plan));
  set.literals_ = std::move(*literals);
  for (std::size_t i = 0; i < triggered->size(); ++i) {
    set.triggered_[i].database = std::move((*triggered)[i].database);
  }
  set.always_.database = std::move(always->database);
  if (const auto status = set.confirm(); !status) return status.error();
  return set;
}

base::Result<PatternSet> PatternSet::from_compiled(const std::vector<std::string>& expressions,
                                                   const CompiledView& compiled) {
  const auto damaged = [] { return Error(ErrorCode::kDamaged, "the compiled patterns are not those of the image"); };
  auto plan = read_plan(expressions, octets_of(compiled.plan));
  if (!plan) return damaged();
  PatternSet set;
  set.take(std::move(*plan));
  if (compiled.triggered.size() != set.triggered_.size()) return damaged();
  // A database that is missing would let names through in silence.
  const auto read = [&damaged](HyperscanDatabase& database, std::string_view octets, bool is_needed) -> base::Status {
    if (octets.empty() == is_needed) return damaged();
    auto taken = HyperscanDatabase::deserialise(octets);
    if (!taken) return taken.error();
    database = std::move(*taken);
    return {};
  };
  for (std::size_t i = 0; i < set.triggered_.size(); ++i) {
    const auto status = read(set.triggered_[i].database, compiled.triggered[i], true);
    if (!status) return status.error();
  }
  auto status = read(set.literals_, compiled.literals, !set.literal_sizes_.empty());
  if (status) status = read(set.always_.database, compiled.always, !set.always_.expressions.empty());
  if (status) status = set.confirm();
  if (!status) return status.error();
  return set;
}

base::Result<PatternSet::Compiled> PatternSet::compiled() const {
  Compiled made;
  made.plan = plan_;
  for (const Engine& engine : triggered_) {
    auto octets = engine.database.serialise();
    if (!octets) return octets.error();
    made.triggered.push_back(std::move(*octets));
  }
  auto literals = literals_.serialise();
  if (!literals) return literals.error();
  auto always = always_.database.serialise();
  if (!always) return always.error();
  made.literals = std::move(*literals);
  made.always = std::move(*always);
  return made;
}

base::Result<PatternSet::Scratch> PatternSet::make_scratch() const {
  Scratch made;
  made.seen_in_.resize(patterns_.size());
  made.triggered_.reserve(triggered_.size());
  auto status = literals_.make_room(made.hyperscan_);
  if (status) status = always_.database.make_room(made.hyperscan_);
  for (std::size_t i = 0; i < triggered_.size() && status; ++i) {
    status = triggered_[i].database.make_room(made.hyperscan_);
  }
  if (!status) return status.error();
  if (confirming_.empty()) return made;
  auto confirming = ConfirmingPattern::Scratch::make();
  if (!confirming) return confirming.error();
  made.confirming_ = std::move(*confirming);
  // PCRE2 takes its memory at the first match: not on the query path.
  unsigned steps = kLeastSteps;
  static_cast<void>(confirming_.front().match("example", made.confirming_, steps));
  return made;
}

void PatternSet::scan(std::string_view text, Scratch& scratch, Visit visit, void* context) const noexcept {
  Walk(*this, text, scratch, visit, context).go();
}

std::vector<PatternSet::Overrun> PatternSet::overruns() const {
  std::vector<Overrun> found;
  for (std::size_t expression = 0; expression < patterns_.size(); ++expression) {
    if (confirming_of_[expression] == kNone) continue;
    const std::uint64_t count = overruns_[confirming_of_[expression]].load(std::memory_order_relaxed);
    if (count == 0) continue;
    for (const std::uint32_t pattern : patterns_[expression]) found.push_back({pattern, count});
  }
  return found;
}

PatternSet::Shape PatternSet::shape() const {
  return {literal_sizes_.size(), triggered_.size(), always_.expressions.size(), confirming_.size()};
}

}  // namespace schoolgate::filter
