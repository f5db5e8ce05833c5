#include "lists/formats/adblock_modifiers.h"

#include <algorithm>
#include <array>

namespace schoolgate::lists {
namespace {

// What a rule is about that a browser sees and DNS does not: the kind of request, who asks, what is in the page.
// Each between blanks.
constexpr std::string_view kOfBrowsers =
    " 1p 3p all app background beacon content cookie csp css doc document domain ehide elemhide empty extension"
    " first-party font frame from genericblock generichide ghide header hls image inline-font inline-script"
    " jsinject jsonprune match-case media method mp4 network object object-subrequest other permissions ping"
    " popunder popup redirect redirect-rule referrerpolicy removeheader removeparam replace rewrite script"
    " shide specifichide stealth strict1p strict3p stylesheet subdocument third-party to uritransform urlblock"
    " urlskip urltransform webrtc websocket xhr xmlhttprequest xmlprune ";

struct Keyword {
  std::string_view word;
  std::string_view why;
};

constexpr auto kOfResolvers = std::to_array<Keyword>({
    {"client", "for some clients only: a group of the policy says that, a list cannot"},
    {"ctag", "for some kinds of device only: a group of the policy says that, a list cannot"},
    {"dnsrewrite", "rewrites the answer, and lists only block"},
    {"dnstype", "for some record types only, and a rule covers a name whatever is asked of it"},
    {"ipaddress", "about the answer's addresses, and lists are about names"},
    {"cname", "about names in the answer alone, and a rule covers a name wherever it stands"},
});

bool is_of_browsers(std::string_view word) {
  const std::string between_blanks = " " + std::string(word) + " ";
  return word.find(' ') == std::string_view::npos && kOfBrowsers.find(between_blanks) != std::string_view::npos;
}

std::string why_not(std::string_view word) {
  if (word.starts_with('~')) word.remove_prefix(1);
  if (is_of_browsers(word)) return "$" + std::string(word) + ": a browser's work, DNS sees names only";
  const auto* const known = std::ranges::find(kOfResolvers, word, &Keyword::word);
  if (known != kOfResolvers.end()) return "$" + std::string(word) + ": " + std::string(known->why);
  return "has a modifier that is not known here";
}

void take_modifier(std::string_view modifier, AdblockModifiers& modifiers) {
  const std::string_view word = modifier.substr(0, modifier.find('='));
  const std::string_view value = modifier.substr(std::min(modifier.size(), word.size() + 1));
  const bool is_alone = word.size() == modifier.size();
  if (word == "important" && is_alone) {
    modifiers.important = true;
  } else if (word == "badfilter" && is_alone) {
    modifiers.badfilter = true;
  } else if (word == "denyallow" && !value.empty() && modifiers.denyallow.empty()) {
    modifiers.denyallow = value;
  } else if (word == "denyallow") {
    modifiers.why_not = "$denyallow: needs names, and stands once in a rule";
  } else if (modifiers.why_not.empty()) {
    modifiers.why_not = why_not(word);
  }
}

}  // namespace

std::string_view take_part(std::string_view& list, char separator) {
  const std::string_view part = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(list.size(), part.size() + 1));
  return part;
}

void parse_adblock_modifiers(std::string_view text, AdblockModifiers& modifiers) {
  modifiers = AdblockModifiers();
  modifiers.text = text;
  if (text.empty()) modifiers.why_not = "ends in '$', and no modifier follows";
  for (std::string_view rest = text; !rest.empty();) take_modifier(take_part(rest, ','), modifiers);
}

}  // namespace schoolgate::lists
