// schoolgate check --stdin
#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "web/json.h"
#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

class CheckMany : public ::testing::Test {
 protected:
  static bool has(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }
  Workplace place_;
};

TEST_F(CheckMany, IsALineEach) {
  const Input no_image("bet365.com\n");
  EXPECT_EQ(place_.run({"check", "--stdin"}).exit, 1);
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  const std::string names =
      "bet365.com\r\nwww.BET365.com.\n\n bbc.co.uk\nnot a\x1b name\nhttps://bet365.com/odds\n"
      "192.0.2.1\n192.0.2.1.\nmünchen.example\na..b\nbet365.com,\nlast.example";
  {
    const Input input(names);
    EXPECT_EQ(place_.run({"check", "--stdin"}).out,
              "bet365.com\tblocked\tgambling\tgambling\n"
              "www.bet365.com\tblocked\tgambling\tgambling\n"
              "bbc.co.uk\tallowed\totherwise\t-\n"
              "not a\\027 name\tinvalid\tis not a domain name: there is a blank in it\t-\n"
              "bet365.com\tblocked\tgambling\tgambling\n"
              "192.0.2.1\tinvalid\tis an address, and should be a domain name\t-\n"
              "192.0.2.1.\tinvalid\tis an address, and should be a domain name\t-\n"
              "xn--mnchen-3ya.example\tallowed\totherwise\t-\n"
              "a..b\tinvalid\tis not a domain name: a label is empty\t-\n"
              "bet365.com,\tinvalid\tis not a domain name: ',' does not belong in one\t-\n"
              "last.example\tallowed\totherwise\t-\n");
  }
  const Input input(names);
  const Ran ran = place_.run({"check", "--stdin", "--json"});
  std::istringstream lines(ran.out);
  std::vector<std::string> verdicts;
  web::Json invalid;
  for (std::string line; std::getline(lines, line);) {
    const auto one = web::Json::parse(line);
    verdicts.push_back(one["verdict"]);
    if (invalid.empty() && one["verdict"] == "invalid") invalid = one;
  }
  EXPECT_EQ(verdicts, (std::vector<std::string>{"blocked", "blocked", "allowed", "invalid", "blocked", "invalid",
                                                "invalid", "allowed", "invalid", "invalid", "allowed"}));
  EXPECT_EQ(invalid["name"], "not a\x1b name");
  EXPECT_EQ(invalid["error"], "is not a domain name: there is a blank in it");
  EXPECT_TRUE(invalid["tags"].empty() && invalid["category"] == "" && invalid["decided_by"] == "") << invalid;
}

// Lines come in the order of the names, however many are looked up together.
TEST_F(CheckMany, KeepsTheirOrder) {
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  std::string names, wanted;
  for (int i = 0; i < 1000; ++i) {
    const bool is_blocked = i % 7 == 3;
    const std::string name = fmt::format("n{}.{}", i, is_blocked ? "bet365.com" : "example");
    names += name + "\n";
    wanted += name + (is_blocked ? "\tblocked\tgambling\tgambling\n" : "\tallowed\totherwise\t-\n");
    if (i % 97 != 5) continue;
    names += "10.0.0.1\n";
    wanted += "10.0.0.1\tinvalid\tis an address, and should be a domain name\t-\n";
  }
  const Input input(names);
  EXPECT_EQ(place_.run({"check", "--stdin"}).out, wanted);
}

// The end of a line that is too long is no name of its own.
TEST_F(CheckMany, PassesOverLongLines) {
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  for (const std::size_t size :
       {std::size_t{65'530}, std::size_t{65'536}, std::size_t{131'072}, std::size_t{200'000}}) {
    const Input input(std::string(size, 'x') + "bet365.com\r\r\nbet365.com\n" + std::string(size, 'y') + "bet365.com");
    const Ran ran = place_.run({"check", "--stdin"});
    EXPECT_EQ(std::ranges::count(ran.out, '\n'), 3) << size;
    const auto second = ran.out.find('\n') + 1;
    EXPECT_TRUE(ran.out.substr(second).starts_with("bet365.com\tblocked\t")) << size;
    EXPECT_EQ(ran.out.find("bet365.com\tblocked", second + 1), std::string::npos) << size;
  }
}

// One reader for both: whatever is typed, they agree.
TEST_F(CheckMany, ReadsAsCheckDoes) {
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  for (const char* typed : {"bet365.com", "BET365.com.", "bet365.com..", "..", "\\066et365.com", "https://bet365.com/x",
                            "a.1..", "10.0.0.1", "user@bet365.com", "bet365.com:443", "*.bet365.com", "bet365,com"}) {
    const Input input(std::string(typed) + "\n");
    const std::string many = place_.run({"check", "--stdin"}).out;
    const Ran one = place_.run({"check", "--offline", typed});
    EXPECT_EQ(has(many, "\tinvalid\t"), one.exit != 0) << typed << ": " << many << one.err;
    EXPECT_EQ(has(many, "\tblocked\t"), has(one.out, "is BLOCKED")) << typed << ": " << many << one.out;
  }
}

TEST_F(CheckMany, GoesByTheGroup) {
  ASSERT_EQ(place_.run({"lists", "build"}).exit, 0);
  const Input input(std::string(100'000, 'x') + "\nbet365.com\n");
  const Ran ran = place_.run({"check", "--stdin", "--group", "staff"});
  EXPECT_TRUE(ran.out.ends_with("bet365.com\tallowed\totherwise\tgambling\n")) << ran.out.substr(ran.out.size() - 100);
  EXPECT_EQ(place_.run({"check", "--stdin", "--group", "nobody"}).exit, 1);
}

}  // namespace
}  // namespace schoolgate::admin_cli
