#include "web/html.h"

#include <gtest/gtest.h>

#include <cmath>
#include <regex>

namespace schoolgate::web {
namespace {

TEST(EscapeHtml, NothingThatMeansSomethingGetsThrough) {
  EXPECT_EQ(escape_html("bbc.co.uk"), "bbc.co.uk");
  EXPECT_EQ(escape_html("<script>alert('a\"b')</script>&"),
            "&lt;script&gt;alert(&#39;a&quot;b&#39;)&lt;/script&gt;&amp;");
  EXPECT_EQ(escape_html(std::string_view("\0\n\x1b\x7f", 4)), "\\000\\010\\027\\127");
  EXPECT_EQ(escape_html("\xe2\x80\xae"), "\\226\\128\\174");
  std::string all;
  for (int octet = 0; octet < 256; ++octet) all += static_cast<char>(octet);
  const std::string escaped = escape_html(all);
  EXPECT_EQ(escaped.find_first_of("<>\"'"), std::string::npos);
  for (const char c : escaped) EXPECT_TRUE(c >= 0x20 && c <= 0x7e);
}

std::string field(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.fields) {
    if (key == name) return value;
  }
  return "";
}

TEST(HtmlPage, TheStyleIsLetInByANonceOfItsOwn) {
  const Response first = html_page(403, "A & B", "<p>x</p>");
  const Response second = html_page(403, "A & B", "<p>x</p>");
  const std::regex nonce("default-src 'none'; style-src 'nonce-([0-9a-f]{32})'; .*");
  std::smatch one, two;
  const std::string first_policy = field(first, "Content-Security-Policy");
  const std::string second_policy = field(second, "Content-Security-Policy");
  ASSERT_TRUE(std::regex_match(first_policy, one, nonce)) << first_policy;
  ASSERT_TRUE(std::regex_match(second_policy, two, nonce));
  EXPECT_NE(one[1], two[1]);
  EXPECT_NE(first.body.find("<style nonce=\"" + one[1].str() + "\">"), std::string::npos);
  EXPECT_EQ(first_policy.find("unsafe"), std::string::npos);
}

TEST(HtmlPage, LoadsNothingAndRunsNothing) {
  const Response page = html_page(403, "T", "<p>x</p>");
  for (const char* word : {"<script", "src=", "url(", "@import", "<link", "<iframe", "http:", "https:", " style="}) {
    EXPECT_EQ(page.body.find(word), std::string::npos) << word;
  }
}

TEST(HtmlPage, IsNotStoredAndReadsWell) {
  const Response page = html_page(403, "<T>", "<p>content</p>");
  EXPECT_EQ(page.status, 403u);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(field(page, "Cache-Control"), "no-store");
  EXPECT_EQ(field(page, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(field(page, "Referrer-Policy"), "no-referrer");
  for (const char* part : {"<!doctype html>", "<html lang=\"en\">", "name=\"viewport\"", "<main>", "<p>content</p>",
                           "<title>&lt;T&gt;</title>", "prefers-color-scheme: dark", "aria-hidden=\"true\""}) {
    EXPECT_NE(page.body.find(part), std::string::npos) << part;
  }
}

// WCAG 2.2: relative luminance, and at least 4.5:1 for text.
double luminance(unsigned colour) {
  const auto channel = [](unsigned value) {
    const double c = value / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(colour >> 16 & 255) + 0.7152 * channel(colour >> 8 & 255) + 0.0722 * channel(colour & 255);
}

unsigned colour_of(const std::string& css, const std::string& name) {
  const std::regex pattern("--" + name + ": #([0-9a-f]{3,6})");
  std::smatch found;
  if (!std::regex_search(css, found, pattern)) return 0;
  std::string hex = found[1];
  if (hex.size() == 3) hex = {hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]};
  return static_cast<unsigned>(std::stoul(hex, nullptr, 16));
}

TEST(HtmlPage, TextHasContrastInLightAndInDark) {
  const std::string body = html_page(403, "T", "").body;
  const std::size_t dark = body.find("prefers-color-scheme: dark");
  ASSERT_NE(dark, std::string::npos);
  for (const std::string& css : {body.substr(0, dark), body.substr(dark)}) {
    for (const char* text : {"ink", "soft", "accent"}) {
      for (const char* ground : {"paper", "card", "tint"}) {
        const double one = luminance(colour_of(css, text)), two = luminance(colour_of(css, ground));
        const double contrast = (std::max(one, two) + 0.05) / (std::min(one, two) + 0.05);
        EXPECT_GE(contrast, 4.5) << text << " on " << ground;
      }
    }
  }
}

}  // namespace
}  // namespace schoolgate::web
