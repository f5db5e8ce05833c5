// schoolgate lists find NAME: every rule of every list that has the name or covers it. Whether a device may have it is another
// question: `schoolgate check`.
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/fields.h"
#include "admin-cli/files.h"
#include "admin-cli/table.h"
#include "admin-cli/verbs.h"
#include "filter/classifier.h"
#include "policy/written_name.h"

namespace schoolgate::admin_cli {
namespace {

using filter::Exception;
using filter::RuleHit;
using web::Json;

std::string category_of(const RuleHit& hit, const filter::TagTable& tags) {
  const filter::Tag* tag = tags.find(hit.tag);
  return tag == nullptr ? "" : tag->id;
}

// What it does, when that is not simply to say that the name is of its category.
std::string remark(const RuleHit& hit) {
  if (hit.exception == Exception::kYes) return "an exception: lifts what this list says";
  if (hit.lifted_locally) return "lifted by a local rule";
  return hit.in_force ? "" : "lifted by an exception of this list";
}

Json to_json(const RuleHit& hit, const filter::TagTable& tags) {
  Json json = {{"list", hit.list},
               {"category", category_of(hit, tags)},
               {"line", nullptr},
               {"text", hit.text},
               {"version", hit.version},
               {"exception", hit.exception == Exception::kYes},
               {"in_force", hit.in_force && !hit.lifted_locally},
               {"opaque", hit.opaque}};
  if (hit.line != 0 && !hit.opaque) json["line"] = hit.line;
  return json;
}

void print(const std::string& name, const std::vector<RuleHit>& hits, const filter::TagTable& tags,
           const Screen& screen) {
  screen.out << fmt::format("{}: {}\n", name, plural(hits.size(), "rule"));
  Table table({"LIST", "CATEGORY", "LINE", "AS WRITTEN", "NOTE"}, "NOTE");
  for (const RuleHit& hit : hits) {
    const bool has_line = hit.line != 0 && !hit.opaque;
    table.add({{hit.list, Ink::kStrong},
               {category_of(hit, tags)},
               {has_line ? std::to_string(hit.line) : ""},
               {hit.opaque ? "(not stored)" : hit.text},
               {remark(hit), Ink::kSoft}});
  }
  screen.out << table.to_text(screen);
}

}  // namespace

base::Status find_in_lists(const Globals& globals, const std::string& typed, const Screen& screen) {
  const auto name = policy::read_typed_name(typed);
  if (!name) return name.error();
  const auto files = read_files(globals.config);
  if (!files) return files.error();
  const auto names = read_names(*files);
  if (!names) return names.error();
  show_problems(*names, screen);
  const filter::Classifier classifier(*names->image, *names->local_rules);
  const auto hits = classifier.explain(*name);
  if (!hits) return hits.error();
  const std::string shown = printable(name->to_text());
  if (globals.json) {
    Json rules = Json::array();
    for (const RuleHit& hit : *hits) rules.push_back(to_json(hit, classifier.tags()));
    screen.out << web::to_text({{"name", name->to_text()}, {"rules", rules}}) << '\n';
    return {};
  }
  if (hits->empty()) return base::Error(base::ErrorCode::kNotFound, fmt::format("no list has {} or covers it", shown));
  print(shown, *hits, classifier.tags(), screen);
  return {};
}

}  // namespace schoolgate::admin_cli
