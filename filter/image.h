// Image: every rule of every list, mapped read-only. Answers "what is this name?" in tags.
//
// Thread contract: an Image is immutable and may be read by any number of threads; each thread brings its own Scratch.
// Readers hold a shared_ptr; the mapping goes with the last one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "dns/name.h"
#include "filter/file/sectioned_file.h"
#include "filter/rules/address_rules.h"
#include "filter/rules/rule.h"
#include "filter/rules/tag_table.h"

namespace schoolgate::filter {

// By what a rule covers a name: by this very name, by one above it, or as a pattern.
enum class Match : std::uint8_t { kName, kAbove, kPattern };

// A rule that covers a name. `in_force` is false for an exception, and for a rule that its own list's exception or a local
// rule lifts.
struct RuleHit {
  std::string list;
  TagNumber tag = 0;
  std::uint32_t line = 0;
  std::string text;     // the line as written; empty for a rule of an opaque list
  std::string version;  // of the list
  Exception exception = Exception::kNo;
  bool in_force = true;
  bool opaque = false;  // of an opaque list
  bool lifted_locally = false;
  std::optional<Match> match = std::nullopt;  // absent: of an opaque list, or a local rule
};

// The rule that decides a tag of a name: its list, and how the name is answered when it is withheld.
struct RuleSource {
  ListNumber list = 0;
  AnswerNumber answer = answer_of(Action::kBlock);
  auto operator<=>(const RuleSource&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 misreads it
};

// A pattern that some names would have kept busy too long. On these it counted as matched, an exception as not.
struct OverrunRule {
  std::string list;
  std::uint32_t line = 0;
  std::string text;
  std::uint64_t count = 0;  // names since this image was opened
};

class Image {
 public:
  // Working memory of one thread for one image: Hyperscan's scratch. Made when the thread takes the image, never on
  // the query path.
  class Scratch {
   public:
    Scratch();
    ~Scratch();
    Scratch(Scratch&&) noexcept;
    Scratch& operator=(Scratch&&) noexcept;

   private:
    friend class Image;
    struct Impl;
    std::unique_ptr<Impl> impl_;
  };

  // Maps and verifies; kDamaged when magic, version or a checksum is wrong, with the path and which. Without a PATH.hs that
  // fits it compiles the patterns, which may take seconds, and leaves one for the next time.
  // An image with opaque lists needs the key that they were built with: kForbidden without.
  static base::Result<std::shared_ptr<const Image>> open(const std::string& path,
                                                         const std::optional<OpaqueKey>& key = std::nullopt);
  // The same from octets in memory (see BuiltImage). With kIgnore, damaged octets come as far as the look-ups.
  static base::Result<std::shared_ptr<const Image>> from_memory(std::string image, std::string lines,
                                                                Checksums checksums,
                                                                const std::optional<OpaqueKey>& key = std::nullopt);
  ~Image();

  base::Result<Scratch> make_scratch() const;

  // The tags of a lower-case name: the deepest match of the trie, and every pattern. No allocation, no lock.
  // Memory-safe on any image bytes. REQUIRES, here and below: a scratch that this image made.
  TagSet classify(const dns::Name& lower_name, Scratch& scratch) const noexcept;
  // Of many names at once: they wait for memory together, not one after the other. REQUIRES: as many places as names.
  void classify(std::span<const dns::Name* const> lower_names, std::span<TagSet> tags, Scratch& scratch) const noexcept;
  // Of the lists whose rules give `tag` to the name the first, in the order they were added; one whose rule wants to be asked over
  // TCP only when there is no other.
  std::optional<RuleSource> source_of(const dns::Name& lower_name, TagNumber tag, Scratch& scratch) const noexcept;

  // Rules that go by an address. Without one for it nothing below changes anything.
  bool has_rules_by(Trigger trigger) const noexcept;
  bool has_rule_for(Trigger trigger, const base::IpAddress& address, Scratch& scratch) const noexcept;
  // As classify() and source_of(), for this client: what a list says of it goes for every name but those that the list passes.
  TagSet classify_for(const base::IpAddress& client, const dns::Name& lower_name, Scratch& scratch) const noexcept;
  std::optional<RuleSource> source_for(const base::IpAddress& client, const dns::Name& lower_name, TagNumber tag,
                                       Scratch& scratch) const noexcept;
  // What an address in the answer adds to the tags of the name, and from where: a list that says nothing of the name, or of this
  // client, by exception says nothing of the address either.
  TagSet classify_response(const base::IpAddress& address, const base::IpAddress& client, const dns::Name& lower_name,
                           Scratch& scratch) const noexcept;
  std::optional<RuleSource> source_of_response(const base::IpAddress& address, const base::IpAddress& client,
                                               const dns::Name& lower_name, TagNumber tag,
                                               Scratch& scratch) const noexcept;
  // What a RuleSource's answer has to say.
  const AnswerTable& answers() const;
  // Every rule that covers the name: name rules deepest first, then patterns. Reads PATH.lines; off the query path.
  base::Result<std::vector<RuleHit>> explain(const dns::Name& lower_name) const;
  // Whether PATH.lines was there and of this image when it was opened: without, the names are decided, and not explained.
  bool has_lines() const;
  // Every rule that covers the address, the longest prefix first; of both triggers. Likewise.
  std::vector<RuleHit> explain(const base::IpAddress& address) const;
  // For each list, how many of its rules cover only names below this one; exceptions, patterns and the rules of opaque lists
  // are not counted. Reads PATH.lines, for a top-level domain a good part of it; off the query path.
  base::Result<std::vector<std::uint64_t>> rules_below(const dns::Name& lower_name) const;

  // Of all threads together.
  std::vector<OverrunRule> overrun_patterns() const;
  // PATH.hs was missing, damaged or another machine's, and opening took the time to compile the patterns.
  bool compiled_patterns() const;

  const TagTable& tags() const;
  const std::vector<ListEntry>& lists() const;
  std::vector<std::uint64_t> rules_per_list() const;
  const std::string& digest() const;
  std::uint64_t size_bytes() const;

 private:
  struct Impl;
  explicit Image(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Keeps the image at `path`, with what lies beside it, as `as` too, in place of what is there. Only a good one: a damaged
// image must not displace the good one before it, nor one whose opaque lists have another key. Links, no copies; not made,
// nothing is lost but the choice.
void keep_image(const std::string& path, const std::string& as, const std::optional<OpaqueKey>& key = std::nullopt);
// The image and what lies beside it. None there: nothing happens.
base::Status remove_image(const std::string& path);

}  // namespace schoolgate::filter
