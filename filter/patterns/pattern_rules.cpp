#include "filter/patterns/pattern_rules.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "base/file.h"
#include "filter/file/image_format.h"
#include "filter/file/mapping.h"
#include "filter/patterns/broad_patterns.h"
#include "filter/patterns/guarded_patterns.h"

namespace schoolgate::filter {
namespace {

std::vector<std::string> expressions_of(const std::vector<PatternRule>& rules) {
  std::vector<std::string> expressions;
  for (const PatternRule& rule : rules) expressions.push_back(rule.expression);
  return expressions;
}

PatternSet::CompiledView parse_compiled(const SectionedFile& file) {
  PatternSet::CompiledView compiled;
  compiled.plan = text_of(file.section(CompiledSection::kPlan));
  compiled.literals = text_of(file.section(CompiledSection::kLiterals));
  compiled.always = text_of(file.section(CompiledSection::kAlways));
  OctetReader triggered(file.section(CompiledSection::kTriggered));
  while (triggered.is_good() && !triggered.is_at_end()) compiled.triggered.push_back(triggered.text());
  return compiled;
}

// nullopt when the file is missing, damaged, of another image, or for another processor: then one compiles.
std::optional<PatternSet> read_compiled(const std::vector<std::string>& expressions, const std::string& path,
                                        const Digest& image) {
  const auto mapping = Mapping::of_file(path);
  if (!mapping) return std::nullopt;
  const auto file = SectionedFile::read(mapping->octets(), kCompiledFile, path, Checksums::kVerify);
  if (!file || !file->verify_sections() || file->digest() != image) return std::nullopt;
  if (text_of(file->section(CompiledSection::kPlatform)) != HyperscanDatabase::platform()) return std::nullopt;
  auto set = PatternSet::from_compiled(expressions, parse_compiled(*file));
  if (!set) return std::nullopt;
  return std::move(*set);
}

RejectedRule rejected_rule(const PatternRule& rule, const std::vector<ListEntry>& lists,
                           const PatternSet::Refusal& refusal) {
  return {lists[rule.list].id, rule.line, rule.text, "'" + rule.expression + "': " + refusal.reason, refusal.guarded};
}

// Moves the rules at these places out.
void move_out(std::vector<PatternRule>& rules, const std::vector<PatternSet::Refusal>& refused,
              const std::vector<ListEntry>& lists, std::vector<RejectedRule>& rejected) {
  for (const PatternSet::Refusal& refusal : refused) {
    rejected.push_back(rejected_rule(rules[refusal.index], lists, refusal));
  }
  for (auto refusal = refused.rbegin(); refusal != refused.rend(); ++refusal) {
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(refusal->index));
  }
}

// Which patterns do not go into force, though an engine could take them.
struct Judge {
  const PatternGuard& guard;
  const std::vector<dns::Name>& popular;
  const std::vector<ListEntry>& lists;
  std::vector<RejectedRule>& rejected;

  // Moves them out. What is too broad needs no other reason.
  base::Status hold_back(std::vector<PatternRule>& rules, const PatternSet& set) const {
    auto held = find_broad(rules, set, popular);
    if (!held) return held.error();
    const auto guarded = find_guarded(rules, set, guard);
    if (!guarded) return guarded.error();
    held->insert(held->end(), guarded->begin(), guarded->end());
    std::ranges::stable_sort(*held, {}, &PatternSet::Refusal::index);
    const auto is_the_same = [](const auto& left, const auto& right) { return left.index == right.index; };
    held->erase(std::unique(held->begin(), held->end(), is_the_same), held->end());
    move_out(rules, *held, lists, rejected);
    return {};
  }
};

bool says_names_only(const PatternRule& rule) {
  const PatternParts parts = take_apart(rule.expression);
  return parts.kind == PatternParts::Kind::kParts && parts.literals.empty();
}

void fold(const std::vector<PatternRule>& rules, std::vector<FoldedRule>& names) {
  for (const PatternRule& rule : rules) {
    for (const NamePart& part : take_apart(rule.expression).names) {
      names.push_back({rule.list, rule.exception, rule.line, part, rule.text});
    }
  }
}

}  // namespace

void encode_patterns(const std::vector<PatternRule>& rules, std::string& out) {
  for (const PatternRule& rule : rules) {
    append(out, rule.list);
    append(out, static_cast<std::uint8_t>(rule.exception));
    append(out, rule.line);
    append_text(out, rule.expression);
    append_text(out, rule.text);
  }
}

bool parse_patterns(Octets octets, std::size_t lists, std::vector<PatternRule>& rules) {
  OctetReader reader(octets);
  while (reader.is_good() && !reader.is_at_end()) {
    PatternRule rule;
    rule.list = reader.number<ListNumber>();
    rule.exception = reader.number<std::uint8_t>() == 0 ? Exception::kNo : Exception::kYes;
    rule.line = reader.number<std::uint32_t>();
    rule.expression = reader.text();
    rule.text = reader.text();
    if (rule.list >= lists) return false;
    rules.push_back(std::move(rule));
  }
  return reader.is_good();
}

base::Result<PatternRules::Built> PatternRules::build(std::vector<PatternRule> rules,
                                                      const std::vector<ListEntry>& lists, const PatternGuard& guard,
                                                      const std::vector<dns::Name>& popular) {
  Built built;
  if (rules.empty()) return built;
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  // Two of three public patterns are nothing but names: no engine has to learn them.
  const auto others = std::stable_partition(rules.begin(), rules.end(), says_names_only);
  std::vector<PatternRule> names(std::make_move_iterator(rules.begin()), std::make_move_iterator(others));
  rules.erase(rules.begin(), others);
  std::vector<PatternSet::Refusal> refused;
  auto set = PatternSet::compile(expressions_of(rules), refused);
  if (!set) return set.error();
  move_out(rules, refused, lists, built.rejected);
  const std::size_t compiled = rules.size();
  const Judge judge{guard, popular, lists, built.rejected};
  if (auto judged = judge.hold_back(names, PatternSet()); !judged) return judged.error();
  if (auto judged = judge.hold_back(rules, *set); !judged) return judged.error();
  if (rules.size() < compiled) {  // what is left has other numbers
    refused.clear();
    set = PatternSet::compile_fewer(expressions_of(rules), refused, std::move(*set));
    if (!set) return set.error();
    move_out(rules, refused, lists, built.rejected);  // none is: numbers that do not fit would be worse
  }
  std::ranges::stable_sort(built.rejected, {}, [](const RejectedRule& rule) { return std::tie(rule.list, rule.line); });
  fold(names, built.names);
  fold(rules, built.names);
  if (!rules.empty()) built.rules = PatternRules(std::move(rules), std::move(*set));
  return built;
}

base::Result<PatternRules> PatternRules::open(std::vector<PatternRule> rules, const std::string& compiled_path,
                                              const Digest& image) {
  if (rules.empty()) return PatternRules();
  const std::vector<std::string> expressions = expressions_of(rules);
  if (auto compiled = read_compiled(expressions, compiled_path, image)) {
    return PatternRules(std::move(rules), std::move(*compiled));
  }
  std::vector<PatternSet::Refusal> refused;
  auto set = PatternSet::compile(expressions, refused);
  if (!set) return set.error();
  if (!refused.empty()) {
    return base::Error(base::ErrorCode::kDamaged, "its pattern '" + rules[refused.front().index].expression +
                                                      "' cannot be compiled: " + refused.front().reason);
  }
  PatternRules opened(std::move(rules), std::move(*set));
  opened.was_compiled_ = true;
  // For the next start. Where the folder may not be written, that one compiles again.
  if (const auto octets = opened.encode_compiled(image); octets && !compiled_path.empty()) {
    static_cast<void>(base::replace_file(compiled_path, *octets, kPublishedMode));
  }
  return opened;
}

base::Result<std::string> PatternRules::encode_compiled(const Digest& image) const {
  if (rules_.empty()) return std::string();
  const auto compiled = set_.compiled();
  if (!compiled) return compiled.error();
  SectionWriter writer(kCompiledFile);
  writer.begin_section() += HyperscanDatabase::platform();
  writer.begin_section() += compiled->plan;
  writer.begin_section() += compiled->literals;
  writer.begin_section() += compiled->always;
  std::string& triggered = writer.begin_section();
  for (const std::string& octets : compiled->triggered) append_text(triggered, octets);
  return std::move(writer).finish(image);
}

}  // namespace schoolgate::filter
