// schoolgate lists stats: what each list is worth beside the others, from what is kept of them; and, with names that were looked up,
// how often it was needed.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <set>

#include <fmt/format.h>

#include "admin-cli/fields.h"
#include "admin-cli/files.h"
#include "admin-cli/looked_up.h"
#include "admin-cli/table.h"
#include "admin-cli/verbs.h"
#include "base/file.h"
#include "filter/classifier.h"
#include "lists/formats/format.h"
#include "lists/report/report.h"
#include "lists/source/list_source.h"
#include "lists/statistics.h"

namespace schoolgate::admin_cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using lists::ListStatistics;
using web::Json;

class Collector final : public lists::RuleSink {
 public:
  Collector(lists::Statistics& statistics, std::size_t list) : statistics_(statistics), list_(list) {}
  void take(const lists::Line&, filter::Reach reach, filter::Exception exception, const dns::Name& name) override {
    if (exception == filter::Exception::kYes) return statistics_.add_exception(list_);
    statistics_.add(list_, reach, name);
  }
  void take_pattern(const lists::Line&, filter::Exception, std::string_view) override {
    statistics_.add_pattern(list_);
  }
  void reject(const lists::Line&, std::string_view) override {}
  void skip(const lists::Line&) override {}

 private:
  lists::Statistics& statistics_;
  std::size_t list_;
};

// Of names that were looked up: how many a list has, how many it alone, and how often those it has were looked up.
struct Hits {
  std::uint64_t names = 0, alone = 0, lookups = 0;
};

struct Comparison {
  std::vector<ListStatistics> lists;
  std::vector<std::string> opaque;
  std::optional<LookedUpTotal> looked_up;  // absent: nobody asked
  std::map<std::string, Hits> hits;        // by list, opaque ones too
};

// What is kept of each list, as the last build read it.
Result<Comparison> compare(const std::string& state_folder) {
  const auto built = lists::read_report(state_folder);
  if (!built) return built.error();
  Comparison result;
  std::vector<lists::ComparedList> compared;
  std::vector<const lists::ListReport*> reports;
  for (const lists::ListReport& list : built->lists) {
    if (list.opaque) result.opaque.push_back(list.id);
    if (list.opaque || list.rules == 0) continue;
    compared.push_back({list.id, list.category});
    reports.push_back(&list);
  }
  if (compared.size() > lists::Statistics::kMostLists)
    return Error(ErrorCode::kInvalid, "more lists than can be compared");
  lists::Statistics statistics(compared);
  for (std::size_t i = 0; i < compared.size(); ++i) {
    const auto octets = base::read_file(lists::copy_path(state_folder, compared[i].id), lists::kMostSourceBytes);
    if (!octets) return octets.error();
    const lists::Format* format = lists::find_format(reports[i]->format);
    if (format == nullptr) return Error(ErrorCode::kDamaged, "the report of the last build has an unknown format");
    Collector collector(statistics, i);
    format->parse(*octets, collector);
  }
  result.lists = statistics.work_out();
  return result;
}

Status count_hits(const Files& files, const LookedUpOptions& options, Comparison& result) {
  const auto names = read_names(files);
  if (!names) return names.error();
  const filter::Classifier classifier(*names->image, *names->local_rules);
  for (const ListStatistics& list : result.lists) result.hits[list.id] = {};
  for (const std::string& list : result.opaque) result.hits[list] = {};
  const auto take = [&](const LookedUp& looked_up) -> Status {
    const auto rules = classifier.explain(looked_up.name);
    if (!rules) return rules.error();
    std::set<std::string> lists;
    for (const filter::RuleHit& rule : *rules) {
      if (rule.in_force && rule.exception == filter::Exception::kNo) lists.insert(rule.list);
    }
    for (const std::string& list : lists) {
      const auto hits = result.hits.find(list);
      if (hits == result.hits.end()) continue;
      ++hits->second.names;
      hits->second.lookups += looked_up.lookups;
      hits->second.alone += lists.size() == 1 ? 1 : 0;
    }
    return {};
  };
  auto total = read_looked_up(options, files.configuration, take);
  if (!total) return total.error();
  result.looked_up = std::move(*total);
  return {};
}

std::string share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "" : fmt::format("{:.0f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

// The other list that has most of it.
std::string most_shared(const ListStatistics& list, const std::vector<ListStatistics>& all) {
  const auto most = std::ranges::max_element(list.also_in);
  if (most == list.also_in.end() || *most == 0) return "";
  return fmt::format("{} in {}", share(*most, list.rules),
                     all[static_cast<std::size_t>(most - list.also_in.begin())].id);
}

void add_hits(Json& json, const Hits& hits) {
  json["names"] = hits.names;
  json["names_alone"] = hits.alone;
  json["lookups"] = hits.lookups;
}

Json to_json(const ListStatistics& list, const std::vector<ListStatistics>& all) {
  Json also_in = Json::object();
  for (std::size_t other = 0; other < list.also_in.size(); ++other) {
    if (list.also_in[other] > 0) also_in[all[other].id] = list.also_in[other];
  }
  return {{"list", list.id},
          {"rules", list.rules},
          {"repeated", list.repeated},
          {"covered", list.covered},
          {"covered_by_category", list.covered_by_category},
          {"unique", list.unique},
          {"exceptions", list.exceptions},
          {"patterns", list.patterns},
          {"also_in", std::move(also_in)}};
}

Json to_json(const Comparison& result) {
  Json lists = Json::array();
  for (const ListStatistics& list : result.lists) {
    lists.push_back(to_json(list, result.lists));
    if (result.looked_up) add_hits(lists.back(), result.hits.at(list.id));
  }
  Json json = {{"lists", lists}, {"opaque", result.opaque}};
  if (!result.looked_up) return json;
  json["opaque_hits"] = Json::array();
  for (const std::string& list : result.opaque) {
    json["opaque_hits"].push_back({{"list", list}});
    add_hits(json["opaque_hits"].back(), result.hits.at(list));
  }
  json["looked_up"] = to_json(*result.looked_up);
  return json;
}

std::string some(std::uint64_t number) { return number == 0 ? "" : with_commas(number); }

void add_row(Table& table, std::vector<Cell> row, const std::string& list, const Comparison& result) {
  if (result.looked_up) {
    const Hits& hits = result.hits.at(list);
    // Of a file of names that has no counts there is nothing more to say.
    const bool has_counts = result.looked_up->lookups != result.looked_up->names;
    row.insert(row.end(),
               {{with_commas(hits.names)}, {has_counts ? with_commas(hits.lookups) : ""}, {with_commas(hits.alone)}});
  } else {
    row.insert(row.end(), 3, {""});
  }
  table.add(std::move(row));
}

void print(const Comparison& result, const Screen& screen) {
  Table table({"LIST", "NAMES", "TWICE", "DEAD WEIGHT", "BY CATEGORY", "ONLY HERE", "MOST ALSO", "PATTERNS",
               "EXCEPTIONS", "LOOKED UP", "TIMES", "WITHOUT IT MISSED"});
  for (const ListStatistics& list : result.lists) {
    add_row(table,
            {{list.id, Ink::kStrong},
             {with_commas(list.rules)},
             {some(list.repeated)},
             {some(list.covered)},
             {some(list.covered_by_category)},
             {list.rules == 0 ? "" : with_commas(list.unique) + " (" + share(list.unique, list.rules) + ")"},
             {most_shared(list, result.lists)},
             {some(list.patterns)},
             {some(list.exceptions)}},
            list.id, result);
  }
  for (const std::string& list : result.opaque) {
    if (!result.looked_up) break;
    std::vector<Cell> row(9, {""});
    row[0] = {list, Ink::kStrong};
    add_row(table, std::move(row), list, result);
  }
  screen.out << (table.empty() ? "No list whose names are kept.\n" : table.to_text(screen));
  if (result.looked_up) screen.out << "\nOf " << to_text(*result.looked_up) << ".\n";
  if (!result.opaque.empty()) {
    screen.out << fmt::format("\nNot compared, since their names are stored nowhere: {}\n",
                              printable(joined(result.opaque)));
  }
}

}  // namespace

Status show_list_statistics(const Globals& globals, const LookedUpOptions& looked_up, const Screen& screen) {
  const auto files = read_files(globals.config);
  if (!files) return files.error();
  auto result = compare(files->configuration.state);
  if (!result) return result.error();
  if (!looked_up.empty()) {
    if (auto counted = count_hits(*files, looked_up, *result); !counted) return counted;
    show_problems(*result->looked_up, screen);
  }
  if (globals.json) {
    screen.out << web::to_text(to_json(*result)) << '\n';
  } else {
    print(*result, screen);
  }
  return {};
}

}  // namespace schoolgate::admin_cli
