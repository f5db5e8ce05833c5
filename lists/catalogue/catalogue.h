// Catalogue: well-known public lists that a school may choose, how good there are some for each category, and what we
// recommend for a kind of school. lists/data/catalogue.toml.
// Immutable once read; any number of threads may read it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lists/catalogue/taxonomy.h"

namespace schoolgate::lists {

struct CatalogueEntry {
  std::string id;          // as the policy file names it
  std::string category;    // of the taxonomy
  std::string source;      // https://…
  std::string format;      // of lists/formats/format.cpp
  std::string licence;     // as people name it: "CC BY-SA 4.0"
  std::string page;        // https://…: where the publisher describes it
  std::uint64_t size = 0;  // about how many names; 0: not counted
  std::string counted;     // the month in which they were, "2026-08"
  std::string changes;     // "hourly", "daily", "weekly", "monthly", "rarely"
  std::string quality;     // one sentence

  // As the policy file's `refresh` has it: how often it is worth fetching. A list that changes rarely is looked at once a
  // month all the same.
  std::string refresh() const;
};

enum class PublicQuality { kNone, kThin, kFair, kGood };  // kNone: no public list is known
std::string_view to_text(PublicQuality quality);          // "none", "thin", …

// What the public has for a category.
struct PublicLists {
  std::uint64_t names = 0;  // about as many are on the largest list; 0: not counted
  PublicQuality quality = PublicQuality::kNone;
};

struct RecommendedSet {
  std::string id;       // "secondary"
  std::string meaning;  // one sentence
  std::vector<std::string> lists;
};

class Catalogue {
 public:
  // kInvalid names every mistake with file, line and column.
  static base::Result<Catalogue> read(const std::string& path, const Taxonomy& taxonomy);
  static base::Result<Catalogue> parse(std::string_view text, const std::string& file, const Taxonomy& taxonomy);

  const std::vector<CatalogueEntry>& entries() const { return entries_; }  // in the order of the file
  const std::vector<RecommendedSet>& sets() const { return sets_; }
  // kNotFound names the nearest one.
  base::Result<CatalogueEntry> entry(std::string_view id) const;
  base::Result<RecommendedSet> set(std::string_view id) const;
  PublicLists public_lists(const Category& category) const;

 private:
  std::vector<CatalogueEntry> entries_;
  std::map<std::string, PublicLists, std::less<>> public_lists_;
  std::vector<RecommendedSet> sets_;
};

}  // namespace schoolgate::lists
