#include "lists/fetch/http_fetch.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <string_view>
#include <thread>

#include <fmt/format.h>

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::IpAddress;
using base::Result;

constexpr int kMostRedirects = 5;
constexpr long kConnectTimeoutMs = 15'000;

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using CurlUrl = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;
using CurlList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// What may pass is tried again; the rest is an answer.
struct Failure {
  std::string why;
  bool may_pass = false;
};

// One address of the web, taken apart.
struct Target {
  std::string url, scheme, host, port;
};

Result<Target> take_apart(const std::string& url) {
  const CurlUrl parsed(curl_url(), &curl_url_cleanup);
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return Error(ErrorCode::kInvalid, url + ": is no web address");
  }
  Target target{url, "", "", ""};
  const auto get = [&parsed](CURLUPart part, std::string& into) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK && text != nullptr) into = text;
    curl_free(text);
  };
  get(CURLUPART_SCHEME, target.scheme);
  get(CURLUPART_HOST, target.host);
  get(CURLUPART_PORT, target.port);
  if (target.scheme != "https" && target.scheme != "http") {
    return Error(ErrorCode::kInvalid, url + ": should begin with https:// or http://");
  }
  return target;
}

bool has_proxy(const Target& target) {
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return is_set("all_proxy") || is_set("ALL_PROXY") ||
         (target.scheme == "https" ? is_set("https_proxy") || is_set("HTTPS_PROXY") : is_set("http_proxy"));
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// One exchange: what curl gives, as it comes.
class Exchange {
 public:
  explicit Exchange(const HttpRequest& request) : request_(request) {}

  static std::size_t take_body(char* octets, std::size_t, std::size_t size, void* self) {
    return static_cast<Exchange*>(self)->take(std::string_view(octets, size)) ? size : 0;
  }
  static std::size_t take_header(char* octets, std::size_t, std::size_t size, void* self) {
    static_cast<Exchange*>(self)->take_field(std::string_view(octets, size));
    return size;
  }
  // Once a second at least.
  static int tell(void* self, curl_off_t all, curl_off_t done, curl_off_t, curl_off_t) {
    return static_cast<Exchange*>(self)->goes_on(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(all)) ? 0
                                                                                                                    : 1;
  }

  bool is_too_long() const { return is_too_long_; }
  bool is_stalled() const { return is_stalled_; }
  HttpAnswer& answer() { return answer_; }

 private:
  bool goes_on(std::uint64_t done, std::uint64_t all) {
    if (request_.progress != nullptr) request_.progress(done, all);
    if (done != done_) moved_ms_ = now_ms();
    done_ = done;
    is_stalled_ = now_ms() - moved_ms_ > request_.stalled_ms;
    return !is_stalled_;
  }

  bool take(std::string_view octets) {
    is_too_long_ = answer_.octets.size() + octets.size() > request_.most_octets;
    if (!is_too_long_) answer_.octets += octets;
    return !is_too_long_;
  }

  void take_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == '\r' || value.back() == '\n' || value.back() == ' '))
      value.remove_suffix(1);
    if (name == "etag") answer_.etag = value;
    if (name == "last-modified") answer_.last_modified = value;
  }

  const HttpRequest& request_;
  HttpAnswer answer_;
  std::uint64_t done_ = 0;
  std::int64_t moved_ms_ = now_ms();
  bool is_too_long_ = false;
  bool is_stalled_ = false;
};

std::string in_words(CURLcode code, const Exchange& exchange, const HttpRequest& request, const char* detail) {
  if (exchange.is_too_long()) {
    return fmt::format("is longer than {} MiB, and was not read further", request.most_octets >> 20);
  }
  if (code == CURLE_PARTIAL_FILE) return "was cut: the server ended it before its end";
  if (exchange.is_stalled()) return fmt::format("stood still for {} s", request.stalled_ms / 1000);
  if (code == CURLE_OPERATION_TIMEDOUT) return fmt::format("took over {} s", request.most_ms / 1000);
  return *detail != '\0' ? detail : curl_easy_strerror(code);
}

bool may_pass(CURLcode code) {
  constexpr std::array kPassing = {CURLE_COULDNT_CONNECT,  CURLE_OPERATION_TIMEDOUT, CURLE_PARTIAL_FILE,
                                   CURLE_SEND_ERROR,       CURLE_RECV_ERROR,         CURLE_GOT_NOTHING,
                                   CURLE_SSL_CONNECT_ERROR};
  return std::ranges::find(kPassing, code) != kPassing.end();
}

std::string without_brackets(const std::string& host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

// "host:port:address,address", so that curl asks nobody for it, and what was checked is what is connected to.
Result<std::string> resolved(const HttpRequest& request, const Target& target, bool may_be_private) {
  std::vector<IpAddress> addresses;
  if (const auto literal = IpAddress::parse(without_brackets(target.host))) {
    addresses.push_back(*literal);
  } else {
    const auto found = request.look_up(target.host);
    if (!found) return found.error();
    addresses = *found;
  }
  if (addresses.empty()) return Error(ErrorCode::kUnavailable, fmt::format("{} has no address", target.host));
  std::string text;
  for (const IpAddress& address : addresses) {
    if (!may_be_private && is_private(address)) {
      return Error(ErrorCode::kForbidden,
                   fmt::format("leads to {} ({}), an address of this network", target.host, address.to_text()));
    }
    const std::string written = address.is_v4() ? address.to_text() : "[" + address.to_text() + "]";
    text += (text.empty() ? "" : ",") + written;
  }
  return fmt::format("{}:{}:{}", target.host, target.port, text);
}

// A step of a fetch: an answer, where it is to be found instead, or why there is none.
struct Step {
  HttpAnswer answer;
  std::string redirect;
  std::optional<Failure> failure;
};

CurlList fields_of(const HttpRequest& request) {
  CurlList fields(nullptr, &curl_slist_free_all);
  const auto add = [&fields](const std::string& field) {
    fields.reset(curl_slist_append(fields.release(), field.c_str()));
  };
  if (!request.etag.empty()) add("If-None-Match: " + request.etag);
  if (!request.last_modified.empty()) add("If-Modified-Since: " + request.last_modified);
  return fields;
}

void set_options(CURL* curl, const Target& target, std::int64_t left_ms) {
  curl_easy_setopt(curl, CURLOPT_URL, target.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "schoolgate");
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");  // all that curl can decompress
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(left_ms));
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  // The curl command has this from its environment, its library not.
  if (const char* authorities = std::getenv("SSL_CERT_FILE")) curl_easy_setopt(curl, CURLOPT_CAINFO, authorities);
}

Step ask_once(const HttpRequest& request, const Target& target, bool may_be_private, std::int64_t left_ms) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Curl curl(curl_easy_init(), &curl_easy_cleanup);
  if (kReady != CURLE_OK || !curl) return {{}, {}, Failure{"libcurl cannot start"}};
  Exchange exchange(request);
  std::array<char, CURL_ERROR_SIZE> detail{};
  set_options(curl.get(), target, left_ms);
  CurlList addresses(nullptr, &curl_slist_free_all);
  // A proxy looks hosts up itself; what is written as an address needs no looking up.
  if (!has_proxy(target) || IpAddress::parse(without_brackets(target.host))) {
    const auto at = resolved(request, target, may_be_private);
    if (!at) return {{}, {}, Failure{at.error().message(), at.error().code() == ErrorCode::kUnavailable}};
    addresses.reset(curl_slist_append(nullptr, at->c_str()));
    curl_easy_setopt(curl.get(), CURLOPT_RESOLVE, addresses.get());
  }
  const CurlList fields = fields_of(request);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, fields.get());
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &Exchange::take_body);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, &Exchange::take_header);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, &Exchange::tell);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &exchange);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    return {{},
            {},
            Failure{in_words(code, exchange, request, detail.data()),
                    exchange.is_stalled() || (!exchange.is_too_long() && may_pass(code))}};
  }
  long status = 0;
  const char* redirect = nullptr;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl.get(), CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) return {{}, redirect, {}};
  exchange.answer().not_modified = status == 304;
  if (status != 200 && status != 304) {
    return {{}, {}, Failure{fmt::format("the server answers with status {}", status), status == 429 || status >= 500}};
  }
  return {std::move(exchange.answer()), {}, {}};
}

bool is_private_host(const HttpRequest& request, const Target& target) {
  if (const auto literal = IpAddress::parse(without_brackets(target.host))) return is_private(*literal);
  if (has_proxy(target)) return false;
  const auto found = request.look_up(target.host);
  return found && std::ranges::any_of(*found, is_private);
}

// Follows redirects to the answer.
Step ask(const HttpRequest& request, const Target& first, std::int64_t until_ms) {
  Target target = first;
  bool may_be_private = true;  // who wrote the source means its address, whatever it is
  for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
    Step step = ask_once(request, target, may_be_private, std::max<std::int64_t>(until_ms - now_ms(), 1));
    if (step.redirect.empty()) return step;
    const auto next = take_apart(step.redirect);
    if (!next) return {{}, {}, Failure{"is sent on to " + next.error().message()}};
    if (target.scheme == "https" && next->scheme == "http") {
      return {{}, {}, Failure{fmt::format("is sent on to {}, which is not encrypted", next->url)}};
    }
    may_be_private = next->host == first.host || is_private_host(request, first);
    target = *next;
  }
  return {{}, {}, Failure{fmt::format("is sent on more than {} times", kMostRedirects)}};
}

// Half as long again at most, so that a thousand schools do not come back together.
void pause(std::int64_t pause_ms) {
  static thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<std::int64_t> more(0, pause_ms / 2);
  std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms + more(random)));
}

}  // namespace

Result<HttpAnswer> http_fetch(const HttpRequest& request) {
  const auto target = take_apart(request.url);
  if (!target) return target.error();
  const std::int64_t until_ms = now_ms() + request.most_ms;
  std::int64_t pause_ms = request.first_pause_ms;
  for (unsigned attempt = 1;; ++attempt, pause_ms *= 2) {
    Step step = ask(request, *target, until_ms);
    if (!step.failure && !step.answer.not_modified && is_web_page(step.answer.octets)) {
      step.failure = Failure{"is a web page, not a list"};
    }
    if (!step.failure) return std::move(step.answer);
    if (!step.failure->may_pass || attempt >= request.attempts || now_ms() + pause_ms >= until_ms) {
      return Error(ErrorCode::kUnavailable, fmt::format("{}: {}", request.url, step.failure->why));
    }
    pause(pause_ms);
  }
}

bool is_private(const IpAddress& address) {
  static const std::vector<base::IpNetwork> kNetworks = [] {
    std::vector<base::IpNetwork> networks;
    for (const char* text : {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                             "172.16.0.0/12", "192.168.0.0/16", "::/128", "::1/128", "fc00::/7", "fe80::/10"}) {
      networks.push_back(*base::IpNetwork::parse(text));
    }
    return networks;
  }();
  return std::ranges::any_of(kNetworks, [&](const base::IpNetwork& network) { return network.contains(address); });
}

bool is_web_page(std::string_view octets) {
  constexpr std::size_t kLooked = 1024;
  std::string start(octets.substr(0, kLooked));
  std::ranges::transform(start, start.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t first = start.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  const std::string_view text = first == std::string::npos ? "" : std::string_view(start).substr(first);
  return text.starts_with("<!doctype html") || text.starts_with("<html") || text.starts_with("<head") ||
         text.starts_with("<body") || text.starts_with("<?xml");
}

}  // namespace schoolgate::lists
