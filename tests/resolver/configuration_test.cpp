#include "resolver/configuration.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace schoolgate::resolver {
namespace {

constexpr const char* kBlock = "[block]\nipv4 = \"10.0.0.2\"\n";  // two lines: what follows begins on the third

Configuration read(const std::string& text) {
  auto configuration = Configuration::parse(text, "/etc/schoolgate/s.toml");
  if (!configuration) {
    ADD_FAILURE() << configuration.error().message();
    return {};
  }
  return std::move(*configuration);
}

std::string refusal(const std::string& text) {
  const auto configuration = Configuration::parse(text, "s.toml");
  return configuration ? "" : configuration.error().message();
}

std::vector<std::string> texts(const std::vector<base::Endpoint>& endpoints) {
  std::vector<std::string> made;
  for (const auto& endpoint : endpoints) made.push_back(endpoint.to_text());
  return made;
}

using Texts = std::vector<std::string>;

TEST(Configuration, TheSmallestOneHasTheDefaultsOfTheContract) {
  const Configuration configuration = read(kBlock);
  EXPECT_EQ(texts(configuration.listen), (Texts{"0.0.0.0:53", "[::]:53"}));
  EXPECT_EQ(configuration.workers, std::max(1U, std::thread::hardware_concurrency()));
  EXPECT_EQ(configuration.state, "/var/lib/schoolgate");
  EXPECT_EQ(configuration.user, "schoolgate");
  EXPECT_EQ(configuration.site, "");
  EXPECT_EQ(configuration.policy_file, "");
  EXPECT_TRUE(configuration.upstream.servers.empty());
  EXPECT_TRUE(configuration.zones.empty());
  EXPECT_EQ(configuration.block_ipv4.to_text(), "10.0.0.2");
  EXPECT_FALSE(configuration.has_block_ipv6);
  EXPECT_EQ(configuration.block_ttl_seconds, 10U);
  EXPECT_TRUE(configuration.block_page_http.empty());
  char host[256] = {};
  ::gethostname(host, sizeof host - 1);
  EXPECT_EQ(configuration.node, host);
  EXPECT_EQ(configuration.admin_socket(), "/var/lib/schoolgate/admin.sock");
  EXPECT_EQ(configuration.history_folder(), "/var/lib/schoolgate/history");
}

TEST(Configuration, PrivateAddressesMayAskByDefaultAndOthersMayNot) {
  const auto allows = [configuration = read(kBlock)](const char* address) {
    for (const auto& network : configuration.allow_from) {
      if (network.contains(*base::IpAddress::parse(address))) return true;
    }
    return false;
  };
  for (const char* address :
       {"127.0.0.1", "10.255.0.1", "172.16.0.1", "172.31.255.255", "192.168.7.7", "fd00::1", "fe80::1", "::1"}) {
    EXPECT_TRUE(allows(address)) << address;
  }
  for (const char* address : {"8.8.8.8", "172.32.0.1", "192.169.0.1", "11.0.0.1", "2001:db8::1", "::2"}) {
    EXPECT_FALSE(allows(address)) << address;
  }
}

TEST(Configuration, ReadsEveryKeyThatIsBuilt) {
  const Configuration configuration = read(R"(
[server]
listen = ["127.0.0.1:5300", "[::1]:5301"]
workers = 3
allow_from = ["192.0.2.0/24"]
state = "/srv/state"
user = "dns"
node = "hall"
site = "hill-school"
data = "/srv/data"
[policy]
file = "/srv/policy.toml"
takes_over = false
[upstream]
mode = "forward"
servers = ["udp://9.9.9.9", "udp://[2620:fe::fe]:5353", "udp://2620:fe::9", "udp://127.0.0.1:5354"]
dnssec = false
[[upstream.zone]]
name = "Internal"
servers = ["udp://10.0.0.10"]
[[upstream.zone]]
name = "school.internal."
servers = ["udp://10.0.0.11", "udp://10.0.0.12"]
[block]
ipv4 = "10.0.0.2"
ipv6 = "fd00::2"
ttl = 30
page = { http = ["0.0.0.0:80"], https = [] }
)");
  EXPECT_EQ(texts(configuration.listen), (Texts{"127.0.0.1:5300", "[::1]:5301"}));
  EXPECT_EQ(configuration.workers, 3U);
  ASSERT_EQ(configuration.allow_from.size(), 1U);
  EXPECT_EQ(configuration.allow_from[0].to_text(), "192.0.2.0/24");
  EXPECT_EQ(configuration.state, "/srv/state");
  EXPECT_EQ(configuration.user, "dns");
  EXPECT_EQ(configuration.node, "hall");
  EXPECT_EQ(configuration.site, "hill-school");
  EXPECT_EQ(configuration.data_folder(), "/srv/data");
  EXPECT_EQ(configuration.policy_file, "/srv/policy.toml");
  EXPECT_EQ(texts(configuration.upstream.servers),
            (Texts{"9.9.9.9:53", "[2620:fe::fe]:5353", "[2620:fe::9]:53", "127.0.0.1:5354"}));
  ASSERT_EQ(configuration.zones.size(), 2U);
  EXPECT_EQ(configuration.zones[0].name.to_text(), "school.internal");  // longest first
  EXPECT_EQ(texts(configuration.zones[0].servers), (Texts{"10.0.0.11:53", "10.0.0.12:53"}));
  EXPECT_EQ(configuration.zones[1].name.to_text(), "internal");  // lower case
  EXPECT_TRUE(configuration.has_block_ipv6);
  EXPECT_EQ(configuration.block_ipv6.to_text(), "fd00::2");
  EXPECT_EQ(configuration.block_ttl_seconds, 30U);
  EXPECT_EQ(texts(configuration.block_page_http), (Texts{"0.0.0.0:80"}));
}

TEST(Configuration, TakesEmptyDefaultsOfTheContractWrittenOut) {
  read(R"(
[server]
listen_tls = []
listen_https = []
certificate = ""
private_key = ""
workers = 0
node = ""
site = ""
time_zone = ""
trusted_forwarders = []
trusted_proxies = []
[policy]
file = ""
takes_over = false
[upstream]
servers = []
bootstrap = []
dnssec = false
root_hints = ""
trust_anchor = ""
[block]
ipv4 = "10.0.0.2"
ipv6 = ""
page = { http = [], https = [] }
[history.clickhouse]
url = ""
[console]
listen = []
[metrics]
listen = []
)");
}

TEST(Configuration, RelativePathsAreRelativeToItsOwnFolder) {
  const Configuration configuration = read(
      std::string(kBlock) + "[server]\nstate = \"state\"\ndata = \"../share\"\n[policy]\nfile = \"p/policy.toml\"\n");
  EXPECT_EQ(configuration.state, "/etc/schoolgate/state");
  EXPECT_EQ(configuration.data, "/etc/share");
  EXPECT_EQ(configuration.policy_file, "/etc/schoolgate/p/policy.toml");
}

TEST(Configuration, ReadsAFileAndNamesItWhenItIsMissing) {
  const support::TemporaryFolder folder;
  const std::string path = folder.write("s.toml", std::string(kBlock) + "[policy]\nfile = \"policy.toml\"\n");
  const auto configuration = Configuration::read(path);
  ASSERT_TRUE(configuration) << configuration.error().message();
  EXPECT_EQ(configuration->file, path);
  EXPECT_EQ(configuration->policy_file, folder.file("policy.toml"));
  std::filesystem::remove(path);
  const auto missing = Configuration::read(path);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), base::ErrorCode::kNotFound);
  EXPECT_NE(missing.error().message().find(path), std::string::npos);
}

TEST(Configuration, FindsTheShippedDataOfTheSourceTree) {
  EXPECT_TRUE(std::filesystem::exists(read(kBlock).data_folder() + "/taxonomy.toml"));
}

// A line of one section, and what is said of it. The line stands on the fourth line of the file.
struct RefusalCase {
  const char* section;
  const char* line;
  const char* message;
};

class Refused : public testing::TestWithParam<RefusalCase> {};

TEST_P(Refused, WithItsPlace) {
  const RefusalCase& one = GetParam();
  EXPECT_EQ(refusal(std::string(kBlock) + one.section + "\n" + one.line + "\n"), one.message);
}

INSTANTIATE_TEST_SUITE_P(
    NotBuiltYet, Refused,
    testing::Values(
        RefusalCase{"[server]", "listen_tls = [\"0.0.0.0:853\"]",
                    "s.toml:4:14: 'listen_tls': not built yet; leave it out"},
        RefusalCase{"[server]", "listen_https = [\"0.0.0.0:443\"]",
                    "s.toml:4:16: 'listen_https': not built yet; leave it out"},
        RefusalCase{"[server]", "certificate = \"c.pem\"", "s.toml:4:15: 'certificate': not built yet; leave it out"},
        RefusalCase{"[server]", "private_key = \"k.pem\"", "s.toml:4:15: 'private_key': not built yet; leave it out"},
        RefusalCase{"[server]", "time_zone = \"Europe/London\"",
                    "s.toml:4:13: 'time_zone': not built yet; leave it out"},
        RefusalCase{"[server]", "trusted_forwarders = [\"10.0.0.1\"]",
                    "s.toml:4:22: 'trusted_forwarders': not built yet; leave it out"},
        RefusalCase{"[server]", "trusted_proxies = [\"10.0.0.1\"]",
                    "s.toml:4:19: 'trusted_proxies': not built yet; leave it out"},
        RefusalCase{"[policy]", "takes_over = true", "s.toml:4:14: 'takes_over = true': not built yet"},
        RefusalCase{"[upstream]", "mode = \"recursive\"",
                    "s.toml:4:8: 'mode = \"recursive\"': not built yet; \"forward\" is"},
        RefusalCase{"[upstream]", "dnssec = true", "s.toml:4:10: 'dnssec = true': not built yet"},
        RefusalCase{"[upstream]", "bootstrap = [\"9.9.9.9\"]", "s.toml:4:13: 'bootstrap': not built yet; leave it out"},
        RefusalCase{"[upstream]", "root_hints = \"hints\"", "s.toml:4:14: 'root_hints': not built yet; leave it out"},
        RefusalCase{"[upstream]", "trust_anchor = \"key\"", "s.toml:4:16: 'trust_anchor': not built yet; leave it out"},
        RefusalCase{"[upstream]", "servers = [\"tls://9.9.9.9#dns.quad9.net\"]",
                    "s.toml:4:12: 'tls://9.9.9.9#dns.quad9.net': encrypted upstreams are not built yet; give "
                    "udp://ADDRESS"},
        RefusalCase{"[upstream]", "servers = [\"udp://9.9.9.9\", \"https://dns.quad9.net/dns-query\"]",
                    "s.toml:4:29: 'https://dns.quad9.net/dns-query': encrypted upstreams are not built yet; give "
                    "udp://ADDRESS"},
        RefusalCase{"[history]", "retention_days = { blocked = 90 }",
                    "s.toml:4:18: 'retention_days': not built yet; leave it out"},
        RefusalCase{"[history.clickhouse]", "url = \"http://127.0.0.1:8123\"",
                    "s.toml:4:7: 'url': not built yet; leave it out"},
        RefusalCase{"[console]", "listen = [\"127.0.0.1:8053\"]", "s.toml:4:10: 'listen': not built yet; leave it out"},
        RefusalCase{"[metrics]", "listen = [\"127.0.0.1:9153\"]",
                    "s.toml:4:10: 'listen': not built yet; leave it out"}));

INSTANTIATE_TEST_SUITE_P(
    Wrong, Refused,
    testing::Values(
        RefusalCase{"[server]", "listen = []", "s.toml:4:10: 'listen' is empty: nobody could ask"},
        RefusalCase{"[server]", "listen = [\"0.0.0.0:53\", \"53\"]",
                    "s.toml:4:25: '53' should be ADDRESS:PORT, like \"0.0.0.0:53\" or \"[::]:53\""},
        RefusalCase{"[server]", "workers = -1", "s.toml:4:11: 'workers' is -1, and should be from 0 to 256"},
        RefusalCase{"[server]", "workers = \"two\"",
                    "s.toml:4:11: 'workers' is a string, and should be a whole number"},
        RefusalCase{"[server]", "allow_from = [\"10.0.0.0/33\"]",
                    "s.toml:4:15: '10.0.0.0/33' should be a network, like \"10.0.0.0/8\""},
        RefusalCase{"[server]", "state = 7", "s.toml:4:9: 'state' is a whole number, and should be a string"},
        RefusalCase{"[server]", "listn = [\"0.0.0.0:53\"]", "s.toml:4:1: unknown key 'listn' (did you mean 'listen'?)"},
        RefusalCase{"[server]", "alow_from = [\"10.0.0.0/8\"]",
                    "s.toml:4:1: unknown key 'alow_from' (did you mean 'allow_from'?)"},
        RefusalCase{"[upstream]", "mode = \"forwarding\"",
                    "s.toml:4:8: 'forwarding' should be \"forward\" or \"recursive\""},
        RefusalCase{"[upstream]", "servers = [\"9.9.9.9\"]",
                    "s.toml:4:12: '9.9.9.9' should be udp://ADDRESS or udp://ADDRESS:PORT"},
        RefusalCase{"[upstream]", "servers = [\"udp://dns.quad9.net\"]",
                    "s.toml:4:12: 'udp://dns.quad9.net' should be udp://ADDRESS or udp://ADDRESS:PORT"},
        RefusalCase{"[[upstream.zone]]", "servers = [\"udp://10.0.0.1\"]",
                    "s.toml:3:1: a [[upstream.zone]] needs a 'name', like \"school.internal\""},
        RefusalCase{"[[upstream.zone]]", "name = \"school.internal\"",
                    "s.toml:3:1: a [[upstream.zone]] needs 'servers'"},
        RefusalCase{"[policy]", "fiel = \"policy.toml\"", "s.toml:4:1: unknown key 'fiel' (did you mean 'file'?)"},
        RefusalCase{"[metrics]", "port = 1", "s.toml:4:1: unknown key 'port'"},
        RefusalCase{"[upstrem]", "servers = []", "s.toml:3:2: unknown key 'upstrem' (did you mean 'upstream'?)"}));

struct BlockCase {
  const char* text;
  const char* message;
};

class BlockRefused : public testing::TestWithParam<BlockCase> {};

TEST_P(BlockRefused, WithItsPlace) { EXPECT_EQ(refusal(GetParam().text), GetParam().message); }

INSTANTIATE_TEST_SUITE_P(
    Table, BlockRefused,
    testing::Values(
        BlockCase{"",
                  "s.toml:1:1: a [block] table is missing: it says what unsafe names resolve to, like ipv4 = "
                  "\"10.0.0.2\""},
        BlockCase{"[block]\n", "s.toml:1:1: [block] needs 'ipv4': the address that unsafe names resolve to"},
        BlockCase{"[block]\nipv4 = \"fd00::2\"\n", "s.toml:2:8: 'fd00::2' should be an IPv4 address"},
        BlockCase{"[block]\nipv4 = \"10.0.0.2\"\nipv6 = \"10.0.0.2\"\n",
                  "s.toml:3:8: '10.0.0.2' should be an IPv6 address, or empty"},
        BlockCase{"[block]\nipv4 = \"10.0.0.2\"\nttl = 3601\n",
                  "s.toml:3:7: 'ttl' is 3601, and should be from 0 to 3600"},
        BlockCase{"[block]\nipv4 = \"10.0.0.2\"\npage = { https = [\"0.0.0.0:443\"] }\n",
                  "s.toml:3:18: 'https': not built yet; leave it out"},
        BlockCase{"[block]\nipv4 = \"10.0.0.2\"\npage = { http = [\"80\"] }\n",
                  "s.toml:3:18: '80' should be ADDRESS:PORT, like \"0.0.0.0:53\" or \"[::]:53\""}));

TEST(Configuration, SaysEveryMistakeInTheOrderOfTheFile) {
  const std::string text = refusal("[server]\nworkers = 900\n[upstream]\ndnssec = true\n[block]\nipv4 = \"x\"\n");
  EXPECT_EQ(text,
            "s.toml:2:11: 'workers' is 900, and should be from 0 to 256\n"
            "s.toml:4:10: 'dnssec = true': not built yet\n"
            "s.toml:6:8: 'x' should be an IPv4 address");
}

TEST(Configuration, WhatIsNoTomlIsRefusedWithItsPlace) {
  EXPECT_EQ(refusal("[block\n").substr(0, 21), "s.toml:1:7: not TOML:");
}

}  // namespace
}  // namespace schoolgate::resolver
