#include "web/exchange.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace schoolgate::web {
namespace {

using base::ErrorCode;

constexpr std::size_t kMaxParameters = 32;

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::optional<char> parse_hex_octet(std::string_view two) {
  unsigned octet = 0;
  const auto [end, error] = std::from_chars(two.data(), two.data() + two.size(), octet, 16);
  if (two.size() != 2 || error != std::errc() || end != two.data() + 2) return std::nullopt;
  return static_cast<char>(octet);
}

base::Status read_query(std::string_view query, Request& request) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    if (request.parameters.size() == kMaxParameters) return {ErrorCode::kInvalid, "too many parameters"};
    const std::size_t equals = pair.find('=');
    const auto key = percent_decode(pair.substr(0, equals), true);
    const auto value = percent_decode(equals == pair.npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!key || !value) return {ErrorCode::kInvalid, "a broken %-escape in the query"};
    request.parameters.emplace_back(*key, *value);
  }
  return {};
}

}  // namespace

base::Status read_target(std::string_view target, Request& request) {
  constexpr std::string_view kScheme = "http://";
  if (target.starts_with(kScheme)) {
    target.remove_prefix(kScheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    request.host = target.substr(0, end);
    target.remove_prefix(end);
  } else if (target.empty() || (target.front() != '/' && target != "*")) {
    return {ErrorCode::kInvalid, "the target is neither a path nor an http:// address"};
  }
  const std::size_t question = target.find('?');
  auto path = percent_decode(target.substr(0, question), false);
  if (!path) return {ErrorCode::kInvalid, "a broken %-escape in the path"};
  request.path = path->empty() ? "/" : std::move(*path);
  return question == target.npos ? base::Status() : read_query(target.substr(question + 1), request);
}

std::optional<std::string> percent_decode(std::string_view text, bool is_query) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const auto octet = parse_hex_octet(text.substr(i + 1, 2));
      if (!octet) return std::nullopt;
      decoded += *octet;
      i += 2;
    } else {
      decoded += is_query && text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

}  // namespace schoolgate::web
