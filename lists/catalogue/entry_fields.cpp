#include "lists/catalogue/entry_fields.h"

#include <algorithm>

namespace schoolgate::lists {
namespace {

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string required(base::TomlTable& table, std::string_view key) {
  const auto text = table.string(key);
  if (!table.has(key)) table.report(table.place(), in_quotes(key) + " is missing");
  if (text && text->value.empty()) table.report(text->place, in_quotes(key) + " is empty");
  return text ? text->value : std::string();
}

std::string required_id(base::TomlTable& table) {
  std::string id = required(table, "id");
  if (!id.empty() && !is_id(id)) table.report(table.place("id"), "'id' may hold small letters, digits and '-' only");
  return id;
}

std::optional<std::size_t> choice(base::TomlTable& table, std::string_view key, const std::vector<std::string>& known) {
  const std::string word = required(table, key);
  if (word.empty()) return std::nullopt;
  const auto found = std::find(known.begin(), known.end(), word);
  if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
  std::string all;
  for (const std::string& one : known) all += (all.empty() ? "" : ", ") + in_quotes(one);
  table.report(table.place(key), in_quotes(key) + " is " + in_quotes(word) + ", and should be one of " + all);
  return std::nullopt;
}

}  // namespace schoolgate::lists
