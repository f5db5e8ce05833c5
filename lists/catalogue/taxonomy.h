// Taxonomy: the categories, services and traits there are, with the words a person reads. lists/data/taxonomy.toml.
// Immutable once read; any number of threads may read it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/rules/tag_table.h"

namespace schoolgate::lists {

struct HelpResource {
  std::string name;  // "Childline"
  std::string how;   // "0800 1111", "https://…"
};

// An entry of the taxonomy. A service or a trait has only tag, name and meaning for certain.
struct Category {
  filter::Tag tag;
  std::string name;                             // "Gambling"
  std::string meaning;                          // one sentence
  std::string serves;                           // the row of the field's requirements it serves
  std::string advice;                           // one or two sentences to a pupil: what to do next; never a reproach
  std::map<std::string, std::string> defaults;  // age band → "block", "allow", "staff-choice"
  std::vector<HelpResource> help;
  std::uint64_t floor = 1;  // with fewer rules on its lists together, it does not count as covered
  bool thin = false;        // no adequate public list exists
  bool alert = false;       // a person is told
  bool hidden = false;      // not shown until a feed is loaded
};

class Taxonomy {
 public:
  static base::Result<Taxonomy> read(const std::string& path);
  static base::Result<Taxonomy> parse(std::string_view text, const std::string& file);

  const std::vector<Category>& categories() const { return categories_; }  // in the order of the file
  const std::vector<Category>& others() const { return others_; }          // services and traits
  const Category* find(std::string_view id) const;                         // of any kind
  const filter::TagTable& tags() const { return tags_; }

 private:
  std::vector<Category> categories_;
  std::vector<Category> others_;
  filter::TagTable tags_;
};

}  // namespace schoolgate::lists
