#include "web/html.h"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sys/random.h>

namespace schoolgate::web {
namespace {

// Colours are picked for a contrast of at least 4.5:1 (WCAG 2.2 AA) in light and in dark.
constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --paper: #eef2f3; --card: #fff; --ink: #1d2b33; --soft: #51636d; --line: #dde5e8;
  --tint: #e6f2f1; --accent: #11696b; --glow: rgba(20, 60, 70, .10); }
@media (prefers-color-scheme: dark) { :root { --paper: #10181c; --card: #19242a; --ink: #e8eff1; --soft: #a3b4bc;
  --line: #2b3a42; --tint: #1e3136; --accent: #7fd1cb; --glow: rgba(0, 0, 0, .35); } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center;
  padding: clamp(1rem, 5vh, 4rem) 1rem 1.5rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  -webkit-text-size-adjust: 100%; }
main { width: 100%; max-width: 37rem; background: var(--card); border: 1px solid var(--line); border-radius: 1.25rem;
  padding: clamp(1.5rem, 6vw, 2.75rem); box-shadow: 0 1rem 3rem var(--glow); }
.mark { display: block; width: 3.25rem; height: 3.25rem; color: var(--accent); margin-bottom: 1.1rem; }
h1 { font-size: clamp(1.5rem, 5.4vw, 1.9rem); line-height: 1.22; letter-spacing: -.015em; margin: 0 0 .7rem;
  text-wrap: balance; }
h2 { font-size: 1.0625rem; line-height: 1.35; margin: 1.75rem 0 .4rem; }
p { margin: 0 0 .7rem; }
strong { font-weight: 650; overflow-wrap: anywhere; }
ul { margin: .25rem 0 0; padding-left: 1.2rem; }
li { margin-bottom: .5rem; padding-left: .15rem; }
li::marker { color: var(--accent); }
a { color: var(--accent); text-underline-offset: .18em; overflow-wrap: anywhere; }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: .25rem; }
.why { margin: 1.25rem 0; padding: 1rem 1.15rem; background: var(--tint); border-radius: .9rem; }
.why p:last-child { margin: 0; }
.why b { display: block; font-size: 1.1rem; font-weight: 650; }
.why small { display: block; color: var(--soft); font-size: .875rem; }
dl { margin: .25rem 0 0; }
dl > div { padding: .55rem 0; border-bottom: 1px solid var(--line); }
dl > div:last-child { border-bottom: 0; padding-bottom: 0; }
dt { font-weight: 600; } dd { margin: 0; }
footer { max-width: 34rem; margin-top: 1.25rem; color: var(--soft); font-size: .875rem; line-height: 1.5;
  text-align: center; text-wrap: balance; }
main > :last-child { margin-bottom: 0; }
@media print { body { background: none; } main { box-shadow: none; } }
)css";

// A school gate between two posts.
constexpr std::string_view kMark =
    R"svg(<svg class="mark" viewBox="0 0 52 52" fill="none" stroke="currentColor" stroke-width="3")svg"
    R"svg( stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">)svg"
    R"svg(<path d="M7 46V15M45 46V15M4 46h8M40 46h8M7 40h38M7 30h38M7 24c8 0 14-4 19-13 5 9 11 13 19 13)svg"
    R"svg(M16 40V23M26 40V12M36 40V23"/><circle cx="7" cy="10.5" r="3"/><circle cx="45" cy="10.5" r="3"/></svg>)svg";

constexpr std::string_view kFooter =
    "The filter works with names only. It does not see pages, searches, pictures or messages, and it does not know who "
    "was using this device.";

std::string draw_nonce() {
  std::array<unsigned char, 16> octets{};
  // 16 octets come whole once the system's pool is ready, which it is long before a network is.
  while (::getrandom(octets.data(), octets.size(), 0) != static_cast<ssize_t>(octets.size())) {
  }
  return fmt::format("{:02x}", fmt::join(octets, ""));
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet > 0x7e) {
      escaped += fmt::format("\\{:03}", octet);
    } else if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '"') {
      escaped += "&quot;";
    } else if (c == '\'') {
      escaped += "&#39;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

Response html_page(unsigned status, std::string_view title, std::string_view content) {
  const std::string nonce = draw_nonce();
  Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.fields = {
      {"Cache-Control", "no-store"},
      {"Content-Security-Policy",
       fmt::format("default-src 'none'; style-src 'nonce-{}'; base-uri 'none'; form-action 'none'; "
                   "frame-ancestors 'none'",
                   nonce)},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
  };
  response.body = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>{}</title>\n<style nonce=\"{}\">{}</style>\n</head>\n"
      "<body>\n<main>\n{}\n{}</main>\n<footer>{}</footer>\n</body>\n</html>\n",
      escape_html(title), nonce, kStyle, kMark, content, kFooter);
  return response;
}

}  // namespace schoolgate::web
