#include "tests/bench/pattern_kinds.h"

#include <set>

#include "tests/bench/labels.h"
#include "tests/bench/suffixes.h"

namespace schoolgate::bench {
namespace {

std::string escaped(const std::string& name) {
  std::string text;
  for (const char c : name) {
    if (c == '.') text += '\\';
    text += c;
  }
  return text;
}

std::string registered_name(Random& random) {
  return escaped(registered_label(random) + "." + registry_suffix(random));
}

// Lists cut off whole small countries and cheap endings, never what most names end in.
std::string rare_suffix(Random& random) {
  static const std::set<std::string, std::less<>> kUsual = {"com", "net", "org", "info", "io", "uk", "de", "co.uk"};
  for (;;) {
    const std::string& suffix = registry_suffix(random);
    if (!kUsual.contains(suffix)) return suffix;
  }
}

// One that few names begin with or hold.
std::string telling(std::string (*draw)(Random&), std::size_t octets, Random& random) {
  for (;;) {
    std::string label = draw(random);
    if (label.size() >= octets && !label.starts_with("www")) return label;
  }
}

std::string ending(Random& random) {
  switch (random.below(4)) {
    case 0:
      return "\\." + escaped(rare_suffix(random)) + "$";
    case 1:
      return "(^|\\.)" + registered_label(random) + "[0-9]*\\." + escaped(registry_suffix(random)) + "$";
    case 2:
      return "(^|\\.|-)" + registered_name(random) + "$";
    default:
      return "(^|\\.)" + registered_label(random) + "(" + host_label(random) + ")?\\.com$";
  }
}

std::string prefix(Random& random) {
  switch (random.below(3)) {
    case 0:
      return "^" + telling(host_label, 2, random) + "s?[0-9]*[-_.]";
    case 1:
      return "^(.+[_.-])?" + registered_label(random) + "s?[0-9]*[_.-]";
    default:
      return "^(www[0-9]*\\.)?" + registered_label(random) + "\\.";
  }
}

std::string infix(Random& random) {
  switch (random.below(7)) {
    case 0:
      return telling(registered_label, 5, random);
    case 1:
      return "(^|\\.|-)" + telling(registered_label, 5, random) + "[-_\\.]";
    case 2:
      return "[_.-]" + telling(registered_label, 5, random) + "[sxv]?[0-9]*[_.-]";
    case 3:
      return "^.*(" + telling(registered_label, 5, random) + "|" + telling(registered_label, 5, random) + ").*\\.top$";
    case 4:
      return "(.*\\.|^)" + telling(registered_label, 5, random) + "($|\\.com+)";
    case 5:
      return "^(.*[\\.\\-])*" + telling(host_label, 3, random) + "(er|ing|s|" + host_label(random) +
             ")[sxz]*[0-9]*[\\.\\-]";
    default:
      return "(^|\\.|-)" + telling(registered_label, 5, random) + "\\.((com)|(net)|(org))(\\.|-)?";
  }
}

std::string look_ahead(Random& random) {
  return "(?:\\.|-|^)(" + telling(registered_label, 5, random) + ")(?:\\.|-)(?!.*(auth|login|register|sdk))";
}

}  // namespace

std::vector<std::string> generate_patterns(std::size_t count, std::uint64_t seed) {
  // Of 7,678 patterns of public lists: 65 % suffixes, 17 % endings, 6 % prefixes, 8 % infixes, 4 % with look-around.
  Random random(seed);
  std::vector<std::string> patterns;
  std::set<std::string> seen;
  while (patterns.size() < count) {
    const double kind = random.unit();
    std::string pattern(kind < 0.65   ? "(^|\\.)" + registered_name(random) + "$"
                        : kind < 0.82 ? ending(random)
                        : kind < 0.88 ? prefix(random)
                        : kind < 0.96 ? infix(random)
                                      : look_ahead(random));
    if (seen.insert(pattern).second) patterns.push_back(std::move(pattern));
  }
  return patterns;
}

}  // namespace schoolgate::bench
