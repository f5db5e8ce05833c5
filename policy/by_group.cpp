#include "policy/by_group.h"

namespace schoolgate::policy {

std::vector<GroupVerdict> verdicts_by_group(const Policy& policy, const dns::Name& lower_name,
                                            const filter::TagSet& tags) {
  std::vector<GroupVerdict> verdicts;
  for (std::size_t number = 0; number < policy.group_count(); ++number) {
    const auto group = static_cast<GroupNumber>(number);
    for (const ChainStep& step : policy.explain(group, lower_name, tags)) {
      if (step.decided) verdicts.push_back({policy.group(group).id, step.verdict->blocks(), step.rule});
    }
  }
  return verdicts;
}

}  // namespace schoolgate::policy
