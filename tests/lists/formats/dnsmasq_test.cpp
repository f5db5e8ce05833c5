#include "lists/formats/dnsmasq.h"

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

struct Row {
  std::string line;
  std::vector<std::string> events;
};

TEST(Dnsmasq, ReadsALine) {
  const std::string both = "1: both ads.example";
  const std::string no_rule = "1: rejected: no address=, server= or local= of dnsmasq, and so no rule about a name";
  const std::string no_slash = "1: rejected: has no '/' before a name, and so is no rule about one";
  const std::string own_answer = "1: rejected: has an answer of its own: that is no blocking";
  const std::string forwards = "1: rejected: forwards to a server: that is no blocking";
  const std::string every_name = "1: rejected: covers every name there is";
  const std::string dotless = "1: rejected: an empty name, which to dnsmasq is all names without a dot";
  const std::vector<Row> table = {
      {"address=/ads.example/", {both}},
      {"address=/ads.example/#", {both}},
      {"address=/ads.example/0.0.0.0", {both}},
      {"address=/ads.example/::", {both}},
      {"address=/ads.example/127.0.0.1", {both}},
      {"address=/ads.example/::1", {both}},
      {"server=/ads.example/", {both}},
      {"server=/ads.example/127.0.0.1", {both}},
      {"server=/ads.example/0.0.0.0", {both}},
      {"local=/ads.example/", {both}},
      {"local=/ads.example/127.0.0.1", {both}},
      {"\taddress = /ads.example/ # why\r", {both}},
      {"address=/ads.example/# # why", {both}},
      {"address=/ads.example./", {both}},
      {"address=/.ads.example/", {both}},
      {"address=/*.ads.example/", {"1: subdomains ads.example"}},
      {"address=/a.example/b.example/0.0.0.0", {"1: both a.example", "1: both b.example"}},
      {"address=/bücher.example/", {"1: both xn--bcher-kva.example"}},
      {"server=/ads.example/#", {both + " exception"}},
      {"local=/a.example/b.example/#", {"1: both a.example exception", "1: both b.example exception"}},
      {"server=/*.ads.example/#", {"1: subdomains ads.example exception"}},
      {"server=/ads.example/8.8.8.8", {forwards}},
      {"server=/ads.example/127.0.0.1#5353", {forwards}},
      {"server=/ads.example/127.0.0.1@lo", {forwards}},
      {"local=/ads.example/2001:db8::1", {forwards}},
      {"server=/a.example/b.example/8.8.8.8", {forwards}},
      {"address=/ads.example/192.0.2.7", {own_answer}},
      {"address=/ads.example/2001:db8::7", {own_answer}},
      {"address=/a.example/b.example", {own_answer}},
      {"address=/#/", {every_name}},
      {"address=/#/0.0.0.0", {every_name}},
      {"server=/#/#", {every_name}},
      {"address=/./", {"1: rejected: is not a domain name: it is empty"}},
      {"address=//0.0.0.0", {dotless}},
      {"address=/a.example//#", {"1: both a.example", dotless}},
      {"address=/a.example/#/b.example/", {"1: both a.example", every_name, "1: both b.example"}},
      {"address=/com/", {"1: rejected: covers a whole top-level domain"}},
      {"server=/com/#", {"1: rejected: covers a whole top-level domain"}},
      {"address=/*ads.example/", {"1: rejected: a wildcard is understood only as a leading '*.'"}},
      {"address=/192.0.2.7/", {"1: rejected: an address, not a name: that is a firewall's work"}},
      {"address=/localhost/127.0.0.1", {"1: skipped"}},
      {"address=/localhost/ads.example/", {both}},
      {"address=/ads.example", {"1: rejected: has no '/' after the name"}},
      {"address=ads.example", {no_slash}},
      {"server=8.8.8.8", {no_slash}},
      {"address=", {no_slash}},
      {"address", {no_rule}},
      {"addresses=/ads.example/", {no_rule}},
      {"Address=/ads.example/", {no_rule}},
      {"domain-needed", {no_rule}},
      {"cname=ads.example,b.example", {no_rule}},
      {"ipset=/ads.example/set", {no_rule}},
      {"conf-file=/etc/ads.conf", {no_rule}},
      {"0.0.0.0 ads.example", {no_rule}},
      {"#address=/ads.example/", {"1: skipped"}},
      {"", {}},
  };
  for (const Row& row : table) EXPECT_EQ(events_of("dnsmasq", row.line), row.events) << row.line;
}

TEST(Dnsmasq, ClaimsOptionsAboutNamesOnly) {
  for (const char* line : {"address=/ads.example/#", "server=/ads.example/", "local = /ads.example/", "address=/#/"}) {
    EXPECT_TRUE(claims_dnsmasq_line(line)) << line;
  }
  for (const char* line : {"server=192.0.2.1", "cache-size=100", "ads.example", "/ads.example/", "", "="}) {
    EXPECT_FALSE(claims_dnsmasq_line(line)) << line;
  }
}

TEST(Dnsmasq, OdditiesAreAsInTheGoldenFile) {
  const auto text = base::read_file(source_tree("tests/lists/formats/oddities.dnsmasq.txt"));
  const auto golden = base::read_file(source_tree("tests/lists/formats/oddities.dnsmasq.golden"));
  ASSERT_TRUE(text && golden);
  EXPECT_EQ(joined(events_of("dnsmasq", *text)), *golden);
}

}  // namespace
}  // namespace schoolgate::lists
