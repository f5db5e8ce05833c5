// schoolgate lists catalogue: well-known public lists, how good there are some for each category, and what we recommend.
#include "lists/catalogue/catalogue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include <fmt/format.h>

#include "admin-cli/files.h"
#include "admin-cli/table.h"
#include "admin-cli/verbs.h"
#include "base/nearest.h"

namespace schoolgate::admin_cli {
namespace {

using web::Json;

// What is shown: of one category, or of all.
struct Selection {
  std::vector<lists::CatalogueEntry> entries;
  std::vector<lists::Category> categories;
};

base::Result<Selection> select(const lists::Catalogue& catalogue, const lists::Taxonomy& taxonomy,
                               const std::string& category) {
  Selection selection;
  std::vector<std::string> known;
  for (const lists::Category& one : taxonomy.categories()) {
    known.push_back(one.tag.id);
    if (category.empty() || one.tag.id == category) selection.categories.push_back(one);
  }
  if (selection.categories.empty()) {
    return {base::ErrorCode::kNotFound,
            fmt::format("there is no category '{}'{}", category, base::did_you_mean(category, known))};
  }
  for (const lists::CatalogueEntry& entry : catalogue.entries()) {
    if (category.empty() || entry.category == category) selection.entries.push_back(entry);
  }
  return selection;
}

bool is_in_policy(const Files& files, const std::string& id) {
  const auto& lists = files.policy.lists;
  return std::any_of(lists.begin(), lists.end(), [&id](const auto& list) { return list.id == id; });
}

std::string about(std::uint64_t number) { return number == 0 ? "" : with_commas(number); }

std::string entries_table(const Selection& selection, const Files& files, const Screen& screen) {
  Table table({"LIST", "CATEGORY", "NAMES, ABOUT", "CHANGES", "IN POLICY", "LICENCE", "QUALITY"}, "QUALITY");
  for (const lists::CatalogueEntry& entry : selection.entries) {
    table.add({{entry.id, Ink::kStrong},
               {entry.category},
               {about(entry.size)},
               {entry.changes},
               {is_in_policy(files, entry.id) ? "yes" : "", Ink::kGood},
               {entry.licence},
               {entry.quality, Ink::kSoft}});
  }
  return table.empty() ? "No public list is known.\n" : table.to_text(screen);
}

// The sentences whole, which a narrow table cuts.
std::string sentences(const Selection& selection) {
  std::string text;
  for (const lists::CatalogueEntry& entry : selection.entries) {
    text += fmt::format("\n{}: {}\n  licence {}; {}\n", printable(entry.id), printable(entry.quality),
                        printable(entry.licence), printable(entry.page));
    if (entry.size != 0) {
      text += fmt::format("  about {} in {}\n", plural(entry.size, "name"), printable(entry.counted));
    }
  }
  return text;
}

std::string categories_table(const Selection& selection, const lists::Catalogue& catalogue, const Screen& screen) {
  Table table({"CATEGORY", "LARGEST PUBLIC LIST, ABOUT", "PUBLIC LISTS", "COVERED FROM"});
  for (const lists::Category& category : selection.categories) {
    const lists::PublicLists found = catalogue.public_lists(category);
    const bool is_poor = found.quality == lists::PublicQuality::kThin || found.quality == lists::PublicQuality::kNone;
    table.add({{category.tag.id},
               {about(found.names)},
               {std::string(to_text(found.quality)), is_poor ? Ink::kWarning : Ink::kPlain},
               {plural(category.floor, "name")}});
  }
  return table.to_text(screen);
}

std::string sets_lines(const lists::Catalogue& catalogue) {
  std::string text = "\nRecommended, to begin with:\n";
  for (const lists::RecommendedSet& set : catalogue.sets()) {
    text += fmt::format("  schoolgate lists add --set {:<10} {}. {}\n", printable(set.id),
                        plural(set.lists.size(), "list"), printable(set.meaning));
  }
  return text;
}

Json to_json(const lists::CatalogueEntry& entry, bool in_policy) {
  Json json = {{"id", entry.id},           {"category", entry.category}, {"source", entry.source},
               {"format", entry.format},   {"licence", entry.licence},   {"page", entry.page},
               {"size", nullptr},          {"counted", entry.counted},   {"changes", entry.changes},
               {"quality", entry.quality}, {"in_policy", in_policy}};
  if (entry.size != 0) json["size"] = entry.size;
  return json;
}

Json to_json(const lists::Category& category, const lists::PublicLists& found) {
  Json json = {{"id", category.tag.id},
               {"names", nullptr},
               {"quality", std::string(to_text(found.quality))},
               {"floor", category.floor}};
  if (found.names != 0) json["names"] = found.names;
  return json;
}

Json to_json(const Selection& selection, const lists::Catalogue& catalogue, const Files& files) {
  Json lists = Json::array();
  for (const auto& entry : selection.entries) lists.push_back(to_json(entry, is_in_policy(files, entry.id)));
  Json categories = Json::array();
  for (const auto& category : selection.categories) {
    categories.push_back(to_json(category, catalogue.public_lists(category)));
  }
  Json sets = Json::array();
  for (const auto& set : catalogue.sets()) {
    sets.push_back({{"id", set.id}, {"meaning", set.meaning}, {"lists", set.lists}});
  }
  return {{"lists", lists}, {"categories", categories}, {"sets", sets}};
}

}  // namespace

base::Status show_catalogue(const Globals& globals, const std::string& category, const Screen& screen) {
  const auto files = read_files(globals.config);
  if (!files) return files.error();
  const auto catalogue = read_catalogue(*files);
  if (!catalogue) return catalogue.error();
  const auto selection = select(*catalogue, files->taxonomy, category);
  if (!selection) return selection.error();
  if (globals.json) {
    screen.out << web::to_text(to_json(*selection, *catalogue, *files)) << '\n';
    return {};
  }
  screen.out << entries_table(*selection, *files, screen);
  screen.out << (category.empty()
                     ? "\nA sentence on each, and where it comes from: schoolgate lists catalogue --category C\n"
                     : sentences(*selection));
  screen.out << '\n' << categories_table(*selection, *catalogue, screen) << sets_lines(*catalogue);
  return {};
}

}  // namespace schoolgate::admin_cli
