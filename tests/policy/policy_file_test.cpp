#include "policy/policy_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

using sample::refusal;

constexpr std::string_view kWhole = R"(
default_group   = "pupils"
protected_names = ["school.example", "Portal.School.Example."]

[[list]]
id = "ut1-games"
category = "games"
source = "lists/games.txt"
format = "domains"

[[list]]
id = "tiktok"
category = "tiktok"
source = "/srv/tiktok.hosts"

[[group]]
id = "pupils"
mode = "enforce"
record = "full"
otherwise = "block"
block = ["gambling", "games"]
allow = ["news"]
block_names = ["*.example.org", { name = "=x.example", reason = "asked for" }]
allow_names = ["bbc.co.uk", { name = "Y.example", security = true, reason = "physics" }]
locked = ["block", "block_names"]

[[group]]
id = "year-7"
parent = "pupils"

[[device]]
id = "lab-pc-07"
match = { mac = "02-00-5E-00-00-07" }
group = "year-7"
person = "somebody"

[[device]]
id = "printer"
match = { address = "10.0.0.9" }
group = "everyone"

[[device]]
id = "library"
match.subnet = "2001:db8:5::/48"
group = "pupils"
)";

PolicySettings parse(std::string_view text, const std::string& file = "conf/policy.toml") {
  auto settings = parse_policy(text, file, sample::tags());
  if (!settings) {
    ADD_FAILURE() << settings.error().message();
    return {};
  }
  return *settings;
}

TEST(PolicyFile, TopLevel) {
  const PolicySettings settings = parse(kWhole);
  EXPECT_EQ(settings.default_group, "pupils");
  ASSERT_EQ(settings.protected_names.size(), 2U);
  EXPECT_EQ(settings.protected_names[1], sample::name("portal.school.example"));
}

TEST(PolicyFile, Lists) {
  const auto lists = parse(kWhole).lists;
  ASSERT_EQ(lists.size(), 2U);
  EXPECT_EQ(lists[0].id, "ut1-games");
  EXPECT_EQ(lists[0].category, "games");
  EXPECT_EQ(lists[0].source, "conf/lists/games.txt");
  EXPECT_EQ(lists[0].format, "domains");
  EXPECT_EQ(lists[0].place.to_text(), "conf/policy.toml:5:1");
  EXPECT_EQ(lists[1].category, "tiktok");
  EXPECT_EQ(lists[1].source, "/srv/tiktok.hosts");
  EXPECT_EQ(lists[1].format, "auto");
}

TEST(PolicyFile, SourcesBesideAFileWithoutAFolder) {
  EXPECT_EQ(parse(kWhole, "policy.toml").lists[0].source, "lists/games.txt");
}

TEST(PolicyFile, Groups) {
  const auto groups = parse(kWhole).groups;
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].id, "everyone");
  EXPECT_EQ(groups[0].parent, "");
  EXPECT_FALSE(groups[0].otherwise.has_value());
  const GroupSetting& pupils = groups[1];
  EXPECT_EQ(pupils.id, "pupils");
  EXPECT_EQ(pupils.parent, "everyone");
  EXPECT_EQ(pupils.otherwise, Otherwise::kBlock);
  EXPECT_EQ(pupils.block, (std::vector<std::string>{"gambling", "games"}));
  EXPECT_EQ(pupils.allow, (std::vector<std::string>{"news"}));
  EXPECT_EQ(pupils.locked, (std::vector<std::string>{"block", "block_names"}));
  EXPECT_EQ(groups[2].parent, "pupils");
  EXPECT_FALSE(groups[2].otherwise.has_value());
}

TEST(PolicyFile, NameRules) {
  const GroupSetting pupils = parse(kWhole).groups[1];
  ASSERT_EQ(pupils.block_names.size(), 2U);
  EXPECT_EQ(pupils.block_names[0].name, sample::name("example.org"));
  EXPECT_EQ(pupils.block_names[0].reach, NameReach::kSubdomains);
  EXPECT_EQ(pupils.block_names[0].text, "*.example.org");
  EXPECT_EQ(pupils.block_names[0].place.to_text(), "conf/policy.toml:23:16");
  EXPECT_EQ(pupils.block_names[1].reach, NameReach::kExact);
  EXPECT_EQ(pupils.block_names[1].reason, "asked for");
  ASSERT_EQ(pupils.allow_names.size(), 2U);
  EXPECT_FALSE(pupils.allow_names[0].security);
  EXPECT_TRUE(pupils.allow_names[1].security);
  EXPECT_EQ(pupils.allow_names[1].reason, "physics");
  EXPECT_EQ(pupils.allow_names[1].text, "Y.example");
  EXPECT_EQ(pupils.allow_names[1].name, sample::name("y.example"));
}

TEST(PolicyFile, Devices) {
  const auto devices = parse(kWhole).devices;
  ASSERT_EQ(devices.size(), 3U);
  EXPECT_EQ(devices[0].id, "lab-pc-07");
  EXPECT_EQ(devices[0].mac->to_text(), "02:00:5e:00:00:07");
  EXPECT_EQ(devices[0].group, "year-7");
  EXPECT_EQ(devices[0].person, "somebody");
  EXPECT_EQ(devices[1].address->to_text(), "10.0.0.9");
  EXPECT_FALSE(devices[1].mac || devices[1].subnet);
  EXPECT_EQ(devices[2].subnet->to_text(), "2001:db8:5::/48");
}

TEST(PolicyFile, EveryoneComesFirstWhereverItIsWritten) {
  const auto groups = parse(R"(
default_group = "b"
[[group]]
id = "a"
[[group]]
id = "b"
[[group]]
id = "everyone"
otherwise = "block"
)")
                          .groups;
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].id, "everyone");
  EXPECT_EQ(groups[0].otherwise, Otherwise::kBlock);
  EXPECT_EQ(groups[1].id, "a");
  EXPECT_EQ(groups[2].id, "b");
}

TEST(PolicyFile, DigestIsOfTheBytes) {
  const std::string one = parse("default_group = 'everyone'").digest;
  EXPECT_EQ(one.size(), 32U);
  EXPECT_EQ(one, parse("default_group = 'everyone'", "elsewhere.toml").digest);
  EXPECT_NE(one, parse("default_group = 'everyone' ").digest);
}

TEST(PolicyFile, ReadsAFile) {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("schoolgate-policy-{}", getpid());
  std::filesystem::create_directories(folder);
  const std::string path = folder / "policy.toml";
  std::ofstream(path) << kWhole;
  const auto settings = read_policy(path, sample::tags());
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(settings) << settings.error().message();
  EXPECT_EQ(settings->lists[0].source, (folder / "lists/games.txt").string());
  const auto missing = read_policy(path, sample::tags());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message().find(path), std::string::npos) << missing.error().message();
}

struct Mistake {
  const char* text;
  const char* message;
};

void expect_refused(const std::vector<Mistake>& table) {
  for (const Mistake& mistake : table) EXPECT_EQ(refusal(mistake.text), mistake.message) << mistake.text;
}

TEST(PolicyFile, RefusedAtTheTop) {
  expect_refused({
      {"", "p.toml:1:1: 'default_group' is missing; name the strictest group, for devices that no rule names"},
      {"default_group = 'pupil'\n[[group]]\nid = 'pupils'",
       "p.toml:1:17: unknown group 'pupil' (did you mean 'pupils'?)"},
      {"default_group = 1", "p.toml:1:17: 'default_group' is a whole number, and should be a string"},
      {"default_group = 'everyone'\ndefault_gruop = 'x'",
       "p.toml:2:1: unknown key 'default_gruop' (did you mean 'default_group'?)"},
      {"default_group = 'everyone'\nprotected_names = ['*.school.example']",
       "p.toml:2:20: a protected name is written plainly: 'school.example'"},
      {"default_group = 'everyone'\nprotected_names = ['https://school.example/']",
       "p.toml:2:20: 'https://school.example/' is more than a domain name; write 'school.example'"},
      {"default_group = 'everyone'\n[group]\nid = 'x'",
       "p.toml:2:1: 'group' is a table, and should be an array of tables, [[group]]"},
  });
  EXPECT_TRUE(refusal("default_group = ").starts_with("p.toml:1:")) << refusal("default_group = ");
}

TEST(PolicyFile, EveryMistakeIsToldInTheOrderOfTheFile) {
  EXPECT_EQ(refusal("default_group = 'pupil'\n[[device]]\nid = 'd'\nmatch = { mac = 'x' }\ngroup = 'pupls'\n"
                    "[[group]]\nid = 'pupils'\nblock = ['gamblin']"),
            "p.toml:1:17: unknown group 'pupil' (did you mean 'pupils'?)\n"
            "p.toml:4:17: mac 'x' should be written as in '02:00:5e:00:00:01'\n"
            "p.toml:5:9: unknown group 'pupls' (did you mean 'pupils'?)\n"
            "p.toml:8:10: unknown category 'gamblin' (did you mean 'gambling'?)");
}

TEST(PolicyFile, AListIsOpaqueWhenItSaysSo) {
  const auto is_opaque = [](const std::string& line) {
    const auto settings =
        parse_policy("default_group = 'everyone'\n[[list]]\nid='a'\ncategory='games'\nsource='x'\n" + line, "p.toml",
                     sample::tags());
    if (!settings) ADD_FAILURE() << settings.error().message();
    return settings && settings->lists.at(0).opaque;
  };
  EXPECT_FALSE(is_opaque(""));
  EXPECT_FALSE(is_opaque("opaque = false"));
  EXPECT_TRUE(is_opaque("opaque = true"));
  EXPECT_TRUE(is_opaque("format = 'hosts'\nopaque = true"));
}

TEST(PolicyFile, EachFormatOfAList) {
  for (const std::string format :
       {"auto", "domains", "hosts", "adblock", "regex", "rpz", "squidguard", "dnsmasq", "unbound", "wildcard"}) {
    const auto settings = parse_policy(
        "default_group = 'everyone'\n[[list]]\nid='a'\ncategory='games'\nsource='x'\nformat='" + format + "'", "p.toml",
        sample::tags());
    ASSERT_TRUE(settings) << settings.error().message();
    EXPECT_EQ(settings->lists.at(0).format, format);
  }
}

TEST(PolicyFile, AListMaySayHowItsNamesAreAnswered) {
  const auto action = [](const std::string& line) {
    const auto settings =
        parse_policy("default_group = 'everyone'\n[[list]]\nid='a'\ncategory='games'\nsource='x'\n" + line, "p.toml",
                     sample::tags());
    return settings ? settings->lists.at(0).action : settings.error().message();
  };
  EXPECT_EQ(action(""), "");
  for (const std::string one : {"given", "block", "nodata", "nxdomain", "drop", "tcp-only"}) {
    EXPECT_EQ(action("action='" + one + "'"), one);
  }
  EXPECT_EQ(
      action("action='passthru'"),
      "p.toml:6:8: action 'passthru' should be 'given' or 'block' or 'nodata' or 'nxdomain' or 'drop' or 'tcp-only'");
  EXPECT_EQ(action("opaque=true\naction='given'"),
            "p.toml:7:8: of an opaque list nothing but hashes is kept, no answers");
  EXPECT_EQ(action("opaque=true\naction='nxdomain'"), "nxdomain");
}

TEST(PolicyFile, IllegalContentIsAlwaysAnsweredWithTheBlockPage) {
  const auto refused = [](const std::string& action) {
    return refusal("default_group = 'everyone'\n[[list]]\nid='a'\ncategory='child-abuse'\nsource='x'\naction='" +
                   action + "'");
  };
  EXPECT_EQ(refused("nxdomain"), "p.toml:6:8: names in 'child-abuse' are always answered with the block page");
  EXPECT_EQ(refused("given"), "p.toml:6:8: names in 'child-abuse' are always answered with the block page");
  EXPECT_TRUE(
      parse_policy("default_group = 'everyone'\n[[list]]\nid='a'\ncategory='child-abuse'\nsource='x'\naction='block'",
                   "p.toml", sample::tags()));
}

TEST(PolicyFile, RefusedLists) {
  const auto list = [](const std::string& lines) { return refusal("default_group = 'everyone'\n[[list]]\n" + lines); };
  const std::vector<std::pair<std::string, std::string>> table = {
      {"category='games'\nsource='x'", "p.toml:2:1: this list has no 'id'"},
      {"id='a'\nsource='x'", "p.toml:2:1: this list has no 'category'"},
      {"id='a'\ncategory='games'", "p.toml:2:1: this list has no 'source'"},
      {"id='a b'\ncategory='games'\nsource='x'",
       "p.toml:3:4: 'a b' cannot be the id of a list: 1 to 48 letters, digits and '-'"},
      {"id=''\ncategory='games'\nsource='x'",
       "p.toml:3:4: '' cannot be the id of a list: 1 to 48 letters, digits and '-'"},
      {"id='a'\ncategory='gamse'\nsource='x'", "p.toml:4:10: unknown category 'gamse' (did you mean 'games'?)"},
      {"id='a'\ncategory='games'\nsource=''", "p.toml:5:8: '' is not a file path"},
      {"id='a'\ncategory='games'\nsource='x'\nformat='rpz1'",
       "p.toml:6:8: format 'rpz1' should be 'auto' or 'domains' or 'hosts' or 'adblock' or 'regex' or 'rpz' or "
       "'squidguard' or 'dnsmasq' or 'unbound' or 'wildcard'"},
      {"id='a'\ncategory='games'\nsource='x'\nopaque='yes'",
       "p.toml:6:8: 'opaque' is a string, and should be true or false"},
      {"id='a'\ncategory='games'\nsource='x'\nopaque=1",
       "p.toml:6:8: 'opaque' is a whole number, and should be true or false"},
      {"id='a'\ncategory='games'\nsource='x'\nopaqe=true", "p.toml:6:1: unknown key 'opaqe' (did you mean 'opaque'?)"},
      {"id='a'\ncategory='games'\nsource='x'\nsorce='y'", "p.toml:6:1: unknown key 'sorce' (did you mean 'source'?)"},
      {"id='a'\ncategory='games'\nsource='x'\n[[list]]\nid='a'\ncategory='games'\nsource='x'",
       "p.toml:7:4: a second list 'a'; the first is at p.toml:3:4"},
  };
  for (const auto& [lines, message] : table) EXPECT_EQ(list(lines), message) << lines;
}

TEST(PolicyFile, RefusedDevices) {
  const auto device = [](const std::string& lines) {
    return refusal("default_group = 'everyone'\n[[device]]\n" + lines);
  };
  const std::string two = "\n[[device]]\nid='e'\ngroup='everyone'\n";
  const std::vector<std::pair<std::string, std::string>> table = {
      {"match={address='10.0.0.1'}\ngroup='everyone'", "p.toml:2:1: this device has no 'id'"},
      {"id='d'\ngroup='everyone'", "p.toml:2:1: this device has no 'match'"},
      {"id='d'\nmatch={address='10.0.0.1'}", "p.toml:2:1: this device has no 'group'"},
      {"id='mac:1'\nmatch={address='10.0.0.1'}\ngroup='everyone'",
       "p.toml:3:4: 'mac:1' cannot be the id of a device: 1 to 48 letters, digits and '-'"},
      {"id='d'\nmatch={address='10.0.0.1'}\ngroup='evryone'",
       "p.toml:5:7: unknown group 'evryone' (did you mean 'everyone'?)"},
      {"id='d'\nmatch='10.0.0.1'\ngroup='everyone'", "p.toml:4:7: 'match' is a string, and should be a table"},
      {"id='d'\nmatch={}\ngroup='everyone'",
       "p.toml:4:7: a device matches by exactly one of 'mac', 'address' and 'subnet'"},
      {"id='d'\nmatch={mac='02:00:00:00:00:01', address='10.0.0.1'}\ngroup='everyone'",
       "p.toml:4:7: a device matches by exactly one of 'mac', 'address' and 'subnet'"},
      {"id='d'\nmatch={mac='02:00:00:00:01'}\ngroup='everyone'",
       "p.toml:4:12: mac '02:00:00:00:01' should be written as in '02:00:5e:00:00:01'"},
      {"id='d'\nmatch={address='10.0.0.256'}\ngroup='everyone'",
       "p.toml:4:16: address '10.0.0.256' should be written as in '10.0.0.7'"},
      {"id='d'\nmatch={subnet='10.0.0.0/33'}\ngroup='everyone'",
       "p.toml:4:15: subnet '10.0.0.0/33' should be written as in '10.0.0.0/24'"},
      {"id='d'\nmatch={subnet='10.0.0.7/24'}\ngroup='everyone'",
       "p.toml:4:15: subnet '10.0.0.7/24' names an address inside it; write '10.0.0.0/24'"},
      {"id='d'\nmatch={client_id='x'}\ngroup='everyone'", "p.toml:4:18: 'client_id': not built yet; leave it out"},
      {"id='d'\nmatch={hostname='x'}\ngroup='everyone'", "p.toml:4:17: 'hostname': not built yet; leave it out"},
      {"id='d'\nmatch={mac='02:00:00:00:00:01', site='x'}\ngroup='everyone'",
       "p.toml:4:38: 'site': not built yet; leave it out"},
      {"id='d'\nmatch={adress='10.0.0.1'}\ngroup='everyone'",
       "p.toml:4:8: unknown key 'adress' (did you mean 'address'?)"},
      {"id='d'\nmatch={address='10.0.0.1'}\ngroup='everyone'\nowner='x'", "p.toml:6:1: unknown key 'owner'"},
      {"id='d'\nmatch={address='10.0.0.1'}\ngroup='everyone'\n[[device]]\nid='d'\nmatch={address='10.0.0.2'}"
       "\n"
       "group='everyone'",
       "p.toml:7:4: a second device 'd'; the first is at p.toml:3:4"},
      {"id='d'\nmatch={mac='02:00:00:00:00:0A'}\ngroup='everyone'" + two + "match={mac='02-00-00-00-00-0a'}",
       "p.toml:9:12: a second device with mac 02:00:00:00:00:0a; the first is at p.toml:4:12"},
      {"id='d'\nmatch={address='2001:db8::1'}\ngroup='everyone'" + two + "match={address='2001:DB8:0::1'}",
       "p.toml:9:16: a second device with address 2001:db8::1; the first is at p.toml:4:16"},
      {"id='d'\nmatch={subnet='10.0.0.0/8'}\ngroup='everyone'" + two + "match={subnet='10.0.0.0/8'}",
       "p.toml:9:15: a second device with subnet 10.0.0.0/8; the first is at p.toml:4:15"},
  };
  for (const auto& [lines, message] : table) EXPECT_EQ(device(lines), message) << lines;
}

}  // namespace
}  // namespace schoolgate::policy
