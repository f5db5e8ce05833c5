#include "lists/report/report.h"

#include <nlohmann/json.hpp>

#include "base/file.h"

// nlohmann-json finds these beside the types that they convert; its exceptions end in parse_report.
namespace schoolgate::filter {

static void to_json(nlohmann::json& json, const RejectedRule& rule) {
  json = {{"list", rule.list},
          {"line", rule.line},
          {"text", rule.text},
          {"reason", rule.reason},
          {"guarded", rule.guarded}};
}

static void from_json(const nlohmann::json& json, RejectedRule& rule) {
  json.at("list").get_to(rule.list);
  json.at("line").get_to(rule.line);
  json.at("text").get_to(rule.text);
  json.at("reason").get_to(rule.reason);
  rule.guarded = json.value("guarded", false);
}

}  // namespace schoolgate::filter

namespace schoolgate::lists {

static void to_json(nlohmann::json& json, const RejectedReason& reason) {
  json = {{"reason", reason.reason}, {"count", reason.count}, {"line", reason.line}, {"text", reason.text}};
}

static void from_json(const nlohmann::json& json, RejectedReason& reason) {
  json.at("reason").get_to(reason.reason);
  json.at("count").get_to(reason.count);
  json.at("line").get_to(reason.line);
  json.at("text").get_to(reason.text);
}

static void to_json(nlohmann::json& json, const HeldUpdate& held) {
  json = {{"version", held.version}, {"why", held.why}, {"since_us", held.since_us}, {"refused", held.refused}};
}

static void from_json(const nlohmann::json& json, HeldUpdate& held) {
  json.at("version").get_to(held.version);
  json.at("why").get_to(held.why);
  json.at("since_us").get_to(held.since_us);
  json.at("refused").get_to(held.refused);
}

static void to_json(nlohmann::json& json, const ListReport& list) {
  json = {{"id", list.id},
          {"category", list.category},
          {"source", list.source},
          {"format", list.format},
          {"version", list.version},
          {"rules", list.rules},
          {"skipped", list.skipped},
          {"rejected_count", list.rejected_count},
          {"guarded", list.guarded},
          {"rejected", list.rejected},
          {"reasons", list.reasons},
          {"problem", list.problem},
          {"kept_copy", list.kept_copy},
          {"opaque", list.opaque},
          {"version_number", list.version_number},
          {"stamp", list.stamp}};
  if (list.held) json["held"] = *list.held;
}

static void from_json(const nlohmann::json& json, ListReport& list) {
  json.at("id").get_to(list.id);
  json.at("category").get_to(list.category);
  json.at("source").get_to(list.source);
  json.at("format").get_to(list.format);
  json.at("version").get_to(list.version);
  json.at("rules").get_to(list.rules);
  json.at("skipped").get_to(list.skipped);
  json.at("rejected_count").get_to(list.rejected_count);
  json.at("rejected").get_to(list.rejected);
  json.at("problem").get_to(list.problem);
  json.at("kept_copy").get_to(list.kept_copy);
  // The report of an earlier version has none of these.
  list.guarded = json.value("guarded", std::uint64_t{0});
  list.version_number = json.value("version_number", 0U);
  if (const auto held = json.find("held"); held != json.end()) list.held = held->get<HeldUpdate>();
  list.opaque = json.value("opaque", false);
  list.stamp = json.value("stamp", "");
  list.reasons = json.value("reasons", std::vector<RejectedReason>());
}

std::string encode_report(const BuildOutcome& outcome) {
  const nlohmann::json json = {{"image_digest", outcome.image_digest},
                               {"rules", outcome.rules},
                               {"seconds", outcome.seconds},
                               {"lists", outcome.lists}};
  constexpr int kIndent = 2;
  // A rejected line may be any bytes: what is not UTF-8 becomes U+FFFD.
  return json.dump(kIndent, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

base::Result<BuildOutcome> parse_report(std::string_view text) {
  try {
    const auto json = nlohmann::json::parse(text);
    BuildOutcome outcome;
    json.at("image_digest").get_to(outcome.image_digest);
    json.at("rules").get_to(outcome.rules);
    json.at("seconds").get_to(outcome.seconds);
    json.at("lists").get_to(outcome.lists);
    return outcome;
  } catch (const nlohmann::json::exception& error) {
    return base::Error(base::ErrorCode::kDamaged, std::string("not the report of a build: ") + error.what());
  }
}

std::string report_path(const std::string& state_folder) { return state_folder + "/filter.report.json"; }

base::Result<BuildOutcome> read_report(const std::string& state_folder) {
  const std::string path = report_path(state_folder);
  const auto text = base::read_file(path);
  if (!text) return text.error();
  auto outcome = parse_report(*text);
  if (!outcome) return outcome.error().within(path);
  return outcome;
}

}  // namespace schoolgate::lists
