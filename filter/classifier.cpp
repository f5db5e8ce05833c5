#include "filter/classifier.h"

#include <algorithm>
#include <string>

namespace schoolgate::filter {
namespace {

RuleHit hit_of(const OverlayHit& local) {
  RuleHit hit;
  hit.list = std::string(kLocalRules);
  hit.tag = local.rule.tag;
  hit.text = local.rule.reason;
  hit.exception = local.rule.effect == Effect::kLift ? Exception::kYes : Exception::kNo;
  hit.in_force = local.in_force && hit.exception == Exception::kNo;
  return hit;
}

}  // namespace

TagSet Classifier::classify(const dns::Name& lower_name, Image::Scratch& scratch) const noexcept {
  return overlay_.apply(lower_name, image_.classify(lower_name, scratch));
}

void Classifier::classify(std::span<const dns::Name* const> lower_names, std::span<TagSet> tags,
                          Image::Scratch& scratch) const noexcept {
  image_.classify(lower_names, tags, scratch);
  for (std::size_t i = 0; i < lower_names.size(); ++i) tags[i] = overlay_.apply(*lower_names[i], tags[i]);
}

TagSet Classifier::classify_for(const base::IpAddress& client, const dns::Name& lower_name,
                                Image::Scratch& scratch) const noexcept {
  return overlay_.apply(lower_name, image_.classify_for(client, lower_name, scratch));
}

// The local rules say nothing of addresses: what they lift from the name is lifted from what it leads to.
TagSet Classifier::classify_response(const base::IpAddress& address, const base::IpAddress& client,
                                     const dns::Name& lower_name, Image::Scratch& scratch) const noexcept {
  const TagSet tags = image_.classify_response(address, client, lower_name, scratch);
  return tags.empty() ? tags : tags & overlay_.apply(lower_name, tags);
}

Origin Classifier::origin_of(const dns::Name& lower_name, TagNumber tag, Image::Scratch& scratch) const noexcept {
  if (overlay_.apply(lower_name, TagSet()).test(tag)) return {kLocalRules};
  return origin(image_.source_of(lower_name, tag, scratch));
}

Origin Classifier::origin_for(const base::IpAddress& client, const dns::Name& lower_name, TagNumber tag,
                              Image::Scratch& scratch) const noexcept {
  if (overlay_.apply(lower_name, TagSet()).test(tag)) return {kLocalRules};
  return origin(image_.source_for(client, lower_name, tag, scratch));
}

Origin Classifier::origin_of_response(const base::IpAddress& address, const base::IpAddress& client,
                                      const dns::Name& lower_name, TagNumber tag,
                                      Image::Scratch& scratch) const noexcept {
  return origin(image_.source_of_response(address, client, lower_name, tag, scratch));
}

Origin Classifier::origin(const std::optional<RuleSource>& source) const noexcept {
  return source ? Origin{image_.lists()[source->list].id, source->answer} : Origin();
}

base::Result<std::vector<RuleHit>> Classifier::explain(const dns::Name& lower_name) const {
  auto listed = image_.explain(lower_name);
  if (!listed) return listed;
  std::vector<RuleHit> hits;
  TagSet lifted;
  for (const OverlayHit& local : overlay_.explain(lower_name)) {
    if (local.in_force && local.rule.effect == Effect::kLift) lifted.set(local.rule.tag);
    hits.push_back(hit_of(local));
  }
  for (RuleHit& hit : *listed) {
    hit.lifted_locally = hit.in_force && lifted.test(hit.tag);
    hit.in_force = hit.in_force && !hit.lifted_locally;
    hits.push_back(std::move(hit));
  }
  return hits;
}

}  // namespace schoolgate::filter
