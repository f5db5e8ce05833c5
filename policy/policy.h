// Policy: the settings, compiled for the query path. Immutable; any number of threads may read it.
//
// Order of decision, first hit wins (design of the house; steps 2, 4 and schedules grow later):
//   1. a locked category blocks, on any name of the answer's chain; nothing lifts it
//   2. district rules marked locked
//   3. a security category blocks, unless an allow rule on that exact name says security = true
//   4. a temporary grant (not built yet)
//   5. name rules: the nearest group first, then its parents; within a group the longest name, block wins a tie
//   6. categories: the parent's and its own `block`, less its own `allow`; what is locked above stays
//   7. `otherwise` of the group
// For a target of the asked name (CNAME, SVCB): an allow by the asked name in step 5 covers it in steps 5 to 7, never in
// 1 to 3.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "dns/name.h"
#include "filter/rules/tag_set.h"
#include "policy/policy_file.h"

namespace schoolgate::policy {

using GroupNumber = std::uint16_t;

enum class Action : std::uint8_t { kAllow = 0, kBlock = 1 };

// The step of the order of decision that decided.
enum class Step : std::uint8_t {
  kLockedCategory = 1,
  kLockedRule = 2,
  kSecurityCategory = 3,
  kGrant = 4,
  kNameRule = 5,
  kCategory = 6,
  kOtherwise = 7,
};
std::string_view to_text(Step step);  // "locked-category", "name-rule", …

struct Verdict {
  Action action = Action::kAllow;
  Step step = Step::kOtherwise;
  std::optional<filter::TagNumber> tag;  // of a category step
  std::optional<std::uint32_t> rule;     // of a name rule: Policy::rule()
  bool blocks() const { return action == Action::kBlock; }
};

// A name rule of a group, as explain and history name it.
struct NameRule {
  GroupNumber group = 0;
  Action action = Action::kAllow;
  NameSetting setting;
};

// What a device is known by at this moment.
struct Sighting {
  base::IpAddress address;
  std::optional<base::MacAddress> mac;
};

struct Recognition {
  GroupNumber group = 0;
  // The index of the device's setting; absent for a device that no rule names, which is in the default group.
  std::optional<std::uint32_t> device;
};

// One line of a decision's explanation, in the order of decision.
struct ChainStep {
  Step step = Step::kOtherwise;
  std::string rule;     // "category gambling", "allow bbc.co.uk in group staff", "otherwise allow"
  std::string outcome;  // "blocks", "allows", "no match", "not reached", "lifted by …"
  std::optional<filter::TagNumber> tag;
  std::optional<Verdict> verdict;  // what this step says when it is reached; absent: it passes the name on
  bool decided = false;
};

class Policy {
 public:
  // REQUIRES: settings that parse_policy accepted with the same tags.
  static std::shared_ptr<const Policy> compile(PolicySettings settings, const filter::TagTable& tags);
  ~Policy();

  // By MAC, then by address, then by the longest subnet.
  Recognition recognise(const Sighting& sighting) const noexcept;
  // History's id of that moment: the device's id, or "mac:02:…", or "ip:ADDRESS@SITE". Appends to nothing,
  // allocates nothing: written into `out`, cut to fit; returns its length.
  std::size_t write_device_id(const Recognition& recognition, const Sighting& sighting, std::string_view site,
                              char* out, std::size_t size) const noexcept;

  // `lower_name` in lower case. No allocation, no lock.
  Verdict decide(GroupNumber group, const dns::Name& lower_name, const filter::TagSet& tags) const noexcept;
  // For a target in the answer to a question that `asked` decided.
  Verdict decide_target(GroupNumber group, const Verdict& asked, const dns::Name& lower_target,
                        const filter::TagSet& tags) const noexcept;
  // The whole chain of decide(), every step in order; exactly one has decided.
  std::vector<ChainStep> explain(GroupNumber group, const dns::Name& lower_name, const filter::TagSet& tags) const;

  std::optional<GroupNumber> find_group(std::string_view id) const;
  std::optional<Recognition> find_device(std::string_view id) const;
  const GroupSetting& group(GroupNumber number) const;
  std::size_t group_count() const;
  const NameRule& rule(std::uint32_t number) const;
  // What `group` blocks in the end, inherited ones included.
  const filter::TagSet& blocked(GroupNumber group) const noexcept;
  Otherwise otherwise(GroupNumber group) const noexcept;
  const PolicySettings& settings() const;
  GroupNumber default_group() const;

 private:
  struct Impl;
  explicit Policy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schoolgate::policy
