#include "lists/formats/adblock_precedence.h"

#include <algorithm>
#include <optional>
#include <random>

#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

using filter::Exception;
using filter::Reach;

dns::Name name_of(const std::string& text) { return *dns::Name::parse(text); }

bool covers(const dns::Name& rule, Reach reach, const dns::Name& name) {
  if (name == rule) return reach != Reach::kSubdomains;
  return name.is_at_or_below(rule) && reach != Reach::kExact;
}

// A rule as it is written, and as it was meant.
struct Written {
  std::string text;
  dns::Name name;
  Reach reach = Reach::kBoth;
  Exception exception = Exception::kNo;
  bool important = false;
  std::vector<dns::Name> denyallow;

  bool speaks_of(const dns::Name& asked) const {
    const auto is_left_out = [&asked](const dns::Name& left_out) { return asked.is_at_or_below(left_out); };
    return covers(name, reach, asked) && std::ranges::none_of(denyallow, is_left_out);
  }
};

// Whether the deepest of these is a rule; at equal depth the exception is the last word.
class Deepest {
 public:
  void add(const dns::Name& name, Exception exception) {
    const std::size_t depth = name.label_count();
    if (depth < depth_) return;
    is_rule_ = exception == Exception::kNo && (depth > depth_ || is_rule_);
    depth_ = depth;
  }
  bool is_rule() const { return is_rule_; }

 private:
  std::size_t depth_ = 0;
  bool is_rule_ = false;
};

// What the modifiers say, in the fewest words.
bool is_blocked(const std::vector<Written>& rules, const dns::Name& name) {
  const auto speaks = [&](Exception exception) {
    return std::ranges::any_of(rules, [&](const Written& rule) {
      return rule.important && rule.exception == exception && rule.speaks_of(name);
    });
  };
  if (speaks(Exception::kYes)) return false;
  if (speaks(Exception::kNo)) return true;
  Deepest deepest;
  for (const Written& rule : rules) {
    if (rule.speaks_of(name)) deepest.add(rule.name, rule.exception);
  }
  return deepest.is_rule();
}

// What the filter makes of what is told.
class FilterSink final : public RuleSink {
 public:
  struct Told {
    dns::Name name;
    Reach reach;
    Exception exception;
  };
  void take(const Line&, Reach reach, Exception exception, const dns::Name& name) override {
    told_.push_back({name, reach, exception});
  }
  void take_pattern(const Line&, Exception, std::string_view expression) override { ADD_FAILURE() << expression; }
  void reject(const Line&, std::string_view reason) override { rejected_.emplace_back(reason); }
  void skip(const Line&) override {}

  const std::vector<std::string>& rejected() const { return rejected_; }
  bool is_blocked(const dns::Name& name) const {
    Deepest deepest;
    for (const Told& rule : told_) {
      if (covers(rule.name, rule.reach, name)) deepest.add(rule.name, rule.exception);
    }
    return deepest.is_rule();
  }

 private:
  std::vector<Told> told_;
  std::vector<std::string> rejected_;
};

class AnyRules {
 public:
  // None when the rule would leave nothing of itself.
  std::optional<Written> next() {
    Written rule;
    rule.reach = static_cast<Reach>(random_() % 3);
    const std::string name = any_name();
    rule.name = name_of(name);
    rule.exception = random_() % 3 == 0 ? Exception::kYes : Exception::kNo;
    rule.text = rule.exception == Exception::kYes ? "@@" : "";
    rule.text += (rule.reach == Reach::kExact ? "|" : rule.reach == Reach::kBoth ? "||" : "||*.") + name + "^";
    const auto kind = random_() % 4;
    if (kind == 0) {
      rule.important = true;
      rule.text += "$important";
    } else if (kind == 1 && rule.exception == Exception::kNo) {
      rule.text += "$denyallow=";
      for (std::size_t count = 1 + random_() % 2; count > 0; --count) {
        const std::string left_out = any_name();
        rule.denyallow.push_back(name_of(left_out));
        if (rule.name.is_at_or_below(rule.denyallow.back())) return std::nullopt;
        rule.text += left_out + (count > 1 ? "|" : "");
      }
    }
    return rule;
  }

  std::string any_name() {
    std::string name = "z.z";
    for (std::size_t labels = random_() % 4; labels > 0; --labels) name = (random_() % 2 == 0 ? "a." : "b.") + name;
    return name;
  }
  std::size_t any_number(std::size_t below) { return random_() % below; }

 private:
  std::mt19937 random_{20251127};
};

TEST(AdblockPrecedence, AnyFewRulesBlockWhatTheyAreMeantTo) {
  AnyRules any;
  for (int round = 0; round < 20000; ++round) {
    std::vector<Written> rules;
    std::string text;
    for (std::size_t count = 1 + any.any_number(5); rules.size() < count;) {
      auto rule = any.next();
      if (!rule) continue;
      text += rule->text + "\n";
      rules.push_back(std::move(*rule));
    }
    FilterSink filter;
    find_format("adblock")->parse(text, filter);
    ASSERT_TRUE(filter.rejected().empty()) << text << filter.rejected().front();
    for (int i = 0; i < 15; ++i) {
      const std::string name = any.any_name();
      ASSERT_EQ(filter.is_blocked(name_of(name)), is_blocked(rules, name_of(name))) << name << " in\n" << text;
    }
  }
}

}  // namespace
}  // namespace schoolgate::lists
