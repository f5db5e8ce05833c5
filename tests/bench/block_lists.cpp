#include "tests/bench/block_lists.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/file.h"
#include "dns/name.h"
#include "tests/bench/list_names.h"

namespace schoolgate::bench {
namespace {

// A real collection's biggest list holds a third of its names, the smallest a handful.
constexpr double kListSizes = 1.0;
constexpr double kSecondList = 0.15;
constexpr double kThirdList = 0.1;  // of those with a second
// A name below a listed one is mostly in the same lists: www.x.example with x.example. Measured: 0.79.
constexpr double kListsOfAncestor = 0.79;
constexpr double kException = 0.002;
constexpr double kNarrow = 0.02;

NameSet all_at_or_above(const std::vector<std::string>& popular) {
  NameSet set;
  for (const std::string& name : popular) {
    any_suffix(name, [&set](std::string_view suffix) { return !set.insert(suffix); });
  }
  return set;
}

void sort_by_key(std::vector<std::string>& names) {
  for (std::string& name : names) name = sort_key(name);
  std::sort(names.begin(), names.end());
}

std::string name_of_key(std::string_view key) {
  std::string name;
  for (; !key.empty(); key.remove_prefix(1 + static_cast<std::size_t>(key[0]))) {
    const std::string_view label = key.substr(1, static_cast<std::size_t>(key[0]));
    name = name.empty() ? std::string(label) : std::string(label) + "." + name;
  }
  return name;
}

// Draws the lists of names that come in the order of their keys.
class ListDraw {
 public:
  explicit ListDraw(std::uint64_t seed) : random_(seed), weights_(Weighted::zipf(BlockLists::kLists, kListSizes)) {}

  std::vector<ListRule> draw(const std::string& key) {
    while (!above_.empty() && !key.starts_with(above_.back().key)) above_.pop_back();
    std::vector<ListRule> rules = lists(above_.empty() ? nullptr : &above_.back().rules);
    above_.push_back({key, rules});
    const double kind = random_.unit();
    for (ListRule& rule : rules) {
      if (kind < kException) rule.exception = filter::Exception::kYes;
      if (kind >= kException && kind < kException + kNarrow) {
        rule.reach = kind < kException + kNarrow / 2 ? filter::Reach::kExact : filter::Reach::kSubdomains;
      }
    }
    return rules;
  }

 private:
  struct Above {
    std::string key;
    std::vector<ListRule> rules;
  };

  std::vector<ListRule> lists(const std::vector<ListRule>* of_ancestor) {
    if (of_ancestor != nullptr && random_.chance(kListsOfAncestor)) return *of_ancestor;
    std::vector<ListRule> rules = {{one_list()}};
    for (double share = kSecondList; random_.chance(share); share = kThirdList) {
      const filter::ListNumber more = one_list();
      if (std::none_of(rules.begin(), rules.end(), [more](const ListRule& rule) { return rule.list == more; })) {
        rules.push_back({more});
      }
    }
    return rules;
  }
  filter::ListNumber one_list() { return static_cast<filter::ListNumber>(weights_.draw(random_)); }

  Random random_;
  Weighted weights_;
  std::vector<Above> above_;
};

bool is_address(std::string_view word) {
  return word.find(':') != std::string_view::npos || word.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string_view next_word(std::string_view& line) {
  constexpr std::string_view kBlanks = " \t\r";
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

template <class Take>
void for_each_name(std::string_view text, Take take) {
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    line = line.substr(0, line.find('#'));
    for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
      if (is_address(word)) continue;
      const auto name = dns::Name::parse(word);
      if (name && name->label_count() >= 2) take(name->lowered().to_text());
    }
  }
}

}  // namespace

base::Result<std::vector<std::string>> read_names(const std::string& path, std::size_t most) {
  const auto text = base::read_file(path);
  if (!text) return text.error();
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for_each_name(*text, [&](std::string name) {
    if (names.size() < most && seen.insert(name).second) names.push_back(std::move(name));
  });
  return names;
}

BlockLists BlockLists::generate(std::size_t names, std::uint64_t seed, const std::vector<std::string>& popular) {
  const NameSet forbidden = all_at_or_above(popular);
  ListNames source(seed);
  NameSet seen;
  std::vector<std::string> keys;
  while (keys.size() < names) {
    std::string name = source.draw();
    if (!forbidden.contains(name) && seen.insert(name)) keys.push_back(std::move(name));
  }
  sort_by_key(keys);
  BlockLists made;
  ListDraw draw(seed + 1);
  for (const std::string& key : keys) made.add(name_of_key(key), draw.draw(key));
  return made;
}

base::Result<BlockLists> BlockLists::read(const std::vector<std::string>& files, std::size_t most_names,
                                          const std::vector<std::string>& popular) {
  const NameSet forbidden = all_at_or_above(popular);
  std::map<std::string, std::vector<ListRule>> by_key;
  for (std::size_t list = 0; list < files.size(); ++list) {
    const auto names = read_names(files[list], most_names);
    if (!names) return names.error();
    for (const std::string& name : *names) {
      std::string key = sort_key(name);
      if (forbidden.contains(name) || (by_key.size() >= most_names && !by_key.contains(key))) continue;
      by_key[std::move(key)].push_back({static_cast<filter::ListNumber>(list)});
    }
  }
  BlockLists made;
  for (const auto& [key, rules] : by_key) made.add(name_of_key(key), rules);
  return made;
}

void BlockLists::add(std::string_view name, std::span<const ListRule> rules) {
  names_.add(name);
  for (const ListRule& rule : rules) list_count_ = std::max<std::size_t>(list_count_, rule.list + 1U);
  rules_.insert(rules_.end(), rules.begin(), rules.end());
  first_rule_.push_back(rules_.size());
}

bool BlockLists::is_plain(std::size_t index) const {
  const auto of_name = rules(index);
  return std::all_of(of_name.begin(), of_name.end(), [](const ListRule& rule) {
    return rule.reach == filter::Reach::kBoth && rule.exception == filter::Exception::kNo;
  });
}

}  // namespace schoolgate::bench
