// What changes between two versions of a list: its rules, and which of some names it would begin or cease to block.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::lists {

struct ListText {
  std::string_view octets;
  std::string_view format;  // as in format.cpp; not "auto"
};

// Rules as the policy writes names: "x.example" covers itself and what is below it, "*.x.example" what is below it,
// "=x.example" itself; "/…/" is an expression; "@@" begins an exception. Each once, sorted; in lower case but for expressions.
// REQUIRES: a known format.
std::vector<std::string> rules_of(const ListText& list);

struct VersionDifference {
  std::vector<std::string> added, removed;  // sorted
};
VersionDifference difference(const ListText& before, const ListText& after);

// What the filter would say of a name by either version alone. Not thread-safe.
class BothVersions {
 public:
  // Builds an image of each, in a temporary folder that is gone when this returns.
  static base::Result<BothVersions> build(const ListText& before, const ListText& after);
  ~BothVersions();
  BothVersions(BothVersions&&) noexcept;

  struct Blocked {
    bool before = false, after = false;
    bool changes() const { return before != after; }
  };
  Blocked blocked(const dns::Name& lower_name);

 private:
  struct Listed;
  BothVersions(std::unique_ptr<Listed> before, std::unique_ptr<Listed> after);
  std::unique_ptr<Listed> before_, after_;
};

}  // namespace schoolgate::lists
