// BulkCheck: what becomes of many names, a line each, for previews, statistics of lists and support: millions of names a
// second, where check() explains one.
//
//     www.bet365.com      blocked   gambling    gambling,tracking        name, verdict, what decided, its tags; by tabs
//     bbc.co.uk           allowed   otherwise   -
//     not a name          invalid   -           -
//
// What decided is the category, or else the step: "name-rule", "otherwise". Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "filter/classifier.h"
#include "policy/policy.h"

namespace schoolgate::policy {

class BulkCheck {
 public:
  enum class Form { kTabs, kJson };  // kJson: an object a line: name, verdict, category, decided_by (the step), tags

  struct Parts {
    std::shared_ptr<const Policy> policy;
    std::shared_ptr<const filter::Image> image;
    std::shared_ptr<const filter::Overlay> local_rules;
  };

  static base::Result<BulkCheck> make(Parts parts, GroupNumber group, Form form);

  // Appends the line of a name as it was written, with or without the final dot. Nothing for an empty one.
  void check(std::string_view written, std::string& out);
  std::uint64_t names() const { return names_; }

 private:
  struct Outcome {
    filter::TagSet tags;
    Verdict verdict;
    bool operator==(const Outcome& other) const;
  };
  struct Hash {
    std::size_t operator()(const Outcome& outcome) const noexcept;
  };

  BulkCheck(Parts parts, filter::Image::Scratch scratch, GroupNumber group, Form form);
  std::string text_of(const Outcome& outcome) const;
  void append_invalid(std::string_view written, std::string& out) const;

  Parts parts_;
  filter::Image::Scratch scratch_;
  GroupNumber group_;
  Form form_;
  std::uint64_t names_ = 0;
  std::unordered_map<Outcome, std::string, Hash> texts_;  // what follows the name; most names share a few
};

}  // namespace schoolgate::policy
