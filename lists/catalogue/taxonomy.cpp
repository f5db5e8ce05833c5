#include "lists/catalogue/taxonomy.h"

#include <algorithm>

#include "base/file.h"
#include "base/nearest.h"
#include "base/toml.h"
#include "lists/catalogue/entry_fields.h"

namespace schoolgate::lists {
namespace {

using base::TomlDocument;
using base::TomlTable;
using filter::TagKind;

const std::vector<std::string> kBands = {"under-7", "7-11", "11-16", "16-plus", "staff", "guest"};
const std::vector<std::string> kDefaults = {"block", "allow", "staff-choice"};
const std::vector<std::string> kKinds = {"category", "service", "trait"};  // by the number of filter::TagKind

constexpr std::int64_t kMostFloor = 1'000'000'000;

using HelpById = std::map<std::string, HelpResource, std::less<>>;

bool flag(TomlTable& table, std::string_view key) {
  const auto value = table.boolean(key);
  return value && value->value;
}

filter::Tag read_tag(TomlTable& table) {
  filter::Tag tag;
  const auto number = table.integer("number", 0, filter::TagSet::kBits - 1);
  if (!table.has("number")) table.report(table.place(), "'number' is missing");
  if (number) tag.number = static_cast<filter::TagNumber>(number->value);
  tag.id = required_id(table);
  if (const auto kind = choice(table, "kind", kKinds)) tag.kind = static_cast<TagKind>(*kind);
  tag.locked = flag(table, "locked");
  tag.security = flag(table, "security");
  return tag;
}

void read_defaults(TomlTable& entry, Category& category) {
  auto table = entry.table("defaults");
  if (!table) {
    if (!entry.has("defaults")) entry.report(entry.place(), "'defaults' is missing");
    return;
  }
  for (const std::string& band : kBands) {
    const auto wanted = choice(*table, band, kDefaults);
    if (!wanted) continue;
    category.defaults[band] = kDefaults[*wanted];
    if (category.tag.locked && kDefaults[*wanted] != "block") {
      table->report(table->place(band), "a locked category is 'block' for everybody");
    }
  }
  table->finish();
}

void read_help(TomlTable& entry, const HelpById& known, Category& category) {
  for (const auto& id : entry.strings("help")) {
    if (const auto found = known.find(id.value); found != known.end()) {
      category.help.push_back(found->second);
      continue;
    }
    std::vector<std::string> ids;
    for (const auto& [one, resource] : known) ids.push_back(one);
    entry.report(id.place, "no [[help]] has the id " + in_quotes(id.value) + base::did_you_mean(id.value, ids));
  }
}

Category read_entry(TomlTable& entry, const HelpById& help) {
  Category category;
  category.tag = read_tag(entry);
  category.name = required(entry, "name");
  category.meaning = required(entry, "meaning");
  if (category.tag.kind == TagKind::kCategory) {
    category.serves = required(entry, "serves");
    if (const auto floor = entry.integer("floor", 1, kMostFloor))
      category.floor = static_cast<std::uint64_t>(floor->value);
    category.advice = required(entry, "advice");
    read_defaults(entry, category);
    read_help(entry, help, category);
    category.thin = flag(entry, "thin");
    category.alert = flag(entry, "alert");
    category.hidden = flag(entry, "hidden");
  }
  entry.finish();
  return category;
}

HelpById read_help_resources(TomlTable& root) {
  HelpById resources;
  for (TomlTable& table : root.tables("help")) {
    std::string id = required_id(table);
    HelpResource resource{required(table, "name"), required(table, "how")};
    table.finish();
    if (!resources.emplace(id, std::move(resource)).second) {
      table.report(table.place("id"), "another [[help]] has the id " + in_quotes(id));
    }
  }
  return resources;
}

}  // namespace

base::Result<Taxonomy> Taxonomy::parse(std::string_view text, const std::string& file) {
  auto document = TomlDocument::parse(text, file);
  if (!document) return document.error();
  TomlTable root = document->root();
  const HelpById help = read_help_resources(root);
  Taxonomy taxonomy;
  for (TomlTable& entry : root.tables("tag")) {
    Category category = read_entry(entry, help);
    // An entry without id was reported; one taken twice says so here.
    if (const auto added = taxonomy.tags_.add(category.tag); !added && !category.tag.id.empty()) {
      entry.report(entry.place(), added.error().message());
    }
    auto& entries = category.tag.kind == TagKind::kCategory ? taxonomy.categories_ : taxonomy.others_;
    entries.push_back(std::move(category));
  }
  root.finish();
  if (taxonomy.categories_.empty()) root.report(root.place(), "there is no [[tag]] of kind 'category'");
  if (const auto status = document->check(); !status) return status.error();
  return taxonomy;
}

base::Result<Taxonomy> Taxonomy::read(const std::string& path) {
  constexpr std::size_t kLimitBytes = 4 << 20;
  const auto text = base::read_file(path, kLimitBytes);
  if (!text) return text.error();
  return parse(*text, path);
}

const Category* Taxonomy::find(std::string_view id) const {
  for (const auto* entries : {&categories_, &others_}) {
    const auto found =
        std::find_if(entries->begin(), entries->end(), [id](const Category& entry) { return entry.tag.id == id; });
    if (found != entries->end()) return &*found;
  }
  return nullptr;
}

}  // namespace schoolgate::lists
