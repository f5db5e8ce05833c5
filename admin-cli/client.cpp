#include "admin-cli/client.h"

#include <curl/curl.h>

#include <cerrno>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin-cli/fields.h"
#include "web/exchange.h"

namespace schoolgate::admin_cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using web::Json;

constexpr long kConnectTimeoutMs = 5'000;
constexpr long kTimeoutMs = 120'000;  // a search over a year of a district's history
constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20;

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

struct Answer {
  long status = 0;
  std::string body;
};

std::size_t append(char* bytes, std::size_t, std::size_t size, void* body) {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + size > kMaxAnswerBytes) return 0;  // ends the transfer with an error
  text.append(bytes, size);
  return size;
}

std::string url_of(const std::string& path, const Parameters& parameters) {
  std::string url = "http://schoolgate" + path;
  char separator = '?';
  for (const auto& [key, value] : parameters) {
    if (value.empty()) continue;
    url += fmt::format("{}{}={}", separator, key, web::percent_encode(value));
    separator = '&';
  }
  return url;
}

ErrorCode code_of(long status) {
  if (status == 404) return ErrorCode::kNotFound;
  if (status == 403) return ErrorCode::kForbidden;
  return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalid;
}

Error connect_error(CURL* curl, CURLcode code, const std::string& socket) {
  long system_error = 0;
  curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &system_error);
  if (code == CURLE_COULDNT_CONNECT && (system_error == EACCES || system_error == EPERM)) {
    return Error(ErrorCode::kForbidden, fmt::format("{}: this user may not ask schoolgated; try sudo", socket));
  }
  if (code == CURLE_COULDNT_CONNECT) return Error(ErrorCode::kNotFound, "nobody listens");
  return Error(ErrorCode::kUnavailable, fmt::format("{}: {}", socket, curl_easy_strerror(code)));
}

// kNotFound when nobody listens.
Result<Answer> fetch(const std::string& socket, const std::string& method, const std::string& url) {
  static const CURLcode kReady = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Curl curl(curl_easy_init(), &curl_easy_cleanup);
  if (kReady != CURLE_OK || !curl) return {ErrorCode::kUnavailable, "libcurl cannot start"};
  Answer answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, kTimeoutMs);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return connect_error(curl.get(), code, socket);
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

}  // namespace

Result<std::optional<Json>> Client::ask(const std::string& method, const std::string& path,
                                        const Parameters& parameters) const {
  const auto answer = fetch(socket_, method, url_of(path, parameters));
  if (!answer && answer.error().code() == ErrorCode::kNotFound) return std::optional<Json>();
  if (!answer) return answer.error();
  Json json = Json::parse(answer->body, nullptr, false);
  if (json.is_discarded()) {
    return {ErrorCode::kUnavailable, fmt::format("{}: the answer is no JSON; is this schoolgated?", socket_)};
  }
  if (answer->status != 200) {
    const std::string message = text_of(part_of(json, "error"), "message");
    return {code_of(answer->status), message.empty() ? fmt::format("HTTP status {}", answer->status) : message};
  }
  return std::optional<Json>(std::move(json));
}

Result<Json> Client::or_not_running(Result<std::optional<Json>> answer) const {
  if (!answer) return answer.error();
  if (!*answer) {
    return {ErrorCode::kUnavailable,
            fmt::format("schoolgated is not running (no socket at {}): start it, or give --socket", socket_)};
  }
  return std::move(**answer);
}

Result<std::optional<Json>> Client::find(const std::string& path, const Parameters& parameters) const {
  return ask("GET", path, parameters);
}

Result<Json> Client::get(const std::string& path, const Parameters& parameters) const {
  return or_not_running(ask("GET", path, parameters));
}

Result<Json> Client::change(const std::string& method, const std::string& path, const Parameters& parameters) const {
  return or_not_running(ask(method, path, parameters));
}

}  // namespace schoolgate::admin_cli
