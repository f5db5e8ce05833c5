// schoolgate lists find NAME: every rule of every list that has the name or covers it, and how many each has below it; of an address
// the rules that go by it. Whether a device may have it is another question: `schoolgate check`.
#include <algorithm>
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
using filter::Match;
using filter::RuleHit;
using web::Json;

struct Found {
  std::vector<RuleHit> rules;
  std::vector<std::uint64_t> below;  // rules that cover only names below it, by list
};

base::Result<Found> find(const filter::Classifier& classifier, const dns::Name& name) {
  auto hits = classifier.explain(name);
  if (!hits) return hits.error();
  auto below = classifier.image().rules_below(name);
  if (!below) return below.error();
  Found found{{}, std::move(*below)};
  for (RuleHit& hit : *hits) {
    // An opaque list has the name or not: how many of the names above it are in it, too, is not told. Its deepest rule comes
    // first, and decides.
    const auto is_told = [&hit](const RuleHit& other) { return hit.opaque && other.list == hit.list; };
    if (std::ranges::none_of(found.rules, is_told)) found.rules.push_back(std::move(hit));
  }
  return found;
}

std::string word_for(std::optional<Match> match) {
  if (!match) return "";
  return *match == Match::kName ? "exact" : *match == Match::kAbove ? "covers" : "pattern";
}

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
               {"match", nullptr},
               {"text", hit.text},
               {"version", hit.version},
               {"exception", hit.exception == Exception::kYes},
               {"in_force", hit.in_force && !hit.lifted_locally},
               {"opaque", hit.opaque}};
  if (hit.line != 0 && !hit.opaque) json["line"] = hit.line;
  if (hit.match) json["match"] = word_for(hit.match);
  return json;
}

Json to_json(const std::string& asked, const Found& found, const filter::Image& image) {
  Json json = {{"name", asked}, {"rules", Json::array()}, {"below", Json::array()}};
  for (const RuleHit& hit : found.rules) json["rules"].push_back(to_json(hit, image.tags()));
  for (std::size_t list = 0; list < found.below.size(); ++list) {
    if (found.below[list] == 0) continue;
    json["below"].push_back({{"list", image.lists()[list].id}, {"rules", found.below[list]}});
  }
  return json;
}

// "for names below it: 12 rules of ut1-gambling, 1 rule of ours"; empty when there are none.
std::string below_in_words(const Found& found, const filter::Image& image) {
  std::vector<std::string> counts;
  for (std::size_t list = 0; list < found.below.size(); ++list) {
    if (found.below[list] == 0) continue;
    counts.push_back(fmt::format("{} of {}", plural(found.below[list], "rule"), printable(image.lists()[list].id)));
  }
  return counts.empty() ? "" : "for names below it: " + joined(counts);
}

void print(const std::string& name, const Found& found, const filter::Image& image, const Screen& screen) {
  screen.out << fmt::format("{}: {}\n", name, plural(found.rules.size(), "rule"));
  const filter::TagTable& tags = image.tags();
  Table table({"LIST", "CATEGORY", "LINE", "AS WRITTEN", "MATCH", "NOTE"}, "NOTE");
  for (const RuleHit& hit : found.rules) {
    const bool has_line = hit.line != 0 && !hit.opaque;
    table.add({{hit.list, Ink::kStrong},
               {category_of(hit, tags)},
               {has_line ? std::to_string(hit.line) : ""},
               {hit.opaque ? "(not stored)" : hit.text},
               {word_for(hit.match)},
               {remark(hit), Ink::kSoft}});
  }
  screen.out << table.to_text(screen);
  if (const std::string below = below_in_words(found, image); !below.empty()) screen.out << "And " << below << ".\n";
}

}  // namespace

base::Status find_in_lists(const Globals& globals, const std::string& typed, const Screen& screen) {
  // "192.0.2.7" may be a name, too, but none that a list has.
  const auto address = base::IpAddress::parse(typed);
  const auto name = address ? base::Result<dns::Name>(dns::Name()) : policy::read_typed_name(typed);
  if (!name) return name.error();
  const auto files = read_files(globals.config);
  if (!files) return files.error();
  const auto names = read_names(*files);
  if (!names) return names.error();
  show_problems(*names, screen);
  const filter::Classifier classifier(*names->image, *names->local_rules);
  const filter::Image& image = classifier.image();
  const auto found = address ? base::Result<Found>(Found{classifier.explain(*address), {}}) : find(classifier, *name);
  if (!found) return found.error();
  const std::string asked = address ? address->to_text() : name->to_text();
  if (globals.json) {
    screen.out << web::to_text(to_json(asked, *found, image)) << '\n';
    return {};
  }
  if (found->rules.empty()) {
    const std::string below = below_in_words(*found, image);
    return base::Error(base::ErrorCode::kNotFound, fmt::format("no list has {} or covers it{}{}", printable(asked),
                                                               below.empty() ? "" : "; ", below));
  }
  print(printable(asked), *found, image, screen);
  return {};
}

}  // namespace schoolgate::admin_cli
