#include "filter/patterns/hyperscan.h"

#include <hs.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <numeric>

namespace schoolgate::filter {
namespace {

using base::Error;
using base::ErrorCode;

// HS_FLAG_SINGLEMATCH: that an expression matched is all we ask. HS_FLAG_CASELESS: names have no case (RFC 4343), whatever
// the expression is written in. HS_FLAG_DOTALL would change nothing, no text of a name holds a line's end, and is no faster.
constexpr unsigned kFlags = HS_FLAG_SINGLEMATCH | HS_FLAG_CASELESS;
constexpr unsigned kPrefilterFlags = kFlags | HS_FLAG_PREFILTER | HS_FLAG_ALLOWEMPTY;
// The longest text of a name has 1,003 characters. Counted repeats that reach far beyond it make Hyperscan compile for
// minutes, and can match nothing more than * and + would.
constexpr unsigned kMaxReach = 4000;
constexpr unsigned kNoBound = ~0u;  // what hs_expr_info says for * and +
// Of one expression, see unrolled_size(): a second or so to compile.
constexpr std::size_t kMaxUnrolled = 2000;

unsigned flags_of(const HyperscanExpression& expression) { return expression.is_prefilter ? kPrefilterFlags : kFlags; }

Error hyperscan_error(std::string_view doing, hs_error_t error) {
  const std::string why = error == HS_NOMEM        ? "no memory"
                          : error == HS_ARCH_ERROR ? "this processor has no SSSE3"
                                                   : "Hyperscan error " + std::to_string(error);
  return Error(ErrorCode::kUnavailable, std::string(doing) + ": " + why);
}

std::string words_of(const hs_compile_error_t& error) {
  const std::string_view message = error.message;
  if (message.starts_with("Pattern matches empty buffer")) return "it matches the empty text, and so every name";
  return std::string(message);
}

// The number in "{n" or "{n,m", the greater one; 1 when it is no counted repeat.
std::size_t count_at(std::string_view text, std::size_t at) {
  std::size_t greatest = 0, number = 0;
  for (std::size_t i = at + 1; i < text.size() && number < kMaxUnrolled; ++i) {
    if (text[i] == '}') return std::max<std::size_t>({greatest, number, 1});
    if (text[i] == ',') {
      greatest = number;
      number = 0;
    } else if (text[i] >= '0' && text[i] <= '9') {
      number = number * 10 + static_cast<std::size_t>(text[i] - '0');
    } else {
      return 1;
    }
  }
  return std::max(greatest, number);
}

struct Visitor {
  HyperscanDatabase::Visit visit;
  void* context;
};

int on_match(unsigned number, unsigned long long, unsigned long long end, unsigned, void* context) {
  const auto* visitor = static_cast<const Visitor*>(context);
  visitor->visit(number, static_cast<std::size_t>(end), visitor->context);
  return 0;
}

struct Compiled {
  hs_database_t* database = nullptr;
  std::optional<HyperscanDatabase::Fault> fault;  // its place is npos when it is nobody's alone
};

Compiled compile(const std::vector<const HyperscanExpression*>& expressions) {
  std::vector<const char*> texts;
  std::vector<unsigned> flags;
  for (const HyperscanExpression* expression : expressions) {
    texts.push_back(expression->text.c_str());
    flags.push_back(flags_of(*expression));
  }
  std::vector<unsigned> numbers(expressions.size());
  std::iota(numbers.begin(), numbers.end(), 0u);
  Compiled made;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(texts.data(), flags.data(), numbers.data(), static_cast<unsigned>(texts.size()), HS_MODE_BLOCK,
                       nullptr, &made.database, &error) != HS_SUCCESS) {
    const bool is_of_one = error->expression >= 0;
    made.fault = {is_of_one ? static_cast<std::size_t>(error->expression) : std::string::npos, words_of(*error)};
    hs_free_compile_error(error);
  }
  return made;
}

// Each by itself: a refusal costs one small compilation of every expression, not a large one of all for each culprit.
void find_faults(const std::vector<HyperscanExpression>& expressions, std::vector<HyperscanDatabase::Fault>& faults) {
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    Compiled made = compile({&expressions[i]});
    hs_free_database(made.database);
    if (made.fault) faults.push_back({i, std::move(made.fault->reason)});
  }
}

base::Status check_platform() {
  const hs_error_t error = hs_valid_platform();
  if (error != HS_SUCCESS) return hyperscan_error("cannot compile patterns", error);
  return {};
}

}  // namespace

void HyperscanDatabase::Free::operator()(hs_database* database) const { hs_free_database(database); }

void HyperscanScratch::Free::operator()(hs_scratch* scratch) const { hs_free_scratch(scratch); }

// Knows no more of the syntax than it needs: groups, classes, escapes and counts.
std::size_t unrolled_size(std::string_view text) {
  std::vector<std::size_t> open = {0};  // of each open group, what is in it so far
  std::size_t last = 0;                 // the item at hand, which is counted in its group already
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') {
      const std::size_t count = count_at(text, i);
      open.back() = std::min(open.back() + last * (count - 1), kMaxUnrolled + 1);
      last = std::min(last * count, kMaxUnrolled + 1);
    } else if (text[i] == '(') {
      open.push_back(0);
    } else if (text[i] == ')' && open.size() > 1) {
      last = open.back();
      open.pop_back();
      open.back() += last;
    } else {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == '[') {
        i = std::min(text.find(']', i + 2), text.size());
      }
      last = 1;
      ++open.back();
    }
  }
  return std::accumulate(open.begin(), open.end(), std::size_t{0});
}

std::optional<std::string> find_fault(const HyperscanExpression& expression) {
  if (expression.text.find('\0') != std::string::npos) return "it holds a NUL; write \\x00";
  if (unrolled_size(expression.text) > kMaxUnrolled) return "its counted repeats are too large; write * or +";
  hs_expr_info_t* found = nullptr;
  hs_compile_error_t* error = nullptr;
  std::optional<std::string> fault;
  if (hs_expression_info(expression.text.c_str(), flags_of(expression), &found, &error) != HS_SUCCESS) {
    fault = words_of(*error);
  }
  if (found != nullptr && found->max_width != kNoBound && found->max_width > kMaxReach) {
    fault = "its counted repeats reach over more than a name can hold; write * or +";
  }
  std::free(found);
  hs_free_compile_error(error);
  return fault;
}

std::string HyperscanDatabase::platform() {
  hs_platform_info_t processor{};
  if (hs_populate_platform(&processor) != HS_SUCCESS) return hs_version();
  return std::string(hs_version()) + " tune " + std::to_string(processor.tune) + " features " +
         std::to_string(processor.cpu_features);
}

base::Result<HyperscanDatabase> HyperscanDatabase::of_literals(const std::vector<std::string>& literals) {
  if (const auto status = check_platform(); !status) return status.error();
  if (literals.empty()) return HyperscanDatabase();
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const std::string& literal : literals) {
    texts.push_back(literal.data());
    lengths.push_back(literal.size());
  }
  const std::vector<unsigned> flags(literals.size(), 0);
  std::vector<unsigned> numbers(literals.size());
  std::iota(numbers.begin(), numbers.end(), 0u);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_lit_multi(texts.data(), flags.data(), numbers.data(), lengths.data(),
                           static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &database,
                           &error) != HS_SUCCESS) {
    const Error why(ErrorCode::kUnavailable, "cannot compile the literals of patterns: " + words_of(*error));
    hs_free_compile_error(error);
    return why;
  }
  return HyperscanDatabase(database);
}

base::Result<HyperscanDatabase> HyperscanDatabase::of_expressions(const std::vector<HyperscanExpression>& expressions,
                                                                  std::vector<Fault>& faults) {
  if (const auto status = check_platform(); !status) return status.error();
  if (expressions.empty()) return HyperscanDatabase();
  std::vector<const HyperscanExpression*> all;
  for (const HyperscanExpression& expression : expressions) all.push_back(&expression);
  Compiled made = compile(all);
  if (!made.fault) return HyperscanDatabase(made.database);
  find_faults(expressions, faults);
  if (faults.empty()) {  // together they are too large: the longest has the greatest part in it
    const auto shorter = [](const HyperscanExpression& a, const HyperscanExpression& b) {
      return a.text.size() < b.text.size();
    };
    const auto longest = std::max_element(expressions.begin(), expressions.end(), shorter);
    faults.push_back({static_cast<std::size_t>(longest - expressions.begin()), std::move(made.fault->reason)});
  }
  return HyperscanDatabase();
}

base::Result<HyperscanDatabase> HyperscanDatabase::deserialise(std::string_view octets) {
  if (octets.empty()) return HyperscanDatabase();
  hs_database_t* database = nullptr;
  const hs_error_t error = hs_deserialize_database(octets.data(), octets.size(), &database);
  if (error != HS_SUCCESS) return hyperscan_error("cannot take a compiled pattern set", error);
  return HyperscanDatabase(database);
}

base::Result<std::string> HyperscanDatabase::serialise() const {
  if (database_ == nullptr) return std::string();
  char* octets = nullptr;
  std::size_t size = 0;
  const hs_error_t error = hs_serialize_database(database_.get(), &octets, &size);
  if (error != HS_SUCCESS) return hyperscan_error("cannot write a compiled pattern set", error);
  const std::unique_ptr<char, decltype(&std::free)> owner(octets, &std::free);
  return std::string(octets, size);
}

base::Status HyperscanDatabase::make_room(HyperscanScratch& scratch) const {
  if (database_ == nullptr) return {};
  hs_scratch_t* room = scratch.scratch_.release();
  const hs_error_t error = hs_alloc_scratch(database_.get(), &room);
  scratch.scratch_.reset(room);
  if (error != HS_SUCCESS) return hyperscan_error("cannot make scratch for patterns", error);
  return {};
}

void HyperscanDatabase::scan(std::string_view text, const HyperscanScratch& scratch, Visit visit,
                             void* context) const noexcept {
  if (database_ == nullptr) return;
  Visitor visitor{visit, context};
  [[maybe_unused]] const hs_error_t error = hs_scan(database_.get(), text.data(), static_cast<unsigned>(text.size()), 0,
                                                    scratch.scratch_.get(), &on_match, &visitor);
  assert(error == HS_SUCCESS);  // fails only for a scratch of another set, or one in use
}

}  // namespace schoolgate::filter
