// schoolgate lists stats: what each list is worth beside the others, from what is kept of them; and, with names that were looked up,
// how often it was needed.
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
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

// Of looked-up names: how many a list has, and how many it alone.
struct Hits {
  std::uint64_t names = 0, alone = 0;
};

struct Comparison {
  std::vector<ListStatistics> lists;
  std::vector<Hits> hits;  // by list; empty: nobody gave names
  std::vector<std::string> opaque;
  std::uint64_t names = 0;
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

Status count_hits(const Files& files, const std::string& path, Comparison& result) {
  const auto names = read_names(files);
  if (!names) return names.error();
  std::ifstream file(path);
  if (!file) return Error(ErrorCode::kInvalid, fmt::format("cannot open {}", path));
  const filter::Classifier classifier(*names->image, *names->local_rules);
  result.hits.resize(result.lists.size());
  for (std::string line; std::getline(file, line);) {
    const auto name = looked_up_name(line);
    if (!name) continue;
    ++result.names;
    const auto rules = classifier.explain(*name);
    if (!rules) return rules.error();
    std::set<std::string> lists;
    for (const filter::RuleHit& rule : *rules) {
      if (rule.in_force && rule.exception == filter::Exception::kNo) lists.insert(rule.list);
    }
    for (std::size_t i = 0; i < result.lists.size(); ++i) {
      if (!lists.contains(result.lists[i].id)) continue;
      ++result.hits[i].names;
      result.hits[i].alone += lists.size() == 1 ? 1 : 0;
    }
  }
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

Json to_json(const Comparison& result) {
  Json lists = Json::array();
  for (std::size_t i = 0; i < result.lists.size(); ++i) {
    const ListStatistics& list = result.lists[i];
    Json also_in = Json::object();
    for (std::size_t other = 0; other < list.also_in.size(); ++other) {
      if (list.also_in[other] > 0) also_in[result.lists[other].id] = list.also_in[other];
    }
    Json json = {{"list", list.id},
                 {"rules", list.rules},
                 {"repeated", list.repeated},
                 {"covered", list.covered},
                 {"covered_by_category", list.covered_by_category},
                 {"unique", list.unique},
                 {"exceptions", list.exceptions},
                 {"patterns", list.patterns},
                 {"also_in", std::move(also_in)}};
    if (!result.hits.empty()) {
      json["names"] = result.hits[i].names;
      json["names_alone"] = result.hits[i].alone;
    }
    lists.push_back(std::move(json));
  }
  return {{"lists", lists}, {"opaque", result.opaque}};
}

void print(const Comparison& result, const Screen& screen) {
  const bool has_hits = !result.hits.empty();
  Table table({"LIST", "NAMES", "TWICE", "DEAD WEIGHT", "BY CATEGORY", "ONLY HERE", "MOST ALSO", "PATTERNS",
               "EXCEPTIONS", "LOOKED UP", "WITHOUT IT MISSED"});
  const auto some = [](std::uint64_t number) { return number == 0 ? std::string() : with_commas(number); };
  for (std::size_t i = 0; i < result.lists.size(); ++i) {
    const ListStatistics& list = result.lists[i];
    table.add({{list.id, Ink::kStrong},
               {with_commas(list.rules)},
               {some(list.repeated)},
               {some(list.covered)},
               {some(list.covered_by_category)},
               {list.rules == 0 ? "" : with_commas(list.unique) + " (" + share(list.unique, list.rules) + ")"},
               {most_shared(list, result.lists)},
               {some(list.patterns)},
               {some(list.exceptions)},
               {has_hits ? with_commas(result.hits[i].names) : ""},
               {has_hits ? with_commas(result.hits[i].alone) : ""}});
  }
  screen.out << (table.empty() ? "No list whose names are kept.\n" : table.to_text(screen));
  if (has_hits) screen.out << fmt::format("\nOf {} looked up.\n", plural(result.names, "name"));
  if (!result.opaque.empty()) {
    screen.out << fmt::format("\nNot compared, since their names are stored nowhere: {}\n",
                              printable(joined(result.opaque)));
  }
}

}  // namespace

Status show_list_statistics(const Globals& globals, const std::string& names_file, const Screen& screen) {
  const auto files = read_files(globals.config);
  if (!files) return files.error();
  auto result = compare(files->configuration.state);
  if (!result) return result.error();
  if (!names_file.empty()) {
    if (auto counted = count_hits(*files, names_file, *result); !counted) return counted;
  }
  if (globals.json) {
    screen.out << web::to_text(to_json(*result)) << '\n';
  } else {
    print(*result, screen);
  }
  return {};
}

}  // namespace schoolgate::admin_cli
