#include "lists/guard/guard_file.h"

#include <unordered_set>

#include <fmt/format.h>

#include "base/file.h"
#include "base/toml.h"
#include "lists/local_rules/local_rules.h"

namespace schoolgate::lists {
namespace {

using base::TomlTable;
using SeenNames = std::unordered_set<dns::Name>;

std::string required(TomlTable& table, std::string_view key) {
  const auto text = table.string(key);
  if (text && !text->value.empty()) return text->value;
  if (text || !table.has(key)) table.report(table.place(), fmt::format("'{}' is missing or empty", key));
  return {};
}

void read_name(TomlTable& table, const base::Located<std::string>& written, const std::string& why, SeenNames& seen,
               std::vector<ProtectedName>& names) {
  LocalRule read;
  if (const auto status = read_written_name(written.value, read); !status) {
    return table.report(written.place, status.error().message());
  }
  if (read.reach == filter::Reach::kSubdomains) {
    return table.report(written.place, fmt::format("'{}': write the name itself: it protects what is below it too, or "
                                                   "'=' and the name, for it alone",
                                                   written.value));
  }
  if (!seen.insert(read.name).second) {
    return table.report(written.place, fmt::format("'{}' is protected already", written.value));
  }
  names.push_back({read.name, read.reach == filter::Reach::kBoth, why});
}

}  // namespace

std::string why_protected(const ProtectedName& name) {
  return fmt::format("would block '{}', which is {}", name.name.to_text(), name.why);
}

base::Result<std::vector<ProtectedName>> parse_guard(std::string_view text, const std::string& file) {
  auto document = base::TomlDocument::parse(text, file);
  if (!document) return document.error();
  std::vector<ProtectedName> names;
  SeenNames seen;
  TomlTable root = document->root();
  for (TomlTable& table : root.tables("guard")) {
    required(table, "id");
    const std::string why = required(table, "why");
    for (const auto& written : table.strings("names")) read_name(table, written, why, seen, names);
    table.finish();
  }
  root.finish();
  if (const auto status = document->check(); !status) return status.error();
  return names;
}

base::Result<std::vector<ProtectedName>> read_guard(const std::string& path) {
  const auto text = base::read_file(path);
  return text ? parse_guard(*text, path) : text.error();
}

}  // namespace schoolgate::lists
