#include "lists/fetch/http_fetch.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <chrono>
#include <cstdlib>

#include "tests/lists/fetch/scripted_http.h"

namespace schoolgate::lists {
namespace {

using Addresses = base::Result<std::vector<base::IpAddress>>;

constexpr const char* kList = "a.example\nb.example\n";

HttpRequest request_for(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.look_up = [](const std::string& host) -> Addresses {
    return base::Error(base::ErrorCode::kUnavailable, "no server has an address of " + host);
  };
  request.first_pause_ms = 1;
  request.most_ms = 5'000;
  return request;
}

std::string error_of(const HttpRequest& request) {
  const auto answer = http_fetch(request);
  return answer ? "" : answer.error().message();
}

bool says(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

TEST(HttpFetch, AWholeAnswerIsTakenWithWhatIdentifiesIt) {
  const ScriptedHttp server(http("200 OK", kList, "ETag: \"x1\"\r\nLAST-MODIFIED:  yesterday \r\n"));
  const auto answer = http_fetch(request_for(server.url()));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->octets, kList);
  EXPECT_EQ(answer->etag, "\"x1\"");
  EXPECT_EQ(answer->last_modified, "yesterday");
  EXPECT_FALSE(answer->not_modified);
  EXPECT_TRUE(says(server.requests().at(0), "GET /list.txt HTTP/1.1\r\n"));
}

TEST(HttpFetch, WhatIsThereAlreadyIsNotSentAgain) {
  const ScriptedHttp server(http("304 Not Modified", ""));
  HttpRequest request = request_for(server.url());
  request.etag = "\"x1\"";
  request.last_modified = "yesterday";
  const auto answer = http_fetch(request);
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_TRUE(answer->not_modified);
  EXPECT_TRUE(says(server.requests().at(0), "If-None-Match: \"x1\"\r\n"));
  EXPECT_TRUE(says(server.requests().at(0), "If-Modified-Since: yesterday\r\n"));
}

TEST(HttpFetch, ProgressIsTold) {
  const ScriptedHttp server(http("200 OK", kList));
  HttpRequest request = request_for(server.url());
  std::uint64_t last = 0, all = 0;
  request.progress = [&](std::uint64_t done, std::uint64_t of) { last = done, all = of; };
  ASSERT_TRUE(http_fetch(request));
  EXPECT_EQ(last, 20u);
  EXPECT_EQ(all, 20u);
}

TEST(HttpFetch, AnAnswerThatWasCutIsNone) {
  const ScriptedHttp server(std::string("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n") + kList);
  EXPECT_TRUE(says(error_of(request_for(server.url())), ": was cut: the server ended it before its end"));
  EXPECT_EQ(server.requests().size(), 3u) << "it may pass";
}

TEST(HttpFetch, AnAnswerInPiecesThatWasCutIsNone) {
  const ScriptedHttp server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\na.example\n");
  EXPECT_NE(error_of(request_for(server.url())), "");
}

TEST(HttpFetch, OneThatIsTooLongIsReadNoFurther) {
  std::atomic<std::size_t> sent = 0;
  const ScriptedHttp server([&sent](const std::string&, const ScriptedHttp::Send& send) {
    send("HTTP/1.1 200 OK\r\n\r\n");
    for (const std::string piece(65'536, 'x'); send(piece);) sent += piece.size();
  });
  HttpRequest request = request_for(server.url());
  request.most_octets = 2 << 20;
  EXPECT_TRUE(says(error_of(request), ": is longer than 2 MiB, and was not read further"));
  EXPECT_EQ(server.requests().size(), 1u) << "it does not pass";
  EXPECT_LT(sent, std::size_t{64} << 20);
}

// A hundred octets that become a million.
TEST(HttpFetch, ABombIsReadNoFurther) {
  const std::string zeros(1'000'000, '0');
  std::string bomb(ZSTD_compressBound(zeros.size()), '\0');
  bomb.resize(ZSTD_compress(bomb.data(), bomb.size(), zeros.data(), zeros.size(), 1));
  ASSERT_LT(bomb.size(), 1'000u);
  const ScriptedHttp server(http("200 OK", bomb, "Content-Encoding: zstd\r\n"));
  HttpRequest request = request_for(server.url());
  EXPECT_EQ(http_fetch(request)->octets.size(), zeros.size());
  request.most_octets = 100'000;
  EXPECT_TRUE(says(error_of(request), "and was not read further"));
}

TEST(HttpFetch, OneThatStandsStillIsGivenUp) {
  const ScriptedHttp server([](const std::string&, const ScriptedHttp::Send& send) {
    send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\na.example\n");
    for (int i = 0; i < 40 && send(""); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  });
  HttpRequest request = request_for(server.url());
  request.stalled_ms = 1'000;
  request.attempts = 1;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(says(error_of(request), "stood still for 1 s"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
}

TEST(HttpFetch, OneThatDripsForEverIsGivenUp) {
  const ScriptedHttp server([](const std::string&, const ScriptedHttp::Send& send) {
    send("HTTP/1.1 200 OK\r\n\r\n");
    while (send("a")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  });
  HttpRequest request = request_for(server.url());
  request.most_ms = 1'000;
  EXPECT_TRUE(says(error_of(request), "took over 1 s"));
}

TEST(HttpFetch, WhatMayPassIsTriedAgain) {
  std::atomic<int> asked = 0;
  const ScriptedHttp server([&asked](const std::string&, const ScriptedHttp::Send& send) {
    send(++asked < 3 ? http("503 Busy", "wait") : http("200 OK", kList));
  });
  const auto answer = http_fetch(request_for(server.url()));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->octets, kList);
  EXPECT_EQ(asked, 3);
}

TEST(HttpFetch, WhatDoesNotPassIsNot) {
  const ScriptedHttp server(http("404 Not Found", "gone"));
  EXPECT_EQ(error_of(request_for(server.url())), server.url() + ": the server answers with status 404");
  EXPECT_EQ(server.requests().size(), 1u);
}

TEST(HttpFetch, NobodyThere) {
  std::string url;
  {
    const ScriptedHttp server("");
    url = server.url();
  }
  EXPECT_TRUE(says(error_of(request_for(url)), url + ": Failed to connect"));
}

TEST(HttpFetch, APageInPlaceOfAList) {
  for (const char* page : {"<!DOCTYPE html><p>Sorry", "\n\t <HTML>", "\xef\xbb\xbf<head>", "<?xml version='1.0'?>"}) {
    const ScriptedHttp server(http("200 OK", page));
    EXPECT_TRUE(says(error_of(request_for(server.url())), "is a web page, not a list")) << page;
  }
  EXPECT_FALSE(is_web_page("# <html>\na.example\n"));
  EXPECT_FALSE(is_web_page(""));
}

TEST(HttpFetch, ARedirectIsFollowed) {
  const ScriptedHttp server([](const std::string& request, const ScriptedHttp::Send& send) {
    send(says(request, "/list.txt") ? http("302 Found", "", "Location: /moved.txt\r\n") : http("200 OK", kList));
  });
  const auto answer = http_fetch(request_for(server.url()));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(answer->octets, kList);
}

TEST(HttpFetch, RedirectsInARingEnd) {
  const ScriptedHttp server(http("301 Moved", "", "Location: /list.txt\r\n"));
  EXPECT_TRUE(says(error_of(request_for(server.url())), "is sent on more than 5 times"));
  EXPECT_EQ(server.requests().size(), 6u);
}

TEST(HttpFetch, ARedirectToAnotherProtocolIsNotFollowed) {
  for (const char* to : {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"}) {
    const ScriptedHttp server(http("302 Found", "", std::string("Location: ") + to + "\r\n"));
    EXPECT_TRUE(says(error_of(request_for(server.url())), "should begin with https:// or http://")) << to;
  }
}

// A host of the internet may not have us ask what only this network reaches.
TEST(HttpFetch, ARedirectToThisNetworkIsNotFollowed) {
  const ScriptedHttp inside(http("200 OK", kList));
  const ScriptedHttp server(http("302 Found", "", "Location: " + inside.url() + "\r\n"));
  // The host of the source is one of the internet: what it is reached at does not matter here.
  HttpRequest request = request_for("http://lists.example:" + std::to_string(server.port()) + "/list.txt");
  int asked = 0;
  request.look_up = [&asked](const std::string&) -> Addresses {
    return std::vector{*base::IpAddress::parse(++asked == 1 ? "127.0.0.1" : "198.51.100.7")};
  };
  EXPECT_TRUE(says(error_of(request), "leads to 127.0.0.1 (127.0.0.1), an address of this network"));
  EXPECT_TRUE(inside.requests().empty());
}

// A proxy is asked for names only, and would go wherever an address says.
TEST(HttpFetch, NorThroughAProxy) {
  const ScriptedHttp proxy(http("302 Found", "", "Location: http://10.1.2.3/secrets\r\n"));
  ::setenv("http_proxy", proxy.url("").c_str(), 1);
  const std::string error = error_of(request_for("http://lists.example/list.txt"));
  ::unsetenv("http_proxy");
  EXPECT_TRUE(says(error, "leads to 10.1.2.3 (10.1.2.3), an address of this network")) << error;
  ASSERT_EQ(proxy.requests().size(), 1u);
  EXPECT_TRUE(says(proxy.requests()[0], "GET http://lists.example/list.txt HTTP/1.1"))
      << "and its host was not looked up";
}

TEST(HttpFetch, AHostOfThisNetworkMaySendOnWithinIt) {
  const ScriptedHttp inside(http("200 OK", kList));
  const ScriptedHttp server(http("302 Found", "", "Location: " + inside.url() + "\r\n"));
  EXPECT_TRUE(http_fetch(request_for(server.url())));
}

TEST(HttpFetch, TheHostIsAskedOfWhoWeSayAndNobodyElse) {
  const ScriptedHttp server(http("200 OK", kList));
  HttpRequest request = request_for("http://no.such.host.invalid:" + std::to_string(server.port()) + "/list.txt");
  EXPECT_TRUE(says(error_of(request), "no server has an address of no.such.host.invalid"));
  request.look_up = [](const std::string&) -> Addresses { return std::vector{*base::IpAddress::parse("127.0.0.1")}; };
  EXPECT_TRUE(http_fetch(request));
  EXPECT_TRUE(says(server.requests().at(0), "Host: no.such.host.invalid"));
}

TEST(HttpFetch, WhatIsNoAddressIsSaid) {
  EXPECT_EQ(error_of(request_for("not an address")), "not an address: is no web address");
  EXPECT_EQ(error_of(request_for("ftp://x.example/")), "ftp://x.example/: should begin with https:// or http://");
}

TEST(IsPrivate, ByItsNetwork) {
  for (const char* text : {"127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
                           "0.0.0.0", "::", "::1", "fd00::1", "fe80::1"}) {
    EXPECT_TRUE(is_private(*base::IpAddress::parse(text))) << text;
  }
  for (const char* text : {"198.51.100.7", "172.32.0.1", "2001:db8::1", "8.8.8.8"}) {
    EXPECT_FALSE(is_private(*base::IpAddress::parse(text))) << text;
  }
}

}  // namespace
}  // namespace schoolgate::lists
