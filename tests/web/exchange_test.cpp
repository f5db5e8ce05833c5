#include "web/exchange.h"

#include <gtest/gtest.h>

namespace schoolgate::web {
namespace {

struct TargetCase {
  std::string target;
  std::string path;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string host;
};

TEST(ReadTarget, TakesTargetsApart) {
  const std::vector<TargetCase> cases = {
      {"/", "/", {}, ""},
      {"*", "*", {}, ""},
      {"/a/b%20c", "/a/b c", {}, ""},
      {"/a+b", "/a+b", {}, ""},
      {"/x?name=bbc.co.uk&type=A", "/x", {{"name", "bbc.co.uk"}, {"type", "A"}}, ""},
      {"/x?a=1+2%2B3", "/x", {{"a", "1 2+3"}}, ""},
      {"/x?a=1&a=2", "/x", {{"a", "1"}, {"a", "2"}}, ""},
      {"/x?flag&&b=", "/x", {{"flag", ""}, {"b", ""}}, ""},
      {"/x?", "/x", {}, ""},
      {"/x?a=b=c", "/x", {{"a", "b=c"}}, ""},
      {"/%00", std::string("/\0", 2), {}, ""},
      {"http://bad.example:81/p?q=1", "/p", {{"q", "1"}}, "bad.example:81"},
      {"http://bad.example", "/", {}, "bad.example"},
      {"http://bad.example?q=1", "/", {{"q", "1"}}, "bad.example"},
  };
  for (const auto& each : cases) {
    Request request;
    ASSERT_TRUE(read_target(each.target, request)) << each.target;
    EXPECT_EQ(request.path, each.path) << each.target;
    EXPECT_EQ(request.parameters, each.parameters) << each.target;
    EXPECT_EQ(request.host, each.host) << each.target;
  }
}

TEST(ReadTarget, RefusesWhatIsNoTarget) {
  std::string many = "/?a=1";
  for (int i = 0; i < 40; ++i) many += "&a=1";
  for (const std::string target : {"", "x", "https://x/", "/%", "/%4", "/%zz", "/x?a=%G0", "/x?%+1=2", many.c_str()}) {
    Request request;
    EXPECT_FALSE(read_target(target, request)) << target;
  }
}

TEST(ReadTarget, AbsoluteTargetReplacesTheHostField) {
  Request request;
  request.host = "other.example";
  ASSERT_TRUE(read_target("http://bad.example/", request));
  EXPECT_EQ(request.host, "bad.example");
  ASSERT_TRUE(read_target("/", request));
  EXPECT_EQ(request.host, "bad.example");
}

TEST(PercentEncode, EveryOctetComesBack) {
  std::string all;
  for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
  const std::string encoded = percent_encode(all);
  EXPECT_EQ(encoded.find_first_of(" &=+?#/<>\"'\n"), std::string::npos);
  EXPECT_EQ(percent_decode(encoded, true), all);
  EXPECT_EQ(percent_decode(encoded, false), all);
  EXPECT_EQ(percent_encode("a-b_c.d~e"), "a-b_c.d~e");
}

TEST(ReasonPhrase, EveryStatusThatIsSentHasOne) {
  for (const unsigned status : {200, 400, 403, 404, 405, 408, 413, 431, 500, 503}) {
    EXPECT_FALSE(reason_phrase(status).empty()) << status;
  }
}

}  // namespace
}  // namespace schoolgate::web
