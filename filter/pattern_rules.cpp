#include "filter/pattern_rules.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "filter/image_format.h"
#include "filter/mapping.h"

namespace schoolgate::filter {
namespace {

std::vector<std::string> expressions_of(const std::vector<PatternRule>& rules) {
  std::vector<std::string> expressions;
  for (const PatternRule& rule : rules) expressions.push_back(rule.expression);
  return expressions;
}

// nullopt when the file is missing, damaged, of another image, or for another processor: then one compiles.
std::optional<PatternSet> read_compiled(const std::string& path, const Digest& image) {
  const auto mapping = Mapping::of_file(path);
  if (!mapping) return std::nullopt;
  const auto file = SectionedFile::read(mapping->octets(), kCompiledFile, path, Checksums::kVerify);
  if (!file || !file->verify_sections() || file->digest() != image) return std::nullopt;
  if (text_of(file->section(CompiledSection::kPlatform)) != PatternSet::platform()) return std::nullopt;
  auto set = PatternSet::deserialise(text_of(file->section(CompiledSection::kDatabase)));
  if (!set) return std::nullopt;
  return std::move(*set);
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

base::Result<PatternRules> PatternRules::build(std::vector<PatternRule> rules, const std::vector<ListEntry>& lists,
                                               std::vector<RejectedRule>& rejected) {
  if (rules.empty()) return PatternRules();
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  std::vector<PatternSet::Refusal> refused;
  auto set = PatternSet::compile(expressions_of(rules), refused);
  if (!set) return set.error();
  for (const PatternSet::Refusal& refusal : refused) {
    const PatternRule& rule = rules[refusal.index];
    rejected.push_back({lists[rule.list].id, rule.line, rule.text, "'" + rule.expression + "': " + refusal.reason});
  }
  for (auto refusal = refused.rbegin(); refusal != refused.rend(); ++refusal) {
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(refusal->index));
  }
  return PatternRules(std::move(rules), std::move(*set));
}

base::Result<PatternRules> PatternRules::open(std::vector<PatternRule> rules, const std::string& compiled_path,
                                              const Digest& image) {
  if (rules.empty()) return PatternRules();
  if (auto compiled = read_compiled(compiled_path, image)) return PatternRules(std::move(rules), std::move(*compiled));
  std::vector<PatternSet::Refusal> refused;
  auto set = PatternSet::compile(expressions_of(rules), refused);
  if (!set) return set.error();
  if (!refused.empty()) {
    return base::Error(base::ErrorCode::kDamaged, "its pattern '" + rules[refused.front().index].expression +
                                                      "' cannot be compiled: " + refused.front().reason);
  }
  return PatternRules(std::move(rules), std::move(*set));
}

base::Result<std::string> PatternRules::encode_compiled(const Digest& image) const {
  if (rules_.empty()) return std::string();
  auto database = set_.serialise();
  if (!database) return database.error();
  SectionWriter writer(kCompiledFile);
  writer.begin_section() += PatternSet::platform();
  writer.begin_section() += *database;
  return std::move(writer).finish(image);
}

}  // namespace schoolgate::filter
