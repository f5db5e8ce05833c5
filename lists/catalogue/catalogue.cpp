#include "lists/catalogue/catalogue.h"

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/nearest.h"
#include "base/toml.h"
#include "lists/catalogue/entry_fields.h"
#include "lists/formats/format.h"

namespace schoolgate::lists {
namespace {

using base::TomlDocument;
using base::TomlTable;

constexpr std::size_t kMostSentenceOctets = 120;
constexpr std::int64_t kMostNames = 1'000'000'000;
const std::vector<std::string> kChanges = {"hourly", "daily", "weekly", "monthly", "rarely"};
const std::vector<std::string> kRefresh = {"1h", "1d", "1w", "30d", "30d"};  // of each of these
const std::vector<std::string> kQualities = {"fair", "good"};                // from PublicQuality::kFair

void note_id(TomlTable& table, const std::string& id, std::set<std::string>& seen) {
  if (!id.empty() && !seen.insert(id).second)
    table.report(table.place("id"), "a second entry has the id " + in_quotes(id));
}

const Category* read_category(TomlTable& table, std::string_view key, const Taxonomy& taxonomy) {
  const std::string id = required(table, key);
  if (id.empty()) return nullptr;
  std::vector<std::string> known;
  for (const Category& category : taxonomy.categories()) {
    if (category.tag.id == id) return &category;
    known.push_back(category.tag.id);
  }
  table.report(table.place(key), "the taxonomy has no category " + in_quotes(id) + base::did_you_mean(id, known));
  return nullptr;
}

std::string read_address(TomlTable& table, std::string_view key) {
  std::string address = required(table, key);
  if (!address.empty() && !address.starts_with("https://")) {
    table.report(table.place(key), in_quotes(address) + " should begin with https://");
  }
  return address;
}

std::string read_format(TomlTable& table) {
  std::string format = required(table, "format");
  if (!format.empty() && find_format(format) == nullptr) {
    table.report(table.place("format"), "no format " + in_quotes(format) + "; there are " + format_names());
  }
  return format;
}

std::string read_sentence(TomlTable& table, std::string_view key) {
  std::string sentence = required(table, key);
  if (sentence.size() > kMostSentenceOctets) {
    table.report(table.place(key), in_quotes(key) + " has " + std::to_string(sentence.size()) +
                                       " octets, and should have at most " + std::to_string(kMostSentenceOctets));
  }
  return sentence;
}

std::uint64_t read_names(TomlTable& table, std::string_view key) {
  const auto names = table.integer(key, 1, kMostNames);
  return names ? static_cast<std::uint64_t>(names->value) : 0;
}

bool is_month(std::string_view text) {
  constexpr std::string_view kShape = "0000-00";
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '-' ? text[i] != '-' : !is_digit) return false;
  }
  const std::string_view month = text.substr(5);
  return month >= "01" && month <= "12";
}

// A count without its month says nothing a year later.
void read_size(TomlTable& table, CatalogueEntry& entry) {
  entry.size = read_names(table, "size");
  const auto counted = table.string("counted");
  if (counted) entry.counted = counted->value;
  if (table.has("size") != table.has("counted")) {
    table.report(table.place(), "'size' and 'counted' stand together, or neither");
  } else if (counted && !is_month(counted->value)) {
    table.report(counted->place,
                 "'counted' is " + in_quotes(counted->value) + ", and should be a month as in '2026-08'");
  }
}

CatalogueEntry read_entry(TomlTable& table, const Taxonomy& taxonomy, std::set<std::string>& seen) {
  CatalogueEntry entry;
  entry.id = required_id(table);
  note_id(table, entry.id, seen);
  if (const Category* category = read_category(table, "category", taxonomy)) entry.category = category->tag.id;
  entry.source = read_address(table, "source");
  entry.format = read_format(table);
  entry.licence = required(table, "licence");
  entry.page = read_address(table, "page");
  read_size(table, entry);
  if (const auto changes = choice(table, "changes", kChanges)) entry.changes = kChanges[*changes];
  entry.quality = read_sentence(table, "quality");
  table.finish();
  return entry;
}

PublicQuality read_quality(TomlTable& table, const Category& category) {
  if (category.thin) {
    if (table.has("quality")) table.report(table.place("quality"), "the taxonomy says that it is thin: leave it out");
    return PublicQuality::kThin;
  }
  const auto quality = choice(table, "quality", kQualities);
  return quality && *quality == 1 ? PublicQuality::kGood : PublicQuality::kFair;
}

std::map<std::string, PublicLists, std::less<>> read_public_lists(TomlTable& root, const Taxonomy& taxonomy) {
  std::map<std::string, PublicLists, std::less<>> found;
  std::set<std::string> seen;
  for (TomlTable& table : root.tables("category")) {
    if (const Category* category = read_category(table, "id", taxonomy)) {
      note_id(table, category->tag.id, seen);
      found[category->tag.id] = {read_names(table, "names"), read_quality(table, *category)};
      table.finish();
    }
  }
  return found;
}

RecommendedSet read_set(TomlTable& table, const std::vector<std::string>& known, std::set<std::string>& seen) {
  RecommendedSet set{required_id(table), read_sentence(table, "meaning"), {}};
  note_id(table, set.id, seen);
  for (const auto& list : table.strings("lists")) {
    set.lists.push_back(list.value);
    if (std::find(known.begin(), known.end(), list.value) == known.end()) {
      table.report(list.place,
                   "no [[list]] has the id " + in_quotes(list.value) + base::did_you_mean(list.value, known));
    }
  }
  if (set.lists.empty()) table.report(table.place(), "this set has no 'lists'");
  table.finish();
  return set;
}

template <class Entry>
std::vector<std::string> ids_of(const std::vector<Entry>& entries) {
  std::vector<std::string> ids;
  for (const Entry& entry : entries) ids.push_back(entry.id);
  return ids;
}

template <class Entry>
base::Result<Entry> find_entry(const std::vector<Entry>& entries, std::string_view id, std::string_view what) {
  const auto found = std::find_if(entries.begin(), entries.end(), [id](const Entry& entry) { return entry.id == id; });
  if (found != entries.end()) return *found;
  return base::Error(base::ErrorCode::kNotFound, "the catalogue has no " + std::string(what) + " " + in_quotes(id) +
                                                     base::did_you_mean(id, ids_of(entries)));
}

}  // namespace

std::string CatalogueEntry::refresh() const {
  const auto known = std::find(kChanges.begin(), kChanges.end(), changes);
  return known == kChanges.end() ? std::string() : kRefresh[static_cast<std::size_t>(known - kChanges.begin())];
}

std::string_view to_text(PublicQuality quality) {
  switch (quality) {
    case PublicQuality::kThin:
      return "thin";
    case PublicQuality::kFair:
      return "fair";
    case PublicQuality::kGood:
      return "good";
    case PublicQuality::kNone:
      break;
  }
  return "none";
}

base::Result<Catalogue> Catalogue::parse(std::string_view text, const std::string& file, const Taxonomy& taxonomy) {
  auto document = TomlDocument::parse(text, file);
  if (!document) return document.error();
  TomlTable root = document->root();
  Catalogue catalogue;
  std::set<std::string> list_ids, set_ids;
  for (TomlTable& table : root.tables("list")) catalogue.entries_.push_back(read_entry(table, taxonomy, list_ids));
  catalogue.public_lists_ = read_public_lists(root, taxonomy);
  const std::vector<std::string> known = ids_of(catalogue.entries_);
  for (TomlTable& table : root.tables("set")) catalogue.sets_.push_back(read_set(table, known, set_ids));
  root.finish();
  if (const auto status = document->check(); !status) return status.error();
  return catalogue;
}

base::Result<Catalogue> Catalogue::read(const std::string& path, const Taxonomy& taxonomy) {
  constexpr std::size_t kLimitBytes = 4 << 20;
  const auto text = base::read_file(path, kLimitBytes);
  if (!text) return text.error();
  return parse(*text, path, taxonomy);
}

base::Result<CatalogueEntry> Catalogue::entry(std::string_view id) const { return find_entry(entries_, id, "list"); }

base::Result<RecommendedSet> Catalogue::set(std::string_view id) const { return find_entry(sets_, id, "set"); }

PublicLists Catalogue::public_lists(const Category& category) const {
  const auto found = public_lists_.find(category.tag.id);
  if (found != public_lists_.end()) return found->second;
  return {0, category.thin ? PublicQuality::kThin : PublicQuality::kNone};
}

}  // namespace schoolgate::lists
