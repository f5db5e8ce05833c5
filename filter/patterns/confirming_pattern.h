// A regular expression with look-around or back-references: Hyperscan finds the names that may match, PCRE2 confirms. These
// two files alone know PCRE2.
//
// Such an expression may take for ever on a name made for it. PCRE2 counts the items that it tries, and stops at a limit.
// Its own match limit begins anew at each place of the text where a match may start, so it bounds no name; a callout before
// each item does. PCRE2's interpreter, not its compiler: hardened systems forbid memory that is both written and run.
//
// Thread contract: a ConfirmingPattern is immutable; each thread has its own Scratch.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;

namespace schoolgate::filter {

class ConfirmingPattern {
 public:
  // kOverrun: the steps did not suffice to tell.
  enum class Answer { kNo, kYes, kOverrun };

  class Scratch {
   public:
    Scratch();  // holds no memory yet
    ~Scratch();
    Scratch(Scratch&&) noexcept;
    Scratch& operator=(Scratch&&) noexcept;
    static base::Result<Scratch> make();

   private:
    friend class ConfirmingPattern;
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

  // kInvalid with PCRE2's reason.
  static base::Result<ConfirmingPattern> compile(const std::string& expression);

  // Takes what it needs from `steps`. Allocates only where a name needs more memory than any before it, up to 256 KiB.
  // REQUIRES: a scratch of make().
  Answer match(std::string_view text, const Scratch& scratch, unsigned& steps) const noexcept;

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const;
  };
  explicit ConfirmingPattern(pcre2_real_code_8* code) : code_(code) {}
  std::unique_ptr<pcre2_real_code_8, Free> code_;
};

}  // namespace schoolgate::filter
