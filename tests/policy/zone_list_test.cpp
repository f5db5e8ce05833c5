#include "policy/zone_list.h"

#include "tests/policy/sample.h"

namespace schoolgate::policy {
namespace {

constexpr const char* kZone = "source = 'ixfr://10.0.0.2/rpz.example'\n";

std::string policy_with(const std::string& lines) {
  return "default_group = 'everyone'\n[[list]]\nid = 'a'\ncategory = 'games'\n" + lines;
}
ListSetting list_of(const std::string& lines) {
  auto settings = parse_policy(policy_with(lines), "/etc/schoolgate/policy.toml", sample::tags());
  if (settings) return settings->lists.at(0);
  ADD_FAILURE() << settings.error().message();
  return {};
}
std::string refused(const std::string& lines) { return sample::refusal(policy_with(lines)); }

TEST(ZoneList, ItsSourceStaysAsWritten) {
  for (const std::string& source : {std::string("axfr://10.0.0.2/rpz.example"), std::string("ixfr://[::1]:5353/rpz")}) {
    const ListSetting list = list_of("source = '" + source + "'");
    EXPECT_EQ(list.source, source);
    EXPECT_FALSE(list.tsig);
  }
}

TEST(ZoneList, HasTheKeyItsTransferIsSignedWith) {
  const ListSetting list = list_of(std::string(kZone) +
                                   "tsig = { name = 'school.key', algorithm = 'hmac-sha512', "
                                   "secret_file = 'keys/school' }");
  ASSERT_TRUE(list.tsig);
  EXPECT_EQ(list.tsig->name, "school.key");
  EXPECT_EQ(list.tsig->algorithm, "hmac-sha512");
  EXPECT_EQ(list.tsig->secret_file, "/etc/schoolgate/keys/school");
  const ListSetting other = list_of(std::string(kZone) + "tsig = { name = 'k', secret_file = '/run/keys/k' }");
  EXPECT_EQ(other.tsig->algorithm, "hmac-sha256") << "when it is not said";
  EXPECT_EQ(other.tsig->secret_file, "/run/keys/k");
}

TEST(ZoneList, SaysWhatIsWrongWithTheKey) {
  const auto tsig = [](const std::string& inside) { return refused(std::string(kZone) + "tsig = { " + inside + " }"); };
  EXPECT_EQ(tsig("name = 'k'"), "p.toml:6:8: this 'tsig' has no 'secret_file'");
  EXPECT_EQ(tsig("secret_file = 'f'"), "p.toml:6:8: this 'tsig' has no 'name'");
  EXPECT_EQ(tsig("name = '', secret_file = 'f'"), "p.toml:6:17: 'name' is empty");
  EXPECT_EQ(tsig("name = 'k', secret_file = ''"), "p.toml:6:36: 'secret_file' is empty");
  for (const std::string& name : {std::string("a..b"), std::string(".")}) {
    EXPECT_EQ(
        tsig("name = '" + name + "', secret_file = 'f'"),
        "p.toml:6:17: '" + name + "' is no name of a key: one is written like a domain name, as the primary has it");
  }
  EXPECT_EQ(tsig("name = 'k', algorithm = 'hmac-md5', secret_file = 'f'"),
            "p.toml:6:34: algorithm 'hmac-md5' should be 'hmac-sha256' or 'hmac-sha512'");
  EXPECT_EQ(
      tsig("name = 'k', secret = 'MDEy', secret_file = 'f'"),
      "p.toml:6:31: a secret does not belong in the policy: put it into a file that only the daemon may read, and name "
      "that as 'secret_file'");
  EXPECT_EQ(tsig("name = 'k', secret_file = 'f', fudge = 1"), "p.toml:6:41: unknown key 'fudge'");
}

TEST(ZoneList, OfAnotherSourceHasNoKey) {
  EXPECT_EQ(refused("source = 'lists/games.txt'\ntsig = { name = 'k', secret_file = 'f' }"),
            "p.toml:6:8: 'tsig' is for a source that begins with axfr:// or ixfr://");
}

}  // namespace
}  // namespace schoolgate::policy
