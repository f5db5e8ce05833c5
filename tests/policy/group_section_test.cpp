#include "policy/group_section.h"

#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

using sample::refusal;

// Lines of one group, which start at line 3.
std::string group(const std::string& lines) { return refusal("default_group = 'everyone'\n[[group]]\n" + lines); }

TEST(GroupSection, WhatIsBuiltIsAccepted) {
  EXPECT_EQ(group("id='a'"), "");
  EXPECT_EQ(group("id='a'\nmode='enforce'\nrecord='full'"), "");
  EXPECT_EQ(group("id='a'\nblock=['child-abuse']"), "");
  EXPECT_EQ(group("id='a'\nblock=['games']\nallow=['games']"), "");
  EXPECT_EQ(group("id='" + std::string(kMostIdOctets, 'x') + "'"), "");
}

TEST(GroupSection, Refused) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"parent='everyone'", "p.toml:2:1: this group has no 'id'"},
      {"id=7", "p.toml:3:4: 'id' is a whole number, and should be a string"},
      {"id='staff room'", "p.toml:3:4: 'staff room' cannot be the id of a group: 1 to 48 letters, digits and '-'"},
      {"id='" + std::string(49, 'x') + "'",
       "p.toml:3:4: '" + std::string(49, 'x') + "' cannot be the id of a group: 1 to 48 letters, digits and '-'"},
      {"id='a'\n[[group]]\nid='a'", "p.toml:5:4: a second group 'a'; the first is at p.toml:3:4"},
      {"id='a'\nblok=['games']", "p.toml:4:1: unknown key 'blok' (did you mean 'block'?)"},
      {"id='a'\nblock=['gmaes']", "p.toml:4:8: unknown category 'gmaes' (did you mean 'games'?)"},
      {"id='a'\nblock=['games', 'zzzzzzzzzz']", "p.toml:4:17: unknown category 'zzzzzzzzzz'"},
      {"id='a'\nblock=['tiktok']", "p.toml:4:8: unknown category 'tiktok'"},
      {"id='a'\nblock='games'", "p.toml:4:7: 'block' is a string, and should be an array"},
      {"id='a'\nallow=['sociall']", "p.toml:4:8: unknown category 'sociall' (did you mean 'social'?)"},
      {"id='a'\notherwise='deny'", "p.toml:4:11: otherwise 'deny' should be 'allow' or 'block'"},
      {"id='a'\nblock_names=['http://x.example/']",
       "p.toml:4:14: 'http://x.example/' is more than a domain name; write 'x.example'"},
      {"id='a'\nallow_names=[{security=true}]", "p.toml:4:14: this rule has no 'name'"},
      {"id='a'\nallow_names=[{name='*.x.example', security=true}]",
       "p.toml:4:44: security = true lifts one exact name, and '*.x.example' covers many; write the name "
       "itself"},
      {"id='a'\nallow_names=[{name='x.example', until=2026-12-01}]",
       "p.toml:4:39: 'until': not built yet; leave it out"},
      {"id='a'\nallow_names=[{name='x.example', reson='y'}]",
       "p.toml:4:33: unknown key 'reson' (did you mean 'reason'?)"},
      {"id='a'\nblock_names=[{name='x.example', security=true}]", "p.toml:4:33: unknown key 'security'"},
      {"id='a'\nallow_names=[7]", "p.toml:4:14: 'allow_names' is a whole number, and should be an array of strings"},
  };
  for (const auto& [lines, message] : table) EXPECT_EQ(group(lines), message) << lines;
}

TEST(GroupSection, NotBuiltYet) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"mode='observe'", "p.toml:4:6: mode 'observe': not built yet; write 'enforce'"},
      {"mode='on'", "p.toml:4:6: mode 'on' should be 'enforce'"},
      {"record='none'", "p.toml:4:8: record 'none': not built yet; write 'full'"},
      {"until=2026-12-01", "p.toml:4:7: 'until': not built yet; leave it out"},
      {"block_services=['tiktok']", "p.toml:4:16: 'block_services': not built yet; leave it out"},
      {"allow_services=[]", "p.toml:4:16: 'allow_services': not built yet; leave it out"},
      {"safe_search=true", "p.toml:4:13: 'safe_search': not built yet; leave it out"},
      {"video='strict'", "p.toml:4:7: 'video': not built yet; leave it out"},
      {"[[group.schedule]]\nname='lunch'", "p.toml:4:1: 'schedule': not built yet; leave it out"},
      {"locked=['safe_search']", "p.toml:4:9: locked 'safe_search': not built yet; 'block' and 'block_names' are"},
      {"locked=['blocks']", "p.toml:4:9: unknown setting to lock: 'blocks' (did you mean 'block'?)"},
  };
  for (const auto& [lines, message] : table) EXPECT_EQ(group("id='a'\n" + lines), message) << lines;
}

}  // namespace
}  // namespace schoolgate::policy
