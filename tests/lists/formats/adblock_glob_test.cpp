#include "lists/formats/adblock_glob.h"

#include <algorithm>
#include <functional>
#include <regex>

namespace schoolgate::lists {
namespace {

using Kind = AdblockGlob::Kind;
using filter::Reach;

// A second reading of globs, slow and plain: from here on, does the rest of the glob match the rest of the name?
bool matches_from(std::string_view glob, std::string_view rest) {
  if (glob.empty()) return true;
  if (glob == "|") return rest.empty();
  if (glob.front() == '*') {
    return matches_from(glob.substr(1), rest) || (!rest.empty() && matches_from(glob, rest.substr(1)));
  }
  if (glob.front() == '^') return rest.empty() && matches_from(glob.substr(1), rest);
  return !rest.empty() && rest.front() == glob.front() && matches_from(glob.substr(1), rest.substr(1));
}

bool matches(std::string_view glob, std::string_view name) {
  if (glob.starts_with("||")) {
    for (std::size_t at = 0; at < name.size(); ++at) {
      const bool begins_label = at == 0 || name[at - 1] == '.';
      if (begins_label && matches_from(glob.substr(2), name.substr(at))) return true;
    }
    return false;
  }
  if (glob.starts_with('|')) return matches_from(glob.substr(1), name);
  for (std::size_t at = 0; at <= name.size(); ++at) {
    if (matches_from(glob, name.substr(at))) return true;
  }
  return false;
}

// What was made of a glob, by an engine that the filter does not have.
class Made {
 public:
  explicit Made(AdblockGlob glob) : glob_(std::move(glob)) {
    if (glob_.kind == Kind::kPattern) expression_ = glob_.text;
  }
  bool matches(const std::string& text) const {
    if (glob_.kind == Kind::kPattern) return std::regex_search(text, expression_);
    const auto name = dns::Name::parse(text);
    const bool is_name = *name == glob_.name;
    const bool is_below = !is_name && name->is_at_or_below(glob_.name);
    return (is_name && glob_.reach != Reach::kSubdomains) || (is_below && glob_.reach != Reach::kExact);
  }

 private:
  AdblockGlob glob_;
  std::regex expression_;
};

// Every text of the octets, up to this length.
void for_each_text(std::string_view octets, std::size_t length, const std::function<void(const std::string&)>& visit,
                   const std::string& prefix = "") {
  if (!prefix.empty()) visit(prefix);
  if (prefix.size() == length) return;
  for (const char c : octets) for_each_text(octets, length, visit, prefix + c);
}

std::vector<std::string> names_of_two_labels_and_more() {
  std::vector<std::string> names;
  for_each_text("ab.", 5, [&names](const std::string& text) {
    const bool is_name = text.front() != '.' && text.back() != '.' && text.find("..") == std::string::npos;
    if (is_name && text.find('.') != std::string::npos) names.push_back(text);
  });
  return names;
}

TEST(AdblockGlob, EverySmallGlobMatchesWhatItSays) {
  const std::vector<std::string> names = names_of_two_labels_and_more();
  std::size_t taken = 0, rejected = 0;
  const auto expect_alike = [&](const std::string& glob) {
    const AdblockGlob read = read_adblock_glob(glob);
    if (read.kind == Kind::kRejected) {
      ++rejected;
      const auto matched = std::ranges::count_if(names, [&](const std::string& name) { return matches(glob, name); });
      const bool is_all_or_none = matched == 0 || matched == static_cast<std::ptrdiff_t>(names.size());
      EXPECT_TRUE(is_all_or_none || read.text.starts_with("shorter than three")) << glob << ": " << read.text;
      return;
    }
    ++taken;
    const Made made(read);
    for (const std::string& name : names) {
      ASSERT_EQ(made.matches(name), matches(glob, name)) << glob << " and " << name << ": " << read.text;
    }
  };
  for_each_text("ab.*^|", 5, expect_alike);
  for_each_text("ab.*^|", 4, [&](const std::string& glob) { expect_alike("||" + glob); });
  EXPECT_GT(taken, 2000U);
  EXPECT_GT(rejected, 2000U);
}

TEST(AdblockGlob, ANameAsAnExpressionMatchesTheSame) {
  const std::vector<std::string> names = names_of_two_labels_and_more();
  for (const Reach reach : {Reach::kExact, Reach::kSubdomains, Reach::kBoth}) {
    const dns::Name b_a = *dns::Name::parse("b.a");
    const Made name({Kind::kName, b_a, reach, {}});
    const Made expression({Kind::kPattern, {}, Reach::kExact, expression_of(b_a, reach)});
    for (const std::string& text : names) EXPECT_EQ(expression.matches(text), name.matches(text)) << text;
  }
}

TEST(AdblockGlob, ExceptNamesLeavesOutTheseAndWhatIsUnderThem) {
  const std::vector<dns::Name> except = {*dns::Name::parse("b.a"), *dns::Name::parse("a.b")};
  for (const char* expression : {"(^|\\.)a", "^a", "a\\.", "b$", "^a.*b$", "(^|\\.)b$"}) {
    const std::regex with(except_names(expression, except)), without(expression);
    for (const std::string& text : names_of_two_labels_and_more()) {
      const auto name = dns::Name::parse(text);
      const bool left_out = name->is_at_or_below(except[0]) || name->is_at_or_below(except[1]);
      EXPECT_EQ(std::regex_search(text, with), !left_out && std::regex_search(text, without))
          << expression << " and " << text;
    }
  }
}

}  // namespace
}  // namespace schoolgate::lists
