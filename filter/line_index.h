// LineIndex: every name rule with its line, found by the key of the rule's name. PATH.lines; only explain() reads it.
//
//     places:   u64 each, where a rule's record begins, in the order of the rules' keys: found by binary search
//     records:  key size u8 | marks u8 | list u16 | line u32 | text size u32 | key | text
//     marks:    bits 0-1 reach · bit 2 exception · bit 3 the text is the name, and not written
//
// Thread contract: LineIndex is immutable and may be read by any number of threads; safe over any octets. The file is
// mapped when the image is opened, so that a build in between does not part them, and verified at the first look.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "filter/mapping.h"
#include "filter/rule_store.h"
#include "filter/sectioned_file.h"

namespace schoolgate::filter {

struct LineRecord {
  ListNumber list = 0;
  Reach reach = Reach::kBoth;
  Exception exception = Exception::kNo;
  std::uint32_t line = 0;
  std::string text;
};

// REQUIRES: sorted rules. `image` is the digest of the image they became.
std::string encode_lines(std::span<const NameRule> rules, const Digest& image);

class LineIndex {
 public:
  // kDamaged when the header is wrong or names another image than `image`.
  static base::Result<std::unique_ptr<LineIndex>> open(Mapping mapping, const std::string& path, const Digest& image,
                                                       Checksums checksums);

  // The rules on exactly this name, by list and line.
  base::Result<std::vector<LineRecord>> find(std::string_view key) const;

 private:
  LineIndex(Mapping mapping, SectionedFile file);
  const base::Status& verified() const;
  std::size_t size() const;
  std::size_t first_not_before(std::string_view key) const;
  Octets record(std::size_t index) const;
  std::string_view key_of(std::size_t index) const;

  Mapping mapping_;
  SectionedFile file_;
  mutable std::once_flag verify_once_;
  mutable base::Status verified_;  // by verify_once_
};

}  // namespace schoolgate::filter
