// LineIndex: every name rule with its line, found by the key of the rule's name. PATH.lines; only explain() reads it.
//
//     blocks:   rules one after the other, in the order of their keys
//     places:   where each block of 32 rules begins u64, and its checksum u32
//     rule:     see rule_line.h; without the answer, and with its whole key where it is a block's first
//     frames:   of the lines, see line_frame.h
//
// A look finds the block by its first key, and goes through that block and those after it: rules of one name may fill many.
// Only the places, the frames and the blocks gone through are verified: a hundred megabytes would take a tenth of a second.
//
// Thread contract: LineIndex is immutable and may be read by any number of threads; safe over any octets. The file is
// mapped when the image is opened, so that a build in between does not part them.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "filter/file/mapping.h"
#include "filter/file/sectioned_file.h"
#include "filter/rules/rule_line.h"

namespace schoolgate::filter {

struct LineRecord {
  ListNumber list = 0;
  Reach reach = Reach::kBoth;
  Exception exception = Exception::kNo;
  std::uint32_t line = 0;
  std::string text;
};

class LineIndexBuilder {
 public:
  LineIndexBuilder();
  LineIndexBuilder(const LineIndexBuilder&) = delete;
  LineIndexBuilder& operator=(const LineIndexBuilder&) = delete;
  // So many rules, of so many octets together where they come from: takes the memory at once, since growing would need twice as
  // much for a moment. What is not needed of it is never touched.
  void expect(std::size_t rules, std::size_t octets);
  // REQUIRES: in the order of their keys, and then of list and line.
  void add(std::string_view key, const RuleLine& rule);
  // `image` is the digest of the image that they became.
  std::string finish(const Digest& image, const LineFrameInterner& frames) &&;

 private:
  void end_block();
  SectionWriter writer_;
  std::string& blocks_;
  const std::size_t start_;  // of the first block
  std::size_t block_start_;
  std::size_t in_block_ = 0;
  std::string places_;
  std::string before_;  // the key of the rule before
};

class LineIndex {
 public:
  // kDamaged when the header is wrong or names another image than `image`.
  static base::Result<std::unique_ptr<LineIndex>> open(Mapping mapping, const std::string& path, const Digest& image,
                                                       Checksums checksums);

  // The rules on exactly this name, by list and line.
  base::Result<std::vector<LineRecord>> find(std::string_view key) const;
  // How many rules, exceptions aside, each of so many lists has that cover only names below this one.
  base::Result<std::vector<std::uint64_t>> count_below(std::string_view key, std::size_t lists) const;

 private:
  LineIndex(Mapping mapping, SectionedFile file);
  const base::Status& verified() const;
  std::size_t blocks() const;
  Octets block(std::size_t index) const;
  bool is_whole(std::size_t block) const;
  std::string_view first_key(std::size_t block) const;
  std::size_t block_before(std::string_view key) const;
  base::Error damaged_block(std::size_t block) const;
  base::Error no_rule() const;

  Mapping mapping_;
  SectionedFile file_;
  mutable std::once_flag verify_once_;
  mutable base::Status verified_;  // by verify_once_
};

}  // namespace schoolgate::filter
