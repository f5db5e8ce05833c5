#include "web/api.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "base/timestamp.h"
#include "web/json.h"

namespace schoolgate::web {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::uint32_t kMaxLimit = 10'000;  // lookups a page

std::pair<unsigned, std::string_view> status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return {400, "invalid"};
    case ErrorCode::kNotBuiltYet:
      return {400, "not_built_yet"};
    case ErrorCode::kForbidden:
      return {403, "forbidden"};
    case ErrorCode::kNotFound:
      return {404, "not_found"};
    case ErrorCode::kInUse:
      return {503, "in_use"};
    case ErrorCode::kDamaged:
      return {503, "damaged"};
    case ErrorCode::kUnavailable:
      return {503, "unavailable"};
  }
  return {500, "internal"};
}

Response json_response(unsigned status, const Json& json) {
  Response response;
  response.status = status;
  response.content_type = "application/json";
  response.fields = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  response.body = to_text(json) + "\n";
  return response;
}

Response error_response(unsigned status, std::string_view code, std::string_view message) {
  return json_response(status, {{"error", {{"code", code}, {"message", message}}}});
}

Response error_response(const base::Error& error) {
  const auto [status, code] = status_of(error.code());
  return error_response(status, code, error.message());
}

// The query's parameters, each once and each known: a misspelt filter must not silently widen a search.
class Parameters {
 public:
  static Result<Parameters> read(const Request& request, const std::vector<std::string>& known) {
    Parameters parameters;
    for (const auto& [key, value] : request.parameters) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        return {ErrorCode::kInvalid, fmt::format("unknown parameter '{}'{}", key, base::did_you_mean(key, known))};
      }
      if (value.empty()) return {ErrorCode::kInvalid, fmt::format("parameter '{}' is empty: leave it out", key)};
      if (!parameters.values_.emplace(key, value).second) {
        return {ErrorCode::kInvalid, fmt::format("parameter '{}' is given twice", key)};
      }
    }
    return parameters;
  }
  std::optional<std::string> find(const std::string& key) const {
    const auto found = values_.find(key);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::unordered_map<std::string, std::string> values_;
};

Result<std::optional<std::int64_t>> find_time(const Parameters& parameters, const std::string& key) {
  const auto text = parameters.find(key);
  if (!text) return std::optional<std::int64_t>();
  const auto time = base::parse_timestamp(*text);
  if (!time) {
    return {ErrorCode::kInvalid, fmt::format("{} '{}' is no RFC 3339 time like 2026-03-02T09:30:00Z", key, *text)};
  }
  return std::optional(*time);
}

Result<std::uint32_t> parse_limit(const std::optional<std::string>& text, std::uint32_t otherwise) {
  if (!text) return otherwise;
  std::uint32_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error != std::errc() || end != text->data() + text->size() || limit < 1 || limit > kMaxLimit) {
    return {ErrorCode::kInvalid, fmt::format("limit '{}' is no number from 1 to {}", *text, kMaxLimit)};
  }
  return limit;
}

Result<policy::CheckRequest> parse_check(const Parameters& parameters) {
  policy::CheckRequest request;
  const auto name = parameters.find("name");
  if (!name) return {ErrorCode::kInvalid, "name is missing: /api/v1/check?name=example.org"};
  request.name = *name;
  request.device = parameters.find("device");
  request.group = parameters.find("group");
  if (request.device && request.group) return {ErrorCode::kInvalid, "give device or group, not both"};
  if (const auto text = parameters.find("type")) {
    const auto type = dns::parse_type(*text);
    if (!type) return {ErrorCode::kInvalid, fmt::format("unknown type '{}': A, AAAA, HTTPS, TYPE65 …", *text)};
    request.type = *type;
  }
  return request;
}

// An id as it is stored; or an address or MAC, whatever the device was called then.
base::Status parse_device(const Parameters& parameters, history::Filter& filter) {
  filter.device = parameters.find("device");
  if (const auto text = parameters.find("client")) {
    filter.client = base::IpAddress::parse(*text);
    if (!filter.client) return base::Error(ErrorCode::kInvalid, fmt::format("client '{}' is no IP address", *text));
  }
  if (!filter.device) return {};
  if (const auto mac = base::MacAddress::parse(*filter.device)) {
    filter.device = "mac:" + mac->to_text();
  } else if (const auto address = base::IpAddress::parse(*filter.device)) {
    if (filter.client) return base::Error(ErrorCode::kInvalid, "give one address, as device or as client");
    filter.client = address;
    filter.device.reset();
  }
  return {};
}

Result<history::Filter> parse_filter(const Parameters& parameters, const filter::TagTable& tags) {
  history::Filter filter;
  if (const auto device = parse_device(parameters, filter); !device) return device.error();
  filter.name = parameters.find("name");
  filter.category = parameters.find("category");
  if (filter.category && tags.find(*filter.category) == nullptr) {
    const auto known = tags.ids(filter::TagKind::kCategory);
    return {ErrorCode::kInvalid,
            fmt::format("unknown category '{}'{}", *filter.category, base::did_you_mean(*filter.category, known))};
  }
  filter.cursor = parameters.find("cursor").value_or("");
  if (const auto text = parameters.find("verdict")) {
    filter.verdict = history::parse_verdict(*text);
    if (!filter.verdict) {
      return {ErrorCode::kInvalid,
              fmt::format("unknown verdict '{}': allowed, blocked, rewritten, refused or failed", *text)};
    }
  }
  const auto from = find_time(parameters, "from");
  const auto to = find_time(parameters, "to");
  const auto limit = parse_limit(parameters.find("limit"), filter.limit);
  if (!from) return from.error();
  if (!to) return to.error();
  if (!limit) return limit.error();
  if (*from && *to && **from >= **to) {
    return {ErrorCode::kInvalid, "the time from which is not before the time to which: nothing lies between"};
  }
  filter.from_us = *from;
  filter.to_us = *to;
  filter.limit = *limit;
  return filter;
}

Json shortfalls(Service& service, const lists::BuildOutcome& built) {
  const auto policy = service.policy();
  return policy == nullptr ? Json::array() : to_json(below_floor(*policy, built, service.taxonomy()));
}

Result<Json> get_status(Service& service, const Parameters&) {
  Json json = to_json(service.state());
  const auto built = service.lists().value_or(lists::BuildOutcome());
  json["locked_without_list"] = locked_without_list(built, service.taxonomy());
  const auto policy = service.policy();
  json["blocked_without_list"] =
      policy == nullptr ? std::vector<std::string>() : blocked_without_list(*policy, built, service.taxonomy());
  json["below_floor"] = shortfalls(service, built);
  return json;
}

Result<Json> get_check(Service& service, const Parameters& parameters) {
  const auto request = parse_check(parameters);
  if (!request) return request.error();
  const auto report = service.check(*request);
  if (!report) return report.error();
  return to_json(*report);
}

Result<Json> get_lookups(Service& service, const Parameters& parameters) {
  const auto filter = parse_filter(parameters, service.taxonomy().tags());
  if (!filter) return filter.error();
  const auto page = service.search(*filter);
  if (!page) return page.error();
  Json lookups = Json::array();
  for (const auto& lookup : page->lookups) lookups.push_back(to_json(lookup));
  return Json{{"lookups", std::move(lookups)}, {"next_cursor", page->next_cursor}, {"problems", page->problems}};
}

Result<Json> get_policy(Service& service, const Parameters&) {
  const auto policy = service.policy();
  if (!policy) return {ErrorCode::kUnavailable, "no policy is in force"};
  return to_json(*policy, service.taxonomy().tags());
}

Result<Json> post_policy_reload(Service& service, const Parameters&) {
  if (const auto reloaded = service.reload_policy(); !reloaded) return reloaded.error();
  return Json{{"in_force", true}};
}

Result<Json> post_lists_taken(Service& service, const Parameters&) {
  service.take_lists();
  return Json{{"taking", true}};
}

Result<Json> get_lists(Service& service, const Parameters&) {
  const auto outcome = service.lists();
  if (!outcome) return outcome.error();
  Json json = to_json(*outcome, service.taxonomy());
  json["below_floor"] = shortfalls(service, *outcome);
  return json;
}

Result<Json> get_local_rules(Service& service, const Parameters&) {
  Json rules = Json::array();
  for (const auto& state : service.local_rules()) rules.push_back(to_json(state));
  return Json{{"rules", std::move(rules)}};
}

// Absent: no. Of what is no block it would mean nothing.
Result<bool> parse_even_protected(const Parameters& parameters, LocalRequest::Kind kind) {
  const auto text = parameters.find("even_protected");
  if (!text) return false;
  if (kind != LocalRequest::Kind::kBlock) {
    return {ErrorCode::kInvalid, "even_protected is for effect=give: what lifts blocks no name that is protected"};
  }
  if (*text == "true" || *text == "false") return *text == "true";
  return {ErrorCode::kInvalid, fmt::format("even_protected is '{}', and should be true or false", *text)};
}

Result<Json> change_local_rules(Service& service, const Parameters& parameters, LocalRequest::Kind kind) {
  LocalRequest request;
  request.kind = kind;
  const auto name = parameters.find("name");
  const auto by = parameters.find("by");
  if (!name) return {ErrorCode::kInvalid, "name is missing: example.org, *.example.org or =example.org"};
  if (!by) return {ErrorCode::kInvalid, "by is missing: who asks for the change"};
  request.name = *name;
  request.category = parameters.find("category");
  request.reason = parameters.find("reason").value_or("");
  request.by = *by;
  const auto even_protected = parse_even_protected(parameters, kind);
  if (!even_protected) return even_protected.error();
  request.even_protected = *even_protected;
  const auto outcome = service.change_local_rules(request);
  if (!outcome) return outcome.error();
  return to_json(*outcome);
}

Result<Json> post_local_rule(Service& service, const Parameters& parameters) {
  const std::string effect = parameters.find("effect").value_or("");
  if (effect == "give") return change_local_rules(service, parameters, LocalRequest::Kind::kBlock);
  if (effect == "lift") return change_local_rules(service, parameters, LocalRequest::Kind::kAllow);
  return {ErrorCode::kInvalid, fmt::format("effect is '{}', and should be give or lift", effect)};
}

Result<Json> delete_local_rule(Service& service, const Parameters& parameters) {
  return change_local_rules(service, parameters, LocalRequest::Kind::kRemove);
}

struct Route {
  std::string_view path;
  std::string_view method;  // GET stands for HEAD too
  std::vector<std::string> parameters;
  Result<Json> (*answer)(Service&, const Parameters&);
};

// Every route of the API.
const std::vector<Route>& routes() {
  static const std::vector<Route> kRoutes = {
      {"/api/v1/status", "GET", {}, get_status},
      {"/api/v1/check", "GET", {"name", "device", "group", "type"}, get_check},
      {"/api/v1/history/lookups",
       "GET",
       {"device", "client", "name", "category", "from", "to", "verdict", "limit", "cursor"},
       get_lookups},
      {"/api/v1/policy", "GET", {}, get_policy},
      {"/api/v1/policy/reload", "POST", {}, post_policy_reload},
      {"/api/v1/lists", "GET", {}, get_lists},
      {"/api/v1/lists/taken", "POST", {}, post_lists_taken},
      {"/api/v1/local-rules", "GET", {}, get_local_rules},
      {"/api/v1/local-rules",
       "POST",
       {"effect", "name", "category", "reason", "by", "even_protected"},
       post_local_rule},
      {"/api/v1/local-rules", "DELETE", {"name", "category", "by"}, delete_local_rule},
  };
  return kRoutes;
}

// "GET, HEAD, POST"; empty for a path that is none.
std::string methods_of(const std::string& path) {
  std::string methods;
  for (const Route& route : routes()) {
    if (route.path != path) continue;
    methods += (methods.empty() ? "" : ", ") + std::string(route.method == "GET" ? "GET, HEAD" : route.method);
  }
  return methods;
}

}  // namespace

Api::Api(Service& service, std::set<std::uint32_t> authorised)
    : service_(service), authorised_(std::move(authorised)) {}

Response Api::handle(const Request& request) {
  if (!request.peer.uid || !authorised_.contains(*request.peer.uid)) {
    return error_response(403, "forbidden", "only root and the daemon's own user may ask here; try sudo");
  }
  const std::string methods = methods_of(request.path);
  if (methods.empty()) return error_response(404, "not_found", "no such address under /api/v1");
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  const auto& table = routes();
  const auto route = std::find_if(table.begin(), table.end(),
                                  [&](const Route& r) { return r.path == request.path && r.method == method; });
  if (route == table.end()) {
    auto response = error_response(405, "method_not_allowed", "this address is for " + methods);
    response.fields.emplace_back("Allow", methods);
    return response;
  }
  if (!request.body.empty()) return error_response(400, "invalid", "parameters stand in the address, not in a body");
  const auto parameters = Parameters::read(request, route->parameters);
  if (!parameters) return error_response(parameters.error());
  const auto json = route->answer(service_, *parameters);
  return json ? json_response(200, *json) : error_response(json.error());
}

Response Api::refuse(unsigned status) { return error_response(status, "bad_request", reason_phrase(status)); }

}  // namespace schoolgate::web
