// What the shipped lists and the ready policy promise: lists/data/starter.
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/toml.h"
#include "lists/catalogue/taxonomy.h"
#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

std::string starter(const std::string& file) { return source_tree("lists/data/starter/" + file); }

class NamesSink final : public RuleSink {
 public:
  void take(const Line&, filter::Reach reach, filter::Exception exception, const dns::Name& name) override {
    EXPECT_EQ(exception, filter::Exception::kNo);
    EXPECT_EQ(reach, filter::Reach::kBoth);
    names.push_back(name);
  }
  void take_pattern(const Line& line, filter::Exception, std::string_view) override {
    ADD_FAILURE() << "line " << line.number << ", " << line.text << ": names only";
  }
  void reject(const Line& line, std::string_view reason) override {
    ADD_FAILURE() << "line " << line.number << ", " << line.text << ": " << reason;
  }
  void skip(const Line&) override {}
  std::vector<dns::Name> names;
};

class StarterLists : public testing::Test {
 protected:
  StarterLists() : taxonomy_(Taxonomy::read(source_tree("lists/data/taxonomy.toml"))) {}
  void SetUp() override {
    ASSERT_TRUE(taxonomy_) << taxonomy_.error().message();
    for (const Category& category : taxonomy_->categories()) {
      const auto text = base::read_file(starter(category.tag.id + ".txt"));
      if (!text) continue;
      SCOPED_TRACE(category.tag.id);
      NamesSink sink;
      EXPECT_EQ(detect_format(*text).name, "domains");
      find_format("domains")->parse(*text, sink);
      texts_[category.tag.id] = *text;
      lists_[category.tag.id] = sink.names;
    }
  }

  // The lists with a rule that covers the name.
  std::vector<std::string> covering(std::string_view name) const {
    std::vector<std::string> found;
    const dns::Name asked = *dns::Name::parse(name);
    for (const auto& [id, names] : lists_) {
      if (std::any_of(names.begin(), names.end(), [&](const dns::Name& rule) { return asked.is_at_or_below(rule); })) {
        found.push_back(id);
      }
    }
    return found;
  }

  base::Result<Taxonomy> taxonomy_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, std::vector<dns::Name>> lists_;
};

TEST_F(StarterLists, EachCategoryHasOneOrIsHidden) {
  for (const Category& category : taxonomy_->categories()) {
    EXPECT_NE(lists_.contains(category.tag.id), category.hidden) << category.tag.id;
  }
  std::set<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(starter(""))) files.insert(file.path().filename());
  for (const auto& [id, names] : lists_) files.erase(id + ".txt");
  EXPECT_EQ(files, std::set<std::string>{"policy.toml"}) << "a list of no category, or a stray file";
}

TEST_F(StarterLists, EachSaysWhatItIsAndHasItsTestName) {
  for (const auto& [id, names] : lists_) {
    EXPECT_TRUE(texts_[id].starts_with("# starter-" + id + ": ")) << id;
    EXPECT_EQ(covering(id + ".schoolgate.test"), std::vector<std::string>{id});
  }
}

TEST_F(StarterLists, NamesAreLowerCaseAndOnceInAList) {
  for (const auto& [id, names] : lists_) {
    std::set<std::string> seen;
    for (const dns::Name& name : names) {
      EXPECT_EQ(name, name.lowered()) << id;
      EXPECT_TRUE(seen.insert(name.to_text()).second) << id << ": " << name.to_text() << " twice";
    }
  }
}

TEST_F(StarterLists, IllegalCategoriesHoldOurTestNameOnly) {
  for (const char* id : {"child-abuse", "terrorism"}) {
    ASSERT_EQ(lists_[id].size(), 1u) << id;
    EXPECT_EQ(lists_[id][0].to_text(), std::string(id) + ".schoolgate.test");
  }
}

// Names that others run to test filters prove that a licensed feed is loaded: a shipped list must not forge the proof.
TEST_F(StarterLists, NoNameThatOthersTestFiltersWith) {
  for (const char* name :
       {"testfiltering.com", "www.testfiltering.com", "internetbadguys.com", "examplemalwaredomain.com",
        "examplebotnetdomain.com", "exampleadultsite.com", "wicar.org", "eicar.org", "amtso.org",
        "testsafebrowsing.appspot.com", "iwf.org.uk", "example.com", "example.org", "example.net"}) {
    EXPECT_EQ(covering(name), std::vector<std::string>{}) << name;
  }
  for (const auto& [id, text] : texts_) {
    EXPECT_EQ(text.find("testfiltering"), std::string::npos) << id;
    const auto tests = std::count_if(lists_[id].begin(), lists_[id].end(),
                                     [](const dns::Name& name) { return name.to_text().ends_with(".test"); });
    EXPECT_EQ(tests, 1) << id;
  }
}

TEST_F(StarterLists, NoNameThatASchoolCannotDoWithout) {
  for (const char* name : {"google.com",
                           "www.google.com",
                           "google.co.uk",
                           "classroom.google.com",
                           "docs.google.com",
                           "drive.google.com",
                           "accounts.google.com",
                           "translate.google.com",
                           "googleapis.com",
                           "gstatic.com",
                           "bing.com",
                           "duckduckgo.com",
                           "microsoft.com",
                           "www.microsoft.com",
                           "office.com",
                           "login.microsoftonline.com",
                           "live.com",
                           "windowsupdate.com",
                           "update.microsoft.com",
                           "apple.com",
                           "icloud.com",
                           "gateway.icloud.com",
                           "mozilla.org",
                           "cloudflare.com",
                           "amazonaws.com",
                           "akamaiedge.net",
                           "cloudfront.net",
                           "bbc.co.uk",
                           "www.bbc.co.uk",
                           "nhs.uk",
                           "gov.uk",
                           "police.uk",
                           "ac.uk",
                           "sch.uk",
                           "wikipedia.org",
                           "wikimedia.org",
                           "khanacademy.org",
                           "senecalearning.com",
                           "scratch.mit.edu",
                           "github.com",
                           "quad9.net",
                           "zoom.us",
                           "teams.microsoft.com",
                           "jcq.org.uk",
                           "ucas.com",
                           "childline.org.uk",
                           "samaritans.org",
                           "nspcc.org.uk",
                           "ceop.police.uk",
                           "papyrus-uk.org",
                           "giveusashout.org",
                           "beateatingdisorders.org.uk",
                           "gamcare.org.uk",
                           "talktofrank.com",
                           "youngminds.org.uk",
                           "kooth.com",
                           "stonewall.org.uk",
                           "mermaidsuk.org.uk",
                           "switchboard.lgbt",
                           "akt.org.uk",
                           "refuge.org.uk",
                           "womensaid.org.uk",
                           "rapecrisis.org.uk",
                           "tripsit.me",
                           "reportharmfulcontent.com",
                           "actearly.uk",
                           "report-it.org.uk",
                           "fearless.org",
                           "brook.org.uk"}) {
    EXPECT_EQ(covering(name), std::vector<std::string>{}) << name;
  }
}

TEST_F(StarterLists, EncryptedDnsCoversTheWellKnownOnes) {
  for (const char* name :
       {"dns.google", "cloudflare-dns.com", "mozilla.cloudflare-dns.com", "chrome.cloudflare-dns.com",
        "one.one.one.one", "dns.quad9.net", "dns.adguard-dns.com", "doh.opendns.com", "dns.nextdns.io",
        "abc123.dns.nextdns.io", "doh.cleanbrowsing.org", "doh.dns.apple.com", "dns.mullvad.net", "dns.controld.com"}) {
    const auto found = covering(name);
    EXPECT_TRUE(std::count(found.begin(), found.end(), "encrypted-dns") == 1) << name;
  }
}

TEST_F(StarterLists, WellKnownNamesAreWhereASchoolExpectsThem) {
  const std::vector<std::pair<const char*, const char*>> table = {
      {"www.bet365.com", "gambling"},      {"www.roblox.com", "games"},
      {"www.instagram.com", "social"},     {"discord.com", "chat"},
      {"www.youtube.com", "video"},        {"open.spotify.com", "music"},
      {"www.pornhub.com", "pornography"},  {"www.tinder.com", "dating"},
      {"nordvpn.com", "proxy-vpn"},        {"www.teamviewer.com", "remote-access"},
      {"bit.ly", "url-shortener"},         {"thepiratebay.org", "piracy"},
      {"www.ukessays.com", "essay-mills"}, {"www.reddit.com", "forums"},
      {"www.amazon.co.uk", "shopping"},    {"www.skysports.com", "sport"},
      {"chatgpt.com", "generative-ai"},    {"play.google.com", "app-stores"},
      {"ad.doubleclick.net", "ads"},       {"www.google-analytics.com", "tracking"}};
  for (const auto& [name, id] : table) EXPECT_EQ(covering(name), std::vector<std::string>{id}) << name;
}

// The ready policy, read here as plain TOML; the room `policy` reads it with its own eyes.
class StarterPolicy : public StarterLists {
 protected:
  StarterPolicy() : document_(base::TomlDocument::read(starter("policy.toml"))) {}
  void SetUp() override {
    StarterLists::SetUp();
    ASSERT_TRUE(document_) << document_.error().message();
    auto root = document_->root();
    default_group_ = root.string("default_group")->value;
    for (auto& group : root.tables("group")) {
      auto& blocked = blocks_[group.string("id")->value];
      if (const auto parent = group.string("parent")) blocked = blocks_[parent->value];
      for (const auto& id : group.strings("block")) EXPECT_TRUE(blocked.insert(id.value).second) << id.value;
    }
    for (auto& list : root.tables("list")) sources_.emplace(list.string("id")->value, list);
  }
  std::set<std::string> blocked_for(const std::string& band) const {
    std::set<std::string> ids;
    for (const Category& category : taxonomy_->categories()) {
      if (!category.hidden && category.defaults.at(band) == "block") ids.insert(category.tag.id);
    }
    return ids;
  }

  base::Result<base::TomlDocument> document_;
  std::string default_group_;
  std::map<std::string, std::set<std::string>> blocks_;
  std::map<std::string, base::TomlTable> sources_;
};

TEST_F(StarterPolicy, GroupsBlockWhatTheTaxonomySays) {
  EXPECT_EQ(blocks_["pupils"], blocked_for("11-16"));
  EXPECT_EQ(blocks_["staff"], blocked_for("staff"));
  EXPECT_EQ(blocks_["guests"], blocked_for("guest"));
}

TEST_F(StarterPolicy, TheDefaultGroupIsTheStrictest) {
  const auto& strictest = blocks_[default_group_];
  for (const auto& [group, blocked] : blocks_) {
    EXPECT_TRUE(std::includes(strictest.begin(), strictest.end(), blocked.begin(), blocked.end())) << group;
  }
}

TEST_F(StarterPolicy, NamesEachStarterList) {
  EXPECT_EQ(sources_.size(), lists_.size());
  for (const auto& [id, names] : lists_) {
    const auto list = sources_.find("starter-" + id);
    ASSERT_NE(list, sources_.end()) << id;
    EXPECT_EQ(list->second.string("category")->value, id);
    EXPECT_EQ(list->second.string("source")->value, id + ".txt");
  }
}

}  // namespace
}  // namespace schoolgate::lists
