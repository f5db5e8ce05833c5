#include "tests/bench/pattern_kinds.h"

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

std::string ending(Random& random) {
  switch (random.below(4)) {
    case 0:
      return "\\." + escaped(registry_suffix(random)) + "$";
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
      return "^" + host_label(random) + "s?[0-9]*[-_.]";
    case 1:
      return "^(.+[_.-])?" + registered_label(random) + "s?[0-9]*[_.-]";
    default:
      return "^(www[0-9]*\\.)?" + registered_label(random) + "\\.";
  }
}

std::string infix(Random& random) {
  switch (random.below(4)) {
    case 0:
      return registered_label(random);
    case 1:
      return "(^|\\.|-)" + registered_label(random) + "[-_\\.]";
    case 2:
      return "[_.-]" + registered_label(random) + "[sxv]?[0-9]*[_.-]";
    default:
      return "(^|\\.|-)" + registered_label(random) + "\\.((com)|(net)|(org))(\\.|-)?";
  }
}

std::string look_ahead(Random& random) {
  return "(?:\\.|-|^)(" + registered_label(random) + ")(?:\\.|-)(?!.*(auth|login|register|sdk))";
}

}  // namespace

std::vector<std::string> generate_patterns(std::size_t count, std::uint64_t seed) {
  // Of 7,678 patterns of public lists: 65 % suffixes, 17 % endings, 6 % prefixes, 8 % infixes, 4 % with look-around.
  Random random(seed);
  std::vector<std::string> patterns;
  while (patterns.size() < count) {
    const double kind = random.unit();
    patterns.push_back(kind < 0.65   ? "(^|\\.)" + registered_name(random) + "$"
                       : kind < 0.82 ? ending(random)
                       : kind < 0.88 ? prefix(random)
                       : kind < 0.96 ? infix(random)
                                     : look_ahead(random));
  }
  return patterns;
}

}  // namespace schoolgate::bench
