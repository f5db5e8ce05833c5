// Request and Response: one HTTP exchange as plain values, so that pages and the API are pure functions, testable without
// a socket. Responder is who answers them.
//
// Thread contract: values. A Responder is called from the one thread of each HttpServer that serves it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace schoolgate::web {

// Who is at the other end.
struct Peer {
  base::IpAddress address;           // of a TCP connection; :: on a Unix socket
  std::optional<std::uint32_t> uid;  // of a Unix socket's peer, as the kernel says (SO_PEERCRED)
};

struct Request {
  std::string method;                                           // "GET"; as sent
  std::string path;                                             // decoded; "/" at least
  std::vector<std::pair<std::string, std::string>> parameters;  // decoded, in order, repeats kept
  std::string host;  // of the Host field or of an absolute target, port included; empty: none, or more than one
  std::string body;
  Peer peer;
};

struct Response {
  unsigned status = 200;
  std::string content_type;  // empty: no content
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};

class Responder {
 public:
  virtual ~Responder() = default;
  virtual Response handle(const Request& request) = 0;
  // For what never became a Request: 400, 408, 413, 431, 500.
  virtual Response refuse(unsigned status) = 0;
};

// Fills path, parameters and, when the target is absolute ("http://host/path", RFC 9112 §3.2.2), host. kInvalid for a
// target that is neither that nor "/…" nor "*", and for a broken %-escape.
base::Status read_target(std::string_view target, Request& request);

// "%41+b" → "A b"; absent when an escape is broken. `+` is a blank only in a query.
std::optional<std::string> percent_decode(std::string_view text, bool is_query);
// Everything but unreserved characters (RFC 3986 §2.3) becomes %XX.
std::string percent_encode(std::string_view text);

std::string_view reason_phrase(unsigned status);

}  // namespace schoolgate::web
