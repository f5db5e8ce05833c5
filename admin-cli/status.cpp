// schoolgate status: is all well, and if not, what needs a person? Problems first.
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/coverage.h"
#include "admin-cli/fields.h"
#include "admin-cli/table.h"
#include "admin-cli/time_input.h"
#include "admin-cli/verbs.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

std::string problems(const Json& state, const Screen& screen) {
  std::string text;
  for (const auto& problem : texts_of(state, "problems")) {
    text += screen.paint(Ink::kBad, "! " + printable(problem)) + '\n';
  }
  if (const auto uncovered = texts_of(state, "blocked_without_list"); !uncovered.empty()) {
    text +=
        screen.paint(Ink::kBad, fmt::format("! groups block {}, and no list says which names that is: nothing of it "
                                            "is stopped",
                                            printable(joined(uncovered)))) +
        '\n';
  }
  if (const auto uncovered = texts_of(state, "locked_without_list"); !uncovered.empty()) {
    text += screen.paint(Ink::kBad,
                         fmt::format("! no list of more than a few names is loaded for {}: the rest of it is not "
                                     "stopped; licensed feeds exist (IWF, CTIRU)",
                                     printable(joined(uncovered)))) +
            '\n';
  }
  text += below_floor_lines(state, screen);
  return text.empty() ? screen.paint(Ink::kGood, "Nothing needs a person.") + '\n' : text;
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "" : fmt::format(" ({:.1f} %)", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string lookups_line(const Json& state) {
  const auto all = number_of(state, "lookups");
  const auto blocked = number_of(state, "blocked");
  return fmt::format("{}, {} stopped{}, {} refused, {} failed", with_commas(all), with_commas(blocked),
                     share(blocked, all), with_commas(number_of(state, "refused")),
                     with_commas(number_of(state, "failed")));
}

std::string cache_line(const Json& state) {
  const auto hits = number_of(state, "cache_hits");
  return fmt::format("{} kept, {} answered from it{}", plural(number_of(state, "cache_entries"), "answer"),
                     plural(hits, "lookup"), share(hits, number_of(state, "lookups")));
}

std::string filter_line(const Json& state, const Screen& screen) {
  const Json& image = part_of(state, "image");
  const std::string digest = text_of(image, "digest");
  if (digest.empty()) return screen.paint(Ink::kBad, "no image in force: names are answered with SERVFAIL");
  return fmt::format("{} in force, image {}", plural(number_of(image, "rules"), "rule"),
                     printable(digest.substr(0, 16)));
}

std::string history_line(const Json& state) {
  const Json& history = part_of(state, "history");
  return fmt::format("{} stored since start, {} waiting, {} lost, {} on disk",
                     with_commas(number_of(history, "stored")), with_commas(number_of(history, "waiting")),
                     with_commas(number_of(history, "dropped")), bytes_in_words(number_of(history, "bytes")));
}

std::string summary(const Json& state, const Screen& screen) {
  const Json& policy = part_of(state, "policy");
  const Json& history = part_of(state, "history");
  std::string text;
  text += labelled("Server",
                   fmt::format("schoolgated {} on {}, since {}, {}", printable(text_of(state, "version")),
                               printable(text_of(state, "node")), printable(to_local_time(text_of(state, "started"))),
                               plural(number_of(state, "workers"), "worker")));
  text += labelled("Listening", printable(joined(texts_of(state, "listen"))));
  text += labelled("Policy", fmt::format("{}, digest {}", printable(text_of(policy, "file")),
                                         printable(text_of(policy, "digest").substr(0, 16))));
  text += labelled("Filter", filter_line(state, screen));
  text += labelled("DNSSEC", flag_of(state, "dnssec_validation") ? "validation: on" : "validation: not built yet");
  text += labelled("Lookups", lookups_line(state));
  text += labelled("Cache", cache_line(state));
  text += labelled("History", history_line(state));
  if (const std::string problem = text_of(history, "problem"); !problem.empty()) {
    text +=
        labelled("", screen.paint(Ink::kWarning, fmt::format("last problem, {}: {}",
                                                             printable(to_local_time(text_of(history, "problem_at"))),
                                                             printable(problem))));
  }
  return text;
}

std::string upstreams_table(const Json& state, const Screen& screen) {
  Table table({"UPSTREAM", "ZONE", "STATE", "ASKED", "FAILED", "LATENCY"});
  for (const Json& upstream : part_of(state, "upstreams")) {
    const std::string condition = text_of(upstream, "state");
    const Ink ink = condition == "answering" ? Ink::kGood : condition != "not asked yet" ? Ink::kBad : Ink::kPlain;
    table.add({{text_of(upstream, "server")},
               {text_of(upstream, "zone")},
               {condition, ink},
               {with_commas(number_of(upstream, "asked"))},
               {with_commas(number_of(upstream, "failed"))},
               {fmt::format("{:.1f} ms", decimal_of(upstream, "latency_ms"))}});
  }
  return table.empty() ? "No upstreams: only cached and local names are answered.\n" : table.to_text(screen);
}

}  // namespace

base::Status show_status(const Globals& globals, const Screen& screen) {
  const auto client = connect(globals);
  if (!client) return client.error();
  const auto state = client->get("/api/v1/status");
  if (!state) return state.error();
  if (globals.json) {
    screen.out << web::to_text(*state) << '\n';
    return {};
  }
  screen.out << problems(*state, screen) << '\n' << summary(*state, screen) << '\n' << upstreams_table(*state, screen);
  return {};
}

}  // namespace schoolgate::admin_cli
