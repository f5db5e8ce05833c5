// schoolgate check: why is a name blocked, or not? Asks the daemon; without one, answers from the files it would read.
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/fields.h"
#include "admin-cli/files.h"
#include "admin-cli/table.h"
#include "admin-cli/verbs.h"
#include "policy/check.h"

namespace schoolgate::admin_cli {
namespace {

using base::Result;
using web::Json;

Result<Json> check_offline(const Globals& globals, const CheckOptions& options, dns::Type type, const Screen& screen) {
  auto files = read_files(globals.config);
  if (!files) return files.error();
  policy::CheckRequest request;
  request.name = options.name;
  request.type = type;
  if (!options.device.empty()) request.device = options.device;
  if (!options.group.empty()) request.group = options.group;
  const auto names = read_names(*files);
  if (!names) return names.error();
  show_problems(*names, screen);
  const auto policy = policy::Policy::compile(std::move(files->policy), files->taxonomy.tags());
  const auto report = policy::check(*policy, {*names->image, *names->local_rules}, request);
  if (!report) return report.error();
  return web::to_json(*report);
}

Result<Json> ask(const Globals& globals, const CheckOptions& options, const Screen& screen) {
  const auto type = dns::parse_type(options.type);
  if (!type) {
    return {base::ErrorCode::kInvalid, fmt::format("unknown type '{}': A, AAAA, HTTPS, TYPE65 …", options.type)};
  }
  if (options.offline) return check_offline(globals, options, *type, screen);
  const auto client = connect(globals);
  if (!client) return client.error();
  auto answer = client->find(
      "/api/v1/check",
      {{"name", options.name}, {"device", options.device}, {"group", options.group}, {"type", options.type}});
  if (!answer) return answer.error();
  if (*answer) return std::move(**answer);
  screen.err << "schoolgated is not running; this is what its files say.\n";
  return check_offline(globals, options, *type, screen);
}

bool has_decided(const Json& step) {
  const std::string outcome = text_of(step, "outcome");
  return outcome == "blocks" || outcome == "allows";
}

// "category gambling (starter-gambling, line 12: bet365.com)".
std::string reason(const Json& report) {
  for (const Json& step : part_of(report, "chain")) {
    if (!has_decided(step)) continue;
    std::vector<std::string> source;
    if (const std::string list = text_of(step, "list"); !list.empty()) source.push_back(list);
    if (const auto line = number_of(step, "line"); line != 0) source.push_back(fmt::format("line {}", line));
    std::string where = joined(source);
    if (const std::string text = text_of(step, "text"); !text.empty() && !where.empty()) where += ": " + text;
    return where.empty() ? text_of(step, "rule") : fmt::format("{} ({})", text_of(step, "rule"), where);
  }
  return text_of(report, "decided_by");
}

std::string headline(const Json& report, const Screen& screen) {
  const bool blocked = text_of(report, "verdict") == "blocked";
  const std::string device = text_of(report, "device");
  const std::string whom = device.empty() ? "" : fmt::format("device {} in ", printable(device));
  return fmt::format("{} {} for {}group {}: {}\n", printable(text_of(report, "name")),
                     screen.paint(blocked ? Ink::kBad : Ink::kGood, blocked ? "is BLOCKED" : "is ALLOWED"), whom,
                     printable(text_of(report, "group")), printable(reason(report)));
}

std::string chain_table(const Json& report, const Screen& screen) {
  Table table({"STEP", "RULE", "LIST", "LINE", "OUTCOME"});
  for (const Json& step : part_of(report, "chain")) {
    const auto line = number_of(step, "line");
    const std::string outcome = text_of(step, "outcome");
    const Ink ink = outcome == "blocks" ? Ink::kBad : outcome == "allows" ? Ink::kGood : Ink::kSoft;
    const Ink rest = has_decided(step) ? Ink::kPlain : Ink::kSoft;
    table.add({{text_of(step, "step"), rest},
               {text_of(step, "rule"), rest},
               {text_of(step, "list"), rest},
               {line == 0 ? "" : std::to_string(line), rest},
               {outcome, ink}});
  }
  return table.to_text(screen);
}

// What is blocked is not asked for, and leads nowhere.
std::string targets_line(const Json& report) {
  const std::string targets = text_of(report, "targets");
  if (targets.empty() || text_of(report, "verdict") == "blocked") return "";
  return fmt::format("\nTargets: {}.\n", printable(targets));
}

std::string answer_line(const Json& report, const std::string& type) {
  return fmt::format("Asked for {}, a device gets {}.\n", printable(type), printable(text_of(report, "answer")));
}

std::string hits_table(const Json& report, const Screen& screen) {
  Table table({"LIST", "LINE", "AS WRITTEN", ""});
  for (const Json& hit : part_of(report, "hits")) {
    const bool in_force = flag_of(hit, "in_force");
    const bool opaque = flag_of(hit, "opaque");
    table.add({{text_of(hit, "list")},
               {opaque || number_of(hit, "line") == 0 ? "" : std::to_string(number_of(hit, "line"))},
               {opaque ? "(opaque: names not stored)" : text_of(hit, "text")},
               {in_force                         ? ""
                : flag_of(hit, "exception")      ? "an exception"
                : flag_of(hit, "lifted_locally") ? "lifted by a local rule"
                                                 : "lifted by its own list"}});
  }
  if (table.empty()) return "No list and no local rule is about this name.\n";
  return "Every rule that covers it:\n" + table.to_text(screen);
}

}  // namespace

base::Status check_name(const Globals& globals, const CheckOptions& options, const Screen& screen) {
  const auto report = ask(globals, options, screen);
  if (!report) return report.error();
  if (globals.json) {
    screen.out << web::to_text(*report) << '\n';
    return {};
  }
  screen.out << headline(*report, screen) << answer_line(*report, options.type) << '\n'
             << chain_table(*report, screen) << '\n'
             << hits_table(*report, screen) << targets_line(*report);
  return {};
}

}  // namespace schoolgate::admin_cli
