// BulkCheck: what becomes of many names, a line each, for previews, statistics of lists and support: millions of names a
// second, where check() explains one.
//
//     www.bet365.com      blocked   gambling    gambling,tracking        name, verdict, what decided, its tags; by tabs
//     bbc.co.uk           allowed   otherwise   -
//     10.0.0.1            invalid   is an address, and should be a domain name                   -
//
// What decided is the category, or else the step: "name-rule", "otherwise". Names are looked up many together
// (Image::classify()). Not thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "filter/classifier.h"
#include "policy/policy.h"

namespace schoolgate::policy {

class BulkCheck {
 public:
  // kJson: an object a line: name, verdict, category, decided_by (the step), tags; and `error` if it is no name.
  enum class Form { kTabs, kJson };

  struct Parts {
    std::shared_ptr<const Policy> policy;
    std::shared_ptr<const filter::Image> image;
    std::shared_ptr<const filter::Overlay> local_rules;
  };

  static base::Result<BulkCheck> make(Parts parts, GroupNumber group, Form form);

  // Takes a name as it was written: bare, or an address to click on. Its line is appended now or with a later one, in the order
  // of the names. Nothing for an empty one. REQUIRES: finish() after the last.
  void add(std::string_view written, std::string& out);
  // Appends the lines that are still to come.
  void finish(std::string& out);

 private:
  static constexpr std::size_t kMostWaiting = 64;
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
  void append_line(const dns::Name& name, const filter::TagSet& tags, std::string& out);
  void append_invalid(std::string_view written, const std::string& why, std::string& out) const;

  Parts parts_;
  filter::Image::Scratch scratch_;
  GroupNumber group_;
  Form form_;
  std::vector<dns::Name> waiting_;
  std::unordered_map<Outcome, std::string, Hash> texts_;  // what follows the name; most names share a few
};

}  // namespace schoolgate::policy
