// Judgement: the verdict on a lookup, which rule it is by, and how what is withheld is answered.
//
//     by the tags: decide → withheld by a tag? → all rules that give the tag only ask for TCP? → decide without that tag
#pragma once

#include <optional>

#include "filter/classifier.h"
#include "policy/policy.h"

namespace schoolgate::resolver {

struct Judgement {
  policy::Verdict verdict;
  // Of a verdict by a tag: the list that gives it, and the answer it has for what is withheld. A view into the image.
  filter::Origin origin;
  bool wants_tcp = false;  // a rule of the names, of those that are not withheld, is for TCP alone

  bool withholds() const { return verdict.blocks(); }
  filter::Action action() const { return filter::action_of(origin.answer); }
};

// `decide(tags)` gives the verdict, `origin_of(tag)` where a tag comes from. Illegal content is always answered with the block page.
template <class Decide, class OriginOf>
Judgement judge(filter::TagSet tags, const filter::TagSet& illegal, Decide decide, OriginOf origin_of) {
  Judgement judged;
  for (;;) {
    judged.verdict = decide(tags);
    const std::optional<filter::TagNumber> tag = judged.withholds() ? judged.verdict.tag : std::nullopt;
    judged.origin = tag ? origin_of(*tag) : filter::Origin();
    if (!tag) return judged;
    if (illegal.test(*tag)) judged.origin.answer = filter::answer_of(filter::Action::kBlock);
    if (judged.action() != filter::Action::kTcpOnly) return judged;
    judged.wants_tcp = true;
    tags.clear(*tag);
  }
}

}  // namespace schoolgate::resolver
