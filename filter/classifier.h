// Classifier: what a name is, by the image and by the local rules beside it. Whoever asks for a name's tags, its list or its
// rules asks here, so that nobody can forget the local rules.
//
// Thread contract: as Image and Overlay. A view: valid as long as both are.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "filter/image.h"
#include "filter/overlay.h"

namespace schoolgate::filter {

// Where other rules have the id of their list. No list has this id: there is a blank in it.
constexpr std::string_view kLocalRules = "local rules";

// Where a tag comes from, and how what it withholds is answered.
struct Origin {
  std::string_view list;  // its id, or kLocalRules; empty: from nowhere
  AnswerNumber answer = answer_of(Action::kBlock);
};

class Classifier {
 public:
  // REQUIRES: an overlay that was built with the tags of the image.
  Classifier(const Image& image, const Overlay& overlay) : image_(image), overlay_(overlay) {}

  // As Image has them, with the local rules. No allocation, no lock.
  TagSet classify(const dns::Name& lower_name, Image::Scratch& scratch) const noexcept;
  void classify(std::span<const dns::Name* const> lower_names, std::span<TagSet> tags,
                Image::Scratch& scratch) const noexcept;
  // As the lists alone have them: for showing what the local rules change.
  TagSet listed(const dns::Name& lower_name, Image::Scratch& scratch) const noexcept {
    return image_.classify(lower_name, scratch);
  }
  // As Image has them, with the local rules: see there.
  TagSet classify_for(const base::IpAddress& client, const dns::Name& lower_name,
                      Image::Scratch& scratch) const noexcept;
  TagSet classify_response(const base::IpAddress& address, const base::IpAddress& client, const dns::Name& lower_name,
                           Image::Scratch& scratch) const noexcept;
  // Which rule gives `tag` to the name, for the client, or to the name by the address in its answer: a local one, a list's, none.
  Origin origin_of(const dns::Name& lower_name, TagNumber tag, Image::Scratch& scratch) const noexcept;
  Origin origin_for(const base::IpAddress& client, const dns::Name& lower_name, TagNumber tag,
                    Image::Scratch& scratch) const noexcept;
  Origin origin_of_response(const base::IpAddress& address, const base::IpAddress& client, const dns::Name& lower_name,
                            TagNumber tag, Image::Scratch& scratch) const noexcept;
  // Every rule that covers the name, local ones first: they have no line, and who added them and why as their text. One
  // that lifts a tag counts as an exception. Off the query path.
  base::Result<std::vector<RuleHit>> explain(const dns::Name& lower_name) const;
  // Every rule that goes by the address; local rules never do.
  std::vector<RuleHit> explain(const base::IpAddress& address) const { return image_.explain(address); }

  const Image& image() const { return image_; }
  const TagTable& tags() const { return image_.tags(); }

 private:
  Origin origin(const std::optional<RuleSource>& source) const noexcept;
  const Image& image_;
  const Overlay& overlay_;
};

}  // namespace schoolgate::filter
