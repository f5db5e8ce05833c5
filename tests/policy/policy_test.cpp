#include "policy/policy.h"

#include "tests/policy/allocation_count.h"
#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

using sample::name;
using sample::set;

constexpr std::string_view kPolicy = R"(
default_group = "pupils"
[[group]]
id = "pupils"
block = ["games", "social", "malware"]
otherwise = "block"
allow_names = ["example.org", { name = "m.example", security = true }]
[[group]]
id = "year-7"
parent = "pupils"
allow = ["games"]
block_names = ["bad.example.org"]
[[group]]
id = "club"
parent = "year-7"
otherwise = "allow"
locked = ["block_names"]
block_names = ["worse.example"]
[[device]]
id = "tablet-with-a-rather-long-name-for-its-school"
match = { mac = "02:00:00:00:00:07" }
group = "club"
[[device]]
id = "lab"
match = { subnet = "2001:db8::/64" }
group = "year-7"
)";

TEST(Policy, Groups) {
  const auto policy = sample::compile(kPolicy);
  EXPECT_EQ(policy->group_count(), 4U);
  EXPECT_EQ(policy->find_group("everyone"), GroupNumber{0});
  EXPECT_FALSE(policy->find_group("nobody"));
  EXPECT_EQ(policy->group(policy->default_group()).id, "pupils");
  EXPECT_EQ(policy->settings().groups.size(), 4U);
}

TEST(Policy, WhatAGroupComesTo) {
  const auto policy = sample::compile(kPolicy);
  using sample::kChildAbuse, sample::kTerrorism, sample::kGames, sample::kSocial, sample::kMalware;
  struct Row {
    const char* group;
    filter::TagSet blocked;
    Otherwise otherwise;
  };
  const std::vector<Row> table = {
      {"everyone", set({kChildAbuse, kTerrorism}), Otherwise::kAllow},
      {"pupils", set({kChildAbuse, kTerrorism, kGames, kSocial, kMalware}), Otherwise::kBlock},
      {"year-7", set({kChildAbuse, kTerrorism, kSocial, kMalware}), Otherwise::kBlock},
      {"club", set({kChildAbuse, kTerrorism, kSocial, kMalware}), Otherwise::kAllow},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.group);
    const GroupNumber group = policy->find_group(row.group).value();
    EXPECT_EQ(policy->blocked(group), row.blocked);
    EXPECT_EQ(policy->otherwise(group), row.otherwise);
  }
}

TEST(Policy, Devices) {
  const auto policy = sample::compile(kPolicy);
  const auto lab = policy->find_device("lab");
  ASSERT_TRUE(lab);
  EXPECT_EQ(policy->settings().devices[lab->device.value()].id, "lab");
  EXPECT_EQ(policy->group(lab->group).id, "year-7");
  EXPECT_FALSE(policy->find_device("la"));
}

TEST(Policy, StepsHaveNames) {
  std::string names;
  for (int step = 1; step <= 7; ++step) names += std::string(to_text(static_cast<Step>(step))) + " ";
  EXPECT_EQ(names, "locked-category locked-rule security-category grant name-rule category otherwise ");
}

TEST(Policy, TheQueryPathAllocatesNothing) {
  const auto policy = sample::compile(kPolicy);
  const std::vector<dns::Name> names = {name("plain.example"), name("a.b.bad.example.org"), name("m.example"),
                                        name("worse.example"), name("www.example.org"),     dns::Name()};
  std::vector<Sighting> sightings(3);
  sightings[0].address = base::IpAddress::parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff").value();
  sightings[1].address = base::IpAddress::parse("2001:db8::ffff").value();
  sightings[2].mac = base::MacAddress::parse("02:00:00:00:00:07");
  const std::vector<filter::TagSet> tags = {set({}), set({sample::kMalware}), set({sample::kGames, sample::kSocial})};
  char id[128];
  std::size_t made = 0;

  const std::size_t before = sample::allocation_count();
  for (const Sighting& sighting : sightings) {
    const Recognition recognition = policy->recognise(sighting);
    made += policy->write_device_id(recognition, sighting, "a-site-with-a-long-name", id, sizeof id);
    for (GroupNumber group = 0; group < policy->group_count(); ++group) {
      for (const dns::Name& asked : names) {
        for (const filter::TagSet& carried : tags) {
          const Verdict verdict = policy->decide(group, asked, carried);
          made += policy->decide_target(group, verdict, names[0], carried).blocks();
        }
      }
    }
  }
  EXPECT_EQ(sample::allocation_count() - before, 0U);
  EXPECT_GT(made, 0U);
}

}  // namespace
}  // namespace schoolgate::policy
