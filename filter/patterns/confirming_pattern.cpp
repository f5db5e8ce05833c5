#include "filter/patterns/confirming_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <utility>

namespace schoolgate::filter {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::uint32_t kOptions = PCRE2_CASELESS | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_NEVER_UTF |
                                   PCRE2_NEVER_UCP | PCRE2_AUTO_CALLOUT;
constexpr std::size_t kMaxExpressionOctets = 10000;
constexpr std::uint32_t kMaxNesting = 100;
// From each place where a match may start; the steps bound all of them together.
constexpr std::uint32_t kMatchLimit = 100000;
constexpr std::uint32_t kDepthLimit = 5000;
constexpr std::uint32_t kHeapLimitKibibytes = 256;

Error no_memory() { return Error(ErrorCode::kUnavailable, "no memory for patterns that PCRE2 confirms"); }

int count_step(pcre2_callout_block*, void* steps) {
  unsigned& left = *static_cast<unsigned*>(steps);
  if (left == 0) return PCRE2_ERROR_CALLOUT;
  --left;
  return 0;
}

template <auto kFree>
struct FreeBy {
  template <class T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};

}  // namespace

struct ConfirmingPattern::Scratch::Impl {
  // One pair of offsets: that it matched is all we ask.
  std::unique_ptr<pcre2_match_data, FreeBy<pcre2_match_data_free>> found{pcre2_match_data_create(1, nullptr)};
  std::unique_ptr<pcre2_match_context, FreeBy<pcre2_match_context_free>> limits{pcre2_match_context_create(nullptr)};
  unsigned steps = 0;
};

ConfirmingPattern::Scratch::Scratch() = default;
ConfirmingPattern::Scratch::~Scratch() = default;
ConfirmingPattern::Scratch::Scratch(Scratch&&) noexcept = default;
ConfirmingPattern::Scratch& ConfirmingPattern::Scratch::operator=(Scratch&&) noexcept = default;

base::Result<ConfirmingPattern::Scratch> ConfirmingPattern::Scratch::make() {
  Scratch made;
  made.impl_ = std::make_unique<Impl>();
  if (made.impl_->found == nullptr || made.impl_->limits == nullptr) return no_memory();
  pcre2_match_context* limits = made.impl_->limits.get();
  pcre2_set_match_limit(limits, kMatchLimit);
  pcre2_set_depth_limit(limits, kDepthLimit);
  pcre2_set_heap_limit(limits, kHeapLimitKibibytes);
  pcre2_set_callout(limits, &count_step, &made.impl_->steps);
  return made;
}

void ConfirmingPattern::Free::operator()(pcre2_real_code_8* code) const { pcre2_code_free(code); }

base::Result<ConfirmingPattern> ConfirmingPattern::compile(const std::string& expression) {
  const std::unique_ptr<pcre2_compile_context, FreeBy<pcre2_compile_context_free>> limits(
      pcre2_compile_context_create(nullptr));
  if (limits == nullptr) return no_memory();
  pcre2_set_max_pattern_length(limits.get(), kMaxExpressionOctets);
  pcre2_set_parens_nest_limit(limits.get(), kMaxNesting);
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(), kOptions, &error,
                                   &at, limits.get());
  if (code != nullptr) return ConfirmingPattern(code);
  std::array<PCRE2_UCHAR, 256> words{};
  pcre2_get_error_message(error, words.data(), words.size());
  return Error(ErrorCode::kInvalid,
               std::string(reinterpret_cast<const char*>(words.data())) + " at character " + std::to_string(at + 1));
}

ConfirmingPattern::Answer ConfirmingPattern::match(std::string_view text, const Scratch& scratch,
                                                   unsigned& steps) const noexcept {
  Scratch::Impl& impl = *scratch.impl_;
  impl.steps = steps;
  const int found = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                                impl.found.get(), impl.limits.get());
  steps = impl.steps;
  if (found >= 0) return Answer::kYes;
  return found == PCRE2_ERROR_NOMATCH ? Answer::kNo : Answer::kOverrun;
}

}  // namespace schoolgate::filter
