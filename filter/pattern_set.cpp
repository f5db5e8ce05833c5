#include "filter/pattern_set.h"

#include <hs.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <numeric>
#include <optional>

namespace schoolgate::filter {
namespace {

using base::Error;
using base::ErrorCode;

constexpr unsigned kFlags = HS_FLAG_SINGLEMATCH | HS_FLAG_CASELESS;
// The longest text of a name has 1,003 characters. Counted repeats that reach far beyond it make Hyperscan compile for
// minutes, and can match nothing more than * and + would.
constexpr unsigned kMaxReach = 4000;
constexpr unsigned kNoBound = ~0u;  // what hs_expr_info says for * and +

Error hyperscan_error(std::string_view doing, std::string_view why) {
  return Error(ErrorCode::kUnavailable, std::string(doing) + ": " + std::string(why));
}

Error hyperscan_error(std::string_view doing, hs_error_t error) {
  return hyperscan_error(doing, error == HS_NOMEM        ? "no memory"
                                : error == HS_ARCH_ERROR ? "this processor has no SSSE3"
                                                         : "Hyperscan error " + std::to_string(error));
}

std::string words_of(const hs_compile_error_t& error) {
  const std::string_view message = error.message;
  if (message.starts_with("Pattern matches empty buffer")) return "it matches the empty text, and so every name";
  return std::string(message);
}

// Why one expression cannot be taken, before all are compiled together; nullopt when it looks well.
std::optional<std::string> fault_of(const std::string& expression) {
  if (expression.empty()) return "it is empty";
  if (expression.find('\0') != std::string::npos) return "it holds a NUL; write \\x00";
  hs_expr_info_t* found = nullptr;
  hs_compile_error_t* error = nullptr;
  std::optional<std::string> fault;
  if (hs_expression_info(expression.c_str(), kFlags, &found, &error) != HS_SUCCESS) fault = words_of(*error);
  if (found != nullptr && found->max_width != kNoBound && found->max_width > kMaxReach) {
    fault = "its counted repeats reach over more than a name can hold; write * or +";
  }
  std::free(found);
  hs_free_compile_error(error);
  return fault;
}

// One try at all expressions left. On failure `culprit` is the one to leave out, by its place among them.
struct Attempt {
  hs_database_t* database = nullptr;
  std::size_t culprit = 0;
  std::string reason;
};

Attempt attempt(const std::vector<std::string>& expressions, const std::vector<std::size_t>& left) {
  std::vector<const char*> texts;
  for (const std::size_t index : left) texts.push_back(expressions[index].c_str());
  const std::vector<unsigned> flags(left.size(), kFlags);
  std::vector<unsigned> numbers(left.size());
  std::iota(numbers.begin(), numbers.end(), 0u);
  Attempt made;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(texts.data(), flags.data(), numbers.data(), static_cast<unsigned>(left.size()), HS_MODE_BLOCK,
                       nullptr, &made.database, &error) == HS_SUCCESS) {
    return made;
  }
  made.reason = words_of(*error);
  if (error->expression >= 0) {
    made.culprit = static_cast<std::size_t>(error->expression);
  } else {  // together they are too large: the longest has the greatest part in it
    const auto shorter = [&](std::size_t a, std::size_t b) { return expressions[a].size() < expressions[b].size(); };
    made.culprit = static_cast<std::size_t>(std::max_element(left.begin(), left.end(), shorter) - left.begin());
  }
  hs_free_compile_error(error);
  return made;
}

struct Visitor {
  PatternSet::Visit visit;
  void* context;
};

int on_match(unsigned pattern, unsigned long long, unsigned long long, unsigned, void* context) {
  const auto* visitor = static_cast<const Visitor*>(context);
  visitor->visit(pattern, visitor->context);
  return 0;
}

}  // namespace

void PatternSet::Free::operator()(hs_database* database) const { hs_free_database(database); }

void PatternSet::Scratch::Free::operator()(hs_scratch* scratch) const { hs_free_scratch(scratch); }

std::string PatternSet::platform() {
  hs_platform_info_t processor{};
  if (hs_populate_platform(&processor) != HS_SUCCESS) return hs_version();
  return std::string(hs_version()) + " tune " + std::to_string(processor.tune) + " features " +
         std::to_string(processor.cpu_features);
}

base::Result<PatternSet> PatternSet::compile(const std::vector<std::string>& expressions,
                                             std::vector<Refusal>& refused) {
  if (const hs_error_t error = hs_valid_platform(); error != HS_SUCCESS) {
    return hyperscan_error("cannot compile patterns", error);
  }
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    if (auto fault = fault_of(expressions[i])) {
      refused.push_back({i, std::move(*fault)});
    } else {
      left.push_back(i);
    }
  }
  Database database;
  while (!left.empty() && database == nullptr) {
    Attempt made = attempt(expressions, left);
    database.reset(made.database);
    if (database != nullptr) break;
    refused.push_back({left[made.culprit], std::move(made.reason)});
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(made.culprit));
  }
  std::sort(refused.begin(), refused.end(), [](const Refusal& a, const Refusal& b) { return a.index < b.index; });
  return PatternSet(std::move(database));
}

base::Result<PatternSet> PatternSet::deserialise(std::string_view octets) {
  hs_database_t* database = nullptr;
  const hs_error_t error = hs_deserialize_database(octets.data(), octets.size(), &database);
  if (error != HS_SUCCESS) return hyperscan_error("cannot take a compiled pattern set", error);
  return PatternSet(Database(database));
}

base::Result<std::string> PatternSet::serialise() const {
  if (database_ == nullptr) return std::string();
  char* octets = nullptr;
  std::size_t size = 0;
  const hs_error_t error = hs_serialize_database(database_.get(), &octets, &size);
  if (error != HS_SUCCESS) return hyperscan_error("cannot write a compiled pattern set", error);
  const std::unique_ptr<char, decltype(&std::free)> owner(octets, &std::free);
  return std::string(octets, size);
}

base::Result<PatternSet::Scratch> PatternSet::make_scratch() const {
  Scratch made;
  if (database_ == nullptr) return made;
  hs_scratch_t* scratch = nullptr;
  const hs_error_t error = hs_alloc_scratch(database_.get(), &scratch);
  if (error != HS_SUCCESS) return hyperscan_error("cannot make scratch for patterns", error);
  made.scratch_.reset(scratch);
  return made;
}

void PatternSet::scan(std::string_view text, const Scratch& scratch, Visit visit, void* context) const noexcept {
  if (database_ == nullptr) return;
  Visitor visitor{visit, context};
  [[maybe_unused]] const hs_error_t error = hs_scan(database_.get(), text.data(), static_cast<unsigned>(text.size()), 0,
                                                    scratch.scratch_.get(), &on_match, &visitor);
  assert(error == HS_SUCCESS);  // fails only for a scratch of another set, or one in use
}

}  // namespace schoolgate::filter
