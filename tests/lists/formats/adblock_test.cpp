#include "lists/formats/adblock.h"

#include "filter/image.h"
#include "lists/build.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

struct Row {
  std::string line;
  std::string event;  // without "1: "
};

void expect_rows(const std::vector<Row>& table) {
  for (const Row& row : table) EXPECT_EQ(events_of("adblock", row.line), std::vector{"1: " + row.event}) << row.line;
}

TEST(Adblock, ReadsNames) {
  expect_rows({
      {"||ads.example^", "both ads.example"},
      {"||Ads.Example^", "both Ads.Example"},
      {"\t||ads.example^ \r", "both ads.example"},
      {"||ads_1.example^|", "both ads_1.example"},
      {"||ads.example|", "both ads.example"},
      {"||ads.example^*", "both ads.example"},
      {"||ads.example^ # why", "both ads.example"},
      {"||*.ads.example^", "subdomains ads.example"},
      {"*.ads.example^", "subdomains ads.example"},
      {".ads.example|", "subdomains ads.example"},
      {"|ads.example^", "exact ads.example"},
      {"|ads.example|", "exact ads.example"},
      {"://ads.example^", "exact ads.example"},
      {"ads.example", "exact ads.example"},
      {"ads.example # why", "exact ads.example"},
      {"0.0.0.0 ads.example", "exact ads.example"},
      {"::1 ads.example # why ## so", "exact ads.example"},
      {"@@||good.example^", "both good.example exception"},
      {"@@|good.example|", "exact good.example exception"},
      {"@@||*.good.example^", "subdomains good.example exception"},
  });
}

TEST(Adblock, ReadsPatterns) {
  expect_rows({
      {"||ads.example", R"(pattern (^|\.)ads\.example)"},
      {"||ads.", R"(pattern (^|\.)ads\.)"},
      {"||ads*", R"(pattern (^|\.)ads)"},
      {"||ads*^", R"(pattern (^|\.)ads)"},
      {"||ads*.example^", R"(pattern (^|\.)ads.*\.example$)"},
      {"||*ads.example^", R"(pattern ads\.example$)"},
      {"|ads.", R"(pattern ^ads\.)"},
      {"|ads*.example|", R"(pattern ^ads.*\.example$)"},
      {"://ads.", R"(pattern ^ads\.)"},
      {"*://ads.", R"(pattern ^ads\.)"},
      {"ads.example^", R"(pattern ads\.example$)"},
      {"*ads.example|", R"(pattern ads\.example$)"},
      {"-ads.", R"(pattern -ads\.)"},
      {".ads.", R"(pattern \.ads\.)"},
      {"*.ads.example", R"(pattern \.ads\.example)"},
      {"casino", "pattern casino"},
      {"@@good.example", R"(pattern good\.example exception)"},
      {"@@||good*.example^", R"(pattern (^|\.)good.*\.example$ exception)"},
      {"/^ad[0-9]+\\./", R"(pattern ^ad[0-9]+\.)"},
      {"@@/^good[0-9]/", "pattern ^good[0-9] exception"},
      {"/^ad$|^ads?\\//", R"(pattern ^ad$|^ads?\/)"},
      {"/^ad##[0-9]/", "pattern ^ad##[0-9]"},
      {"/(unclosed/", "pattern (unclosed"},
      {"||zone^", R"(pattern (^|\.)zone$)"},
      {"||*.zone^", R"(pattern \.zone$)"},
  });
}

TEST(Adblock, SkipsWhatIsNoRule) {
  for (const char* line : {" ", "! comment", "# comment", "##.banner", "[Adblock Plus 2.0]", "[AdGuard]",
                           "[uBlock Origin]", "127.0.0.1 localhost", "localhost"}) {
    EXPECT_EQ(events_of("adblock", line), std::vector<std::string>{"1: skipped"}) << line;
  }
}

// Whatever stands around them, and whatever else the list has.
TEST(Adblock, ReadsNamesInTheirOwnLetters) {
  const std::vector<Row> table = {
      {"||bücher.example^", "both xn--bcher-kva.example"},
      {"@@||bücher.example^", "both xn--bcher-kva.example exception"},
      {"|bücher.example^", "exact xn--bcher-kva.example"},
      {"bücher.example", "exact xn--bcher-kva.example"},
      {"||bücher.example^$important", "both xn--bcher-kva.example"},
      {".bücher.example^", "subdomains xn--bcher-kva.example"},
      {"||bücher.example", "pattern (^|\\.)xn--bcher-kva\\.example"},
      {"||bücher^", "pattern (^|\\.)xn--bcher-kva$"},
      {"||bücher", "rejected: not ASCII: write it as xn--…"},
      {"bücher.example^", "rejected: not ASCII: write it as xn--…"},
      {"||bü*cher.example^", "rejected: not ASCII: write it as xn--…"},
  };
  for (const Row& row : table) EXPECT_EQ(events_of("adblock", row.line), std::vector{"1: " + row.event}) << row.line;
  EXPECT_EQ(joined(events_of("adblock", "||bücher.example^\n||plain.example^$important\n")),
            "1: both xn--bcher-kva.example\n2: both plain.example\n");
}

TEST(Adblock, RejectsWhatDnsCannotEnforce) {
  const std::string path = "rejected: not enforceable by DNS: has a path";
  const std::string page = "rejected: hides parts of a page: a browser's work, DNS sees names only";
  const std::string address = "rejected: an address, not a name: that is a firewall's work";
  const std::string part = "rejected: an address, or a part of one: that is a firewall's work";
  const std::string all = "rejected: covers every name there is";
  const std::string empty_label = "rejected: has an empty label, and no name has";
  expect_rows({
      {"||ads.example/banner", path},
      {"||ads.example^banner", "rejected: has a '^' or '|' in the middle, and no name goes on after one"},
      {"||ads.example^/banner/", "rejected: has a '^' or '|' in the middle, and no name goes on after one"},
      {"/banner.gif", path},
      {"/banner/*/ad.", path},
      {"https://ads.example/x", path},
      {"|https://ads.example",
       "rejected: not enforceable by DNS: is a URL; write the bare name if the whole site is "
       "meant"},
      {"||ads.example:8080^", "rejected: not enforceable by DNS: has a port"},
      {"||ads*.example:8080^", "rejected: not enforceable by DNS: has a port"},
      {"/^https?:\\/\\/ads/", "rejected: not enforceable by DNS: an expression over URLs"},
      {"/^(https?|wss?)://ads/", "rejected: not enforceable by DNS: an expression over URLs"},
      {"/^192\\.0\\.2\\.\\d{1,3}$/", "rejected: an expression over addresses, not names: that is a firewall's work"},
      {"192.0.2.1", address},
      {"||192.0.2.1^", part},
      {"2001:db8::1", address},
      {"||2001:db8::1^", address},
      {"[2001:db8::1]", address},
      {"192.0.2.0/24", "rejected: a range of addresses, not a name: that is a firewall's work"},
      {"://192.0.2.", part},
      {"ads.example##.banner", page},
      {"ads.example#@#.banner", page},
      {"ads.example#?#.banner", page},
      {"ads.example#%#alert()", page},
      {"ads.example#@$?#.banner", page},
      {"ads.example$$script[data]", page},
      {"*", all},
      {"||", all},
      {"||*", all},
      {"||^", all},
      {"@@", all},
      {"@@*", all},
      {"||*^", all},
      {"ad", "rejected: shorter than three characters, and stands in too many names"},
      {"||ads..example^", empty_label},
      {"||.ads", empty_label},
      {"ads..example^", empty_label},
      {"||ads.example.^", "rejected: has a dot before the end, and no name ends in one"},
      {"||a\xff.example", "rejected: is not a domain name: it is not UTF-8"},
      {"||b\xc3\xbc"
       "cher*^",
       "rejected: not ASCII: write it as xn--…"},
      {"/^ad s/", "rejected: has a blank, and no name has: one expression a line, no comment after it"},
      {"<html>", "rejected: no name has a '<'"},
  });
}

TEST(Adblock, RejectsModifiersThatItCannotHonour) {
  expect_rows({
      {"||ads.example^$third-party", "rejected: $third-party: a browser's work, DNS sees names only"},
      {"||ads.example^$~third-party", "rejected: $third-party: a browser's work, DNS sees names only"},
      {"||ads.example^$all", "rejected: $all: a browser's work, DNS sees names only"},
      {"||ads.example^$domain=secret.example", "rejected: $domain: a browser's work, DNS sees names only"},
      {"/^ads[0-9]/$script,popup", "rejected: $script: a browser's work, DNS sees names only"},
      {"||ads.example^$important,script", "rejected: $script: a browser's work, DNS sees names only"},
      {"||ads.example^$client=192.0.2.1",
       "rejected: $client: for some clients only: a group of the policy says that, a list cannot"},
      {"||ads.example^$ctag=device_tv",
       "rejected: $ctag: for some kinds of device only: a group of the policy says that, a list cannot"},
      {"||ads.example^$dnstype=AAAA",
       "rejected: $dnstype: for some record types only, and a rule covers a name whatever is asked of it"},
      {"||ads.example^$dnsrewrite=192.0.2.1", "rejected: $dnsrewrite: rewrites the answer, and lists only block"},
      {"||ads.example^$secret", "rejected: has a modifier that is not known here"},
      {"||ads.example^$important=1", "rejected: has a modifier that is not known here"},
      {"||ads.example^$Important", "rejected: has a modifier that is not known here"},
      {"||ads.example^$", "rejected: ends in '$', and no modifier follows"},
      {"||ads.example^$,", "rejected: has a modifier that is not known here"},
      {"||ads.example^$denyallow", "rejected: $denyallow: needs names, and stands once in a rule"},
      {"||ads.example^$denyallow=", "rejected: $denyallow: needs names, and stands once in a rule"},
  });
}

std::string told(const std::string& text) { return joined(events_of("adblock", text)); }

TEST(Adblock, BadfilterTakesBackTheRuleThatIsWrittenTheSame) {
  EXPECT_EQ(told("||ads.example^\n||other.example^\n||ads.example^$badfilter\n||ads.example^\n"),
            "1: skipped\n2: both other.example\n3: skipped\n4: skipped\n");
  EXPECT_EQ(told("||ads.example^$badfilter,popup\n||ads.example^$popup\n||ads.example^\n"),
            "1: skipped\n2: skipped\n3: both ads.example\n");
  EXPECT_EQ(told("@@||ads.example^$badfilter\n||ads.example^\n@@||ads.example^\n"),
            "1: skipped\n2: both ads.example\n3: skipped\n");
  EXPECT_EQ(told("/^ads/$badfilter\n/^ads/\n"), "1: skipped\n2: skipped\n");
  EXPECT_EQ(told("||ads.example^$important,denyallow=a.ads.example,badfilter\n"
                 "||ads.example^$denyallow=a.ads.example,important\n"),
            "1: skipped\n2: skipped\n");
  EXPECT_EQ(told("||ads.example^$badfilter\n||ads.example^$important\n"),
            "1: rejected: $badfilter: takes back a rule that this list does not have, and a list speaks for itself "
            "only\n2: both ads.example\n");
}

TEST(Adblock, AnExceptionDoesNotCountAgainstAnImportantRule) {
  EXPECT_EQ(told("||ads.example^$important\n@@||ads.example^\n@@||a.ads.example^\n@@||example^\n@@||b.example^\n"),
            "1: both ads.example\n2: skipped\n3: skipped\n4: pattern (^|\\.)example$ exception\n"
            "5: both b.example exception\n");
  EXPECT_EQ(told("|ads.example|$important\n"), "1: exact ads.example\n");
  EXPECT_EQ(told("@@||ads.example^\n|ads.example^$important\n"),
            "1: subdomains ads.example exception\n2: exact ads.example\n");
  EXPECT_EQ(told("@@||ads.example^$important\n||ads.example^$important\n||a.ads.example^\n0.0.0.0 b.ads.example\n"),
            "1: both ads.example exception\n2: skipped\n3: skipped\n4: skipped\n");
}

TEST(Adblock, AnImportantRuleThatAPatternWouldLiftIsRejected) {
  EXPECT_EQ(told("||ads.example^$important\n@@/^good/\n@@||a.ads.example^\n"),
            "1: rejected: $important: the list has exceptions that are patterns, and they would lift it\n"
            "2: pattern ^good exception\n3: both a.ads.example exception\n");
  EXPECT_EQ(told("/^ads/$important\n@@||good.example^\n"),
            "1: rejected: $important: the rule is a pattern, and the list has exceptions, which would lift it\n"
            "2: both good.example exception\n");
  EXPECT_EQ(told("/^ads/$important\n@@||good.example^$important\n"),
            "1: pattern ^ads\n2: both good.example exception\n");
}

TEST(Adblock, DenyallowGivesExceptionsUnlessAnotherRuleCoversTheName) {
  EXPECT_EQ(told("||zone^$denyallow=a.zone|B.zone\n"),
            "1: pattern (^|\\.)zone$\n1: both a.zone exception\n1: both b.zone exception\n");
  EXPECT_EQ(told("||ads.example^$denyallow=a.ads.example|elsewhere.example\n"),
            "1: both ads.example\n1: both a.ads.example exception\n");
  EXPECT_EQ(told("||zone^$denyallow=a.zone|b.zone|c.d.zone\n||a.zone^\n|b.zone^\n0.0.0.0 c.d.zone\n||*.d.zone^\n"),
            "1: pattern (^|\\.)zone$\n1: subdomains b.zone exception\n2: both a.zone\n3: exact b.zone\n"
            "4: exact c.d.zone\n5: subdomains d.zone\n");
  EXPECT_EQ(told("||zone^$denyallow=a.zone\n||zone^$denyallow=b.a.zone|c.zone\n"),
            "1: pattern (^|\\.)zone$\n2: pattern (^|\\.)zone$\n2: both b.a.zone exception\n")
      << "each alone blocks what the other leaves out";
  EXPECT_EQ(told("||zone^$denyallow=a.zone\n||a.zone^$badfilter\n||a.zone^\n"),
            "1: pattern (^|\\.)zone$\n1: both a.zone exception\n2: skipped\n3: skipped\n");
}

TEST(Adblock, DenyallowOfAPatternIsInTheExpression) {
  EXPECT_EQ(told("||ads*$denyallow=ads.example|b.example\n"),
            "1: pattern ^(?!(.*\\.)?(ads\\.example|b\\.example)$)(.*\\.)?ads\n");
  EXPECT_EQ(told("||zone^$denyallow=a.zone\n/^ads/\n"),
            "1: pattern ^(?!(.*\\.)?(a\\.zone)$)(.*\\.)?zone$\n2: pattern ^ads\n")
      << "an exception would lift the pattern too";
}

TEST(Adblock, ADenyallowThatCannotBeHonouredIsRejected) {
  expect_rows({
      {"||ads.example^$denyallow=ads.example", "rejected: $denyallow: leaves nothing of the rule"},
      {"||ads.example^$denyallow=example", "rejected: $denyallow: leaves nothing of the rule"},
      {"@@||ads.example^$denyallow=a.ads.example", "rejected: $denyallow: has no meaning on an exception"},
      {"||ads.example^$important,denyallow=a.ads.example", "rejected: $denyallow: not together with $important"},
      {"/^ads[0-9]/$denyallow=ads1.example",
       "rejected: $denyallow: on a regular expression, which can leave names out itself"},
      {"||ads.example^$denyallow=a.*",
       "rejected: $denyallow: has a wildcard, which stands for domains that we do not know"},
      {"||ads.example^$denyallow=~a.ads.example", "rejected: $denyallow: not a list of names with '|' between them"},
  });
}

TEST(Adblock, MoreRulesOfOneNameThanCanBeHeldAgainstEachOtherAreRejected) {
  const std::string rule = "||ads.example^$denyallow=a.ads.example\n";
  EXPECT_EQ(told(rule + rule + rule + rule).find("rejected"), std::string::npos);
  const std::string events = told(rule + rule + rule + rule + rule + "||example^$denyallow=b.ads.example\n");
  EXPECT_TRUE(events.starts_with("1: rejected: $denyallow: on more than four rules of this name\n2: rejected:"))
      << events;
  EXPECT_TRUE(events.ends_with("6: pattern (^|\\.)example$\n6: both b.ads.example exception\n")) << events;
}

// What is told to the filter, and what the filter makes of it: which of these names the list covers.
class AdblockInForce : public testing::Test {
 protected:
  std::vector<std::string> covered(const std::string& list, const std::vector<std::string>& names) {
    folder_.write("list.txt", list);
    const auto taxonomy = Taxonomy::read(source_tree("lists/data/taxonomy.toml"));
    Source source{"list", "ads", folder_.file("list.txt"), "adblock"};
    source.suffixes = Guard::Suffixes::kMayBeBlocked;
    const auto outcome = build_image(*taxonomy, no_guard(), {}, {source}, state());
    if (!outcome) return {outcome.error().message()};
    for (const auto& rejected : outcome->lists[0].rejected) ADD_FAILURE() << rejected.text << ": " << rejected.reason;
    const auto image = filter::Image::open(image_path(state()));
    if (!image) return {image.error().message()};
    auto scratch = (*image)->make_scratch();
    std::vector<std::string> found;
    for (const std::string& name : names) {
      const auto tags = (*image)->classify(*dns::Name::parse(name), *scratch);
      if (!(*image)->tags().ids(tags).empty()) found.push_back(name);
    }
    return found;
  }
  std::string state() const { return folder_.file("state"); }

  support::TemporaryFolder folder_;
};

using Names = std::vector<std::string>;

TEST_F(AdblockInForce, NamesAndPatterns) {
  EXPECT_EQ(covered("||a.example^\n|b.example|\n||*.c.example^\n/^d[0-9]/\n://e.\n@@||good.a.example^\n@@/^dd?0/\n",
                    {"a.example", "www.a.example", "xa.example", "good.a.example", "b.example", "www.b.example",
                     "c.example", "www.c.example", "d1.example", "d0.example", "e.example", "www.e.example"}),
            (Names{"a.example", "www.a.example", "b.example", "www.c.example", "d1.example", "e.example"}));
}

TEST_F(AdblockInForce, Denyallow) {
  const Names names = {"x.zone", "a.zone", "www.a.zone", "bad.a.zone", "aa.zone", "good.zone"};
  const std::string rules = "||zone^$denyallow=a.zone\n||bad.a.zone^\n@@||good.zone^\n";
  EXPECT_EQ(covered(rules, names), (Names{"x.zone", "bad.a.zone", "aa.zone"}));
  EXPECT_EQ(covered(rules + "/^never[0-9]/\n", names), (Names{"x.zone", "bad.a.zone", "aa.zone"}));
  EXPECT_EQ(covered("||*a*.zone^$denyallow=a.zone\n", names), (Names{"aa.zone"}));
  EXPECT_EQ(covered("://a.$denyallow=a.zone\n", {"a.zone", "a.other", "b.a.other", "a.a.zone"}), (Names{"a.other"}));
}

TEST_F(AdblockInForce, Important) {
  const Names names = {"ads.example", "a.ads.example", "b.example"};
  EXPECT_EQ(covered("||example^\n||ads.example^$important\n@@||a.ads.example^\n@@||b.example^\n", names),
            (Names{"ads.example", "a.ads.example"}));
  EXPECT_EQ(covered("||example^\n||a.ads.example^$important\n@@||ads.example^$important\n", names),
            (Names{"b.example"}));
}

TEST(Adblock, OdditiesAreAsInTheGoldenFile) {
  const auto text = base::read_file(source_tree("tests/lists/formats/oddities.adblock.txt"));
  const auto golden = base::read_file(source_tree("tests/lists/formats/oddities.adblock.golden"));
  ASSERT_TRUE(text && golden);
  EXPECT_EQ(joined(events_of("adblock", *text)), *golden);
}

}  // namespace
}  // namespace schoolgate::lists
