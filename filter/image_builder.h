// ImageBuilder: lists of rules in, one image file out. The same rules give the same bytes on every machine.
//
//     ImageBuilder builder(tags);
//     const ListNumber list = builder.add_list({"ut1-adult", category, digest, "lists/adult"});
//     builder.add_name(list, Reach::kBoth, Exception::kNo, name, line, text);
//     builder.add_pattern(list, Exception::kNo, "^ads?[0-9]*\\.", line, text);
//     auto report = builder.write("/var/lib/schoolgate/filter.image");
//
// Not thread-safe; meant for the process that builds, not for the daemon's threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "filter/list_rules.h"
#include "filter/rules/rule.h"
#include "filter/rules/tag_table.h"

namespace schoolgate::filter {

struct OpaqueRule;
struct PatternGuard;

struct BuildReport {
  std::uint64_t names = 0;     // name and address rules taken, with those that patterns are made of
  std::uint64_t patterns = 0;  // pattern rules taken that say more than names
  std::vector<RejectedRule> rejected;
  std::vector<std::uint64_t> rules_per_list;
  std::string digest;  // of the image, hex
};

// An image in memory, and what lies beside it.
struct BuiltImage {
  std::string image;
  std::string lines;              // PATH.lines, what explain() reads
  std::string compiled_patterns;  // PATH.hs; empty when there are no patterns
  BuildReport report;
};

// PATH, PATH.lines and PATH.hs, each atomically, the image last.
base::Status write_image(const BuiltImage& built, const std::string& path);

class ImageBuilder {
 public:
  explicit ImageBuilder(TagTable tags);
  ~ImageBuilder();
  ImageBuilder(const ImageBuilder&) = delete;
  ImageBuilder& operator=(const ImageBuilder&) = delete;

  ListNumber add_list(ListEntry list);
  // With all that it says. REQUIRES: a list that is not opaque.
  ListNumber add_list(ListEntry list, ListRules rules);
  // Before the first name of an opaque list.
  void set_opaque_key(const OpaqueKey& key);
  // What a list says, as ListRulesBuilder has it: it may be said here bit by bit. REQUIRES: a list that add_list() gave; one that
  // is opaque has no rules by address, and of its names the hashes are kept.
  void add_name(ListNumber list, Reach reach, Exception exception, const dns::Name& name, std::uint32_t line,
                std::string_view text);
  void add_answer(ListNumber list, Reach reach, const dns::Name& name, const RuleAnswer& answer, std::uint32_t line,
                  std::string_view text);
  void add_address(ListNumber list, const AddressTrigger& trigger, Exception exception, const RuleAnswer& answer,
                   std::uint32_t line, std::string_view text);
  void add_pattern(ListNumber list, Exception exception, std::string_view expression, std::uint32_t line,
                   std::string_view text);
  // The list says nothing of these names, by address neither. No rule of the list: it is not counted, and has no line.
  void exempt(ListNumber list, Reach reach, const dns::Name& name, std::string_view why);
  // The same as add_name() for a name that was hashed already, with the key of set_opaque_key(). REQUIRES: an opaque list; what the rule
  // itself says of its list does not count.
  void add_hashed(ListNumber list, OpaqueRule rule);

  // A pattern, not an exception, that matches more than a tenth of these is rejected as too broad; 100 names at least, or
  // they are not used.
  void set_popular_names(std::vector<dns::Name> names);
  // A pattern, not an exception, that would block what is guarded is rejected; name rules the caller leaves out itself.
  void set_pattern_guard(PatternGuard guard);

  base::Result<BuiltImage> build();
  // build() and write_image().
  base::Result<BuildReport> write(const std::string& path);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace schoolgate::filter
