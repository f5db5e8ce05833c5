#include "tests/support/rules.h"

#include <cstring>

#include <fmt/format.h>

#include "filter/image_builder.h"
#include "lists/catalogue/taxonomy.h"
#include "lists/survey.h"
#include "policy/policy_file.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::support {
namespace {

using base::Error;
using base::ErrorCode;

struct WrittenRule {
  dns::Name name;
  filter::Reach reach = filter::Reach::kBoth;
  filter::Exception exception = filter::Exception::kNo;
};

base::Result<WrittenRule> parse_rule(std::string_view text) {
  WrittenRule rule;
  if (text.starts_with("@@")) {
    rule.exception = filter::Exception::kYes;
    text.remove_prefix(2);
  }
  if (text.starts_with("=")) {
    rule.reach = filter::Reach::kExact;
    text.remove_prefix(1);
  } else if (text.starts_with("*.")) {
    rule.reach = filter::Reach::kSubdomains;
    text.remove_prefix(2);
  }
  const auto name = dns::Name::parse(text);
  if (!name) return name.error();
  rule.name = *name;
  return rule;
}

base::Result<std::shared_ptr<const filter::Overlay>> build_overlay(const Rules& rules, const filter::TagTable& tags) {
  std::vector<filter::OverlayRule> local;
  for (const Rules::Local& each : rules.local) {
    const filter::Tag* tag = tags.find(each.category);
    const auto rule = parse_rule(each.name);
    if (tag == nullptr) return Error(ErrorCode::kInvalid, "unknown category '" + each.category + "'");
    if (!rule) return rule.error();
    const auto effect = rule->exception == filter::Exception::kYes ? filter::Effect::kLift : filter::Effect::kGive;
    local.push_back({rule->name, rule->reach, effect, tag->number, "by the test"});
  }
  return filter::Overlay::build(tags, std::move(local));
}

// As `action = "given"` has it.
base::Result<filter::ListRules> read_zone(const Rules::List& list) {
  auto suffixes = lists::PublicSuffixes::read();
  if (!suffixes) return suffixes.error();
  const lists::Guard guard({}, std::move(*suffixes), {});
  lists::Source source{list.id, list.category, "", "rpz"};
  source.suffixes = lists::Guard::Suffixes::kMayBeBlocked;
  source.action = lists::ListAction::kGiven;
  lists::Reading reading;
  reading.format = lists::find_format("rpz");
  reading.bytes = fmt::format("{}", fmt::join(list.names, "\n"));
  filter::ListRulesBuilder rules;
  lists::survey(reading, source, guard, {&rules});
  return filter::ListRules::read(filter::Mapping::of_memory(std::move(rules).encode()), list.id);
}

base::Result<std::shared_ptr<const filter::Image>> build_image(const Rules& rules, const filter::TagTable& tags) {
  const TemporaryFolder folder;  // an image that is mapped outlives its file
  filter::ImageBuilder builder(tags);
  for (const Rules::List& list : rules.lists) {
    const filter::Tag* tag = tags.find(list.category);
    if (tag == nullptr) return Error(ErrorCode::kInvalid, "unknown category '" + list.category + "'");
    filter::ListEntry entry{list.id, tag->number, "1", "here"};
    if (list.is_zone) {
      auto zone = read_zone(list);
      if (!zone) return zone.error();
      builder.add_list(std::move(entry), std::move(*zone));
      continue;
    }
    const auto number = builder.add_list(std::move(entry));
    std::uint32_t line = 0;
    for (const std::string& name : list.names) {
      const auto rule = parse_rule(name);
      if (!rule) return rule.error();
      builder.add_name(number, rule->reach, rule->exception, rule->name, ++line, name);
    }
  }
  const std::string path = folder.file("filter.image");
  if (auto report = builder.write(path); !report) return report.error();
  return filter::Image::open(path);
}

base::Status set_addresses(const Rules& rules, resolver::Snapshot& snapshot) {
  const auto ipv4 = base::IpAddress::parse(rules.block_ipv4);
  const auto ipv6 = base::IpAddress::parse(rules.block_ipv6);
  if (!ipv4 || !ipv4->is_v4()) return Error(ErrorCode::kInvalid, "'" + rules.block_ipv4 + "' is no IPv4 address");
  if (!ipv6 && !rules.block_ipv6.empty()) return Error(ErrorCode::kInvalid, "'" + rules.block_ipv6 + "' is no address");
  std::memcpy(snapshot.block.ipv4.data(), ipv4->bytes().data() + 12, 4);
  if (ipv6) snapshot.block.ipv6 = ipv6->bytes();
  snapshot.block.ttl_seconds = rules.block_ttl_seconds;
  for (const std::string& text : rules.allow_from) {
    const auto network = base::IpNetwork::parse(text);
    if (!network) return Error(ErrorCode::kInvalid, "'" + text + "' is no network");
    snapshot.allow_from.push_back(*network);
  }
  return {};
}

}  // namespace

base::Result<std::shared_ptr<const resolver::Snapshot>> make_snapshot(const Rules& rules, std::uint64_t generation) {
  const auto taxonomy = lists::Taxonomy::read(SCHOOLGATE_SOURCE_DIR "/lists/data/taxonomy.toml");
  if (!taxonomy) return taxonomy.error();
  auto snapshot = std::make_shared<resolver::Snapshot>();
  snapshot->generation = generation;
  snapshot->site = rules.site;
  snapshot->illegal = taxonomy->tags().locked();
  if (auto set = set_addresses(rules, *snapshot); !set) return set.error();
  auto settings = policy::parse_policy(rules.policy, "policy", taxonomy->tags());
  if (!settings) return settings.error();
  snapshot->policy = policy::Policy::compile(std::move(*settings), taxonomy->tags());
  if (rules.has_image) {
    auto image = build_image(rules, taxonomy->tags());
    if (!image) return image.error();
    snapshot->image = std::move(*image);
  }
  auto overlay = build_overlay(rules, taxonomy->tags());
  if (!overlay) return overlay.error();
  snapshot->local_rules = std::move(*overlay);
  return std::shared_ptr<const resolver::Snapshot>(std::move(snapshot));
}

}  // namespace schoolgate::support
