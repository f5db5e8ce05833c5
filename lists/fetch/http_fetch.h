// Fetches one list over https or http, and lets nothing through that is not a whole answer with a list in it. Wraps libcurl.
//
// Certificates are believed that the system's authorities signed, or those of SSL_CERT_FILE; proxies as curl's environment has them.
// Everything it gives is in memory until it is whole: a transfer that ends early, or a process that is killed, leaves nothing.
//
// Thread contract: blocks; one thread a call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace schoolgate::lists {

// The addresses of a host. An error, or none: the fetch fails with it.
using LookUpHost = std::function<base::Result<std::vector<base::IpAddress>>(const std::string& host)>;
// Octets that came and, when the server said so, all that there are; else 0.
using TellProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

struct HttpRequest {
  std::string url;
  std::string etag, last_modified;  // of what is there already; empty: none, and the answer is a whole list
  LookUpHost look_up;               // not asked when a proxy does it (the usual variables of the environment)
  TellProgress progress;            // may be absent
  std::size_t most_octets = std::size_t{512} << 20;  // decompressed
  std::int64_t most_ms = 600'000;
  std::int64_t stalled_ms = 30'000;  // without an octet
  unsigned attempts = 3;
  std::int64_t first_pause_ms = 1'000;  // doubled each time, and up to half of it more
};

struct HttpAnswer {
  bool not_modified = false;  // what is there already is what the server has
  std::string octets;
  std::string etag, last_modified;
};

// Redirects are followed five times, never from https to http and never to a private address, unless the request's own host has
// one. Tried again after what may pass: no connection, a time-out, status 429 and 5xx. kUnavailable with what was asked of whom and
// what was wrong: a status, a page in place of a list, an answer that is too long or was cut.
base::Result<HttpAnswer> http_fetch(const HttpRequest& request);

// An address that only means something on this network: private, loopback, link-local, unspecified.
bool is_private(const base::IpAddress& address);
// Does it begin as web pages do?
bool is_web_page(std::string_view octets);

}  // namespace schoolgate::lists
