#include "base/toml.h"

#include <algorithm>
#include <set>
#include <tuple>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "base/file.h"
#include "base/nearest.h"

namespace schoolgate::base {
namespace {

struct Problem {
  Place place;
  std::string message;
};

struct Problems {
  std::string file;
  std::vector<Problem> found;
};

Place place_of(const toml::node& node, const std::string& file) {
  return Place{file, node.source().begin.line, node.source().begin.column};
}

std::string_view kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a point";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

}  // namespace

std::string Place::to_text() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

struct TomlTable::State {
  const toml::table* table = nullptr;
  Place place;
  std::shared_ptr<Problems> problems;
  std::set<std::string, std::less<>> known;

  const toml::node* ask(std::string_view key) {
    known.emplace(key);
    return table->get(key);
  }
  void report(const Place& where, std::string message) { problems->found.push_back({where, std::move(message)}); }
  void report_kind(std::string_view key, const toml::node& node, std::string_view wanted) {
    report(place_of(node, problems->file),
           "'" + std::string(key) + "' is " + std::string(kind_of(node)) + ", and should be " + std::string(wanted));
  }
  template <class T>
  std::optional<Located<T>> value(std::string_view key, std::string_view wanted) {
    const toml::node* node = ask(key);
    if (node == nullptr) return std::nullopt;
    const auto exact = node->value_exact<T>();
    if (!exact) {
      report_kind(key, *node, wanted);
      return std::nullopt;
    }
    return Located<T>{*exact, place_of(*node, problems->file)};
  }
  const toml::array* array(std::string_view key, std::string_view wanted) {
    const toml::node* node = ask(key);
    if (node == nullptr) return nullptr;
    if (node->as_array() == nullptr) report_kind(key, *node, wanted);
    return node->as_array();
  }
  std::shared_ptr<State> child(const toml::table& below) const {
    auto state = std::make_shared<State>();
    state->table = &below;
    state->place = place_of(below, problems->file);
    state->problems = problems;
    return state;
  }
};

TomlTable::TomlTable(std::shared_ptr<State> state) : state_(std::move(state)) {}

std::optional<Located<std::string>> TomlTable::string(std::string_view key) {
  return state_->value<std::string>(key, "a string");
}

std::optional<Located<bool>> TomlTable::boolean(std::string_view key) {
  return state_->value<bool>(key, "true or false");
}

std::optional<Located<std::int64_t>> TomlTable::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  auto value = state_->value<std::int64_t>(key, "a whole number");
  if (value && (value->value < least || value->value > most)) {
    state_->report(value->place, "'" + std::string(key) + "' is " + std::to_string(value->value) +
                                     ", and should be from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return value;
}

std::vector<Located<std::string>> TomlTable::strings(std::string_view key) {
  std::vector<Located<std::string>> values;
  for (auto& member : strings_or_tables(key)) {
    if (member.string) {
      values.push_back(std::move(*member.string));
    } else {
      state_->report(member.table->place(), "a member of '" + std::string(key) + "' should be a string");
    }
  }
  return values;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) {
  const toml::node* node = state_->ask(key);
  if (node == nullptr) return std::nullopt;
  if (node->as_table() == nullptr) {
    state_->report_kind(key, *node, "a table");
    return std::nullopt;
  }
  return TomlTable(state_->child(*node->as_table()));
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  std::vector<TomlTable> tables;
  const std::string wanted = "an array of tables, [[" + std::string(key) + "]]";
  const toml::array* array = state_->array(key, wanted);
  if (array == nullptr) return tables;
  for (const toml::node& member : *array) {
    if (member.as_table() == nullptr) {
      state_->report_kind(key, member, wanted);
      continue;
    }
    tables.push_back(TomlTable(state_->child(*member.as_table())));
  }
  return tables;
}

std::vector<TomlTable::StringOrTable> TomlTable::strings_or_tables(std::string_view key) {
  std::vector<StringOrTable> members;
  const toml::array* array = state_->array(key, "an array");
  if (array == nullptr) return members;
  for (const toml::node& member : *array) {
    if (const auto text = member.value_exact<std::string>()) {
      members.push_back({Located<std::string>{*text, place_of(member, state_->problems->file)}, std::nullopt});
    } else if (member.as_table() != nullptr) {
      members.push_back({std::nullopt, TomlTable(state_->child(*member.as_table()))});
    } else {
      state_->report_kind(key, member, "an array of strings");
    }
  }
  return members;
}

bool TomlTable::has(std::string_view key) const { return state_->table->contains(key); }

bool TomlTable::is_empty(std::string_view key) {
  const toml::node* node = state_->ask(key);
  if (node == nullptr) return true;
  if (const toml::array* array = node->as_array()) return array->empty();
  return node->value_exact<std::string>() == std::string();
}

Place TomlTable::place(std::string_view key) const {
  const toml::node* node = state_->table->get(key);
  return node == nullptr ? state_->place : place_of(*node, state_->problems->file);
}

Place TomlTable::place() const { return state_->place; }

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, node] : *state_->table) keys.emplace_back(key.str());
  return keys;
}

void TomlTable::report(const Place& place, std::string_view message) { state_->report(place, std::string(message)); }

void TomlTable::not_built_yet(std::string_view key) {
  const toml::node* node = state_->ask(key);
  if (node == nullptr) return;
  state_->report(place_of(*node, state_->problems->file), "'" + std::string(key) + "': not built yet; leave it out");
}

void TomlTable::finish() {
  const std::vector<std::string> known(state_->known.begin(), state_->known.end());
  for (const auto& [key, node] : *state_->table) {
    if (state_->known.contains(key.str())) continue;
    const Place where{state_->problems->file, key.source().begin.line, key.source().begin.column};
    state_->report(where, "unknown key '" + std::string(key.str()) + "'" + did_you_mean(key.str(), known));
  }
}

struct TomlDocument::Impl {
  toml::table table;
  std::shared_ptr<Problems> problems;
};

TomlDocument::TomlDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TomlDocument::TomlDocument(TomlDocument&&) noexcept = default;
TomlDocument& TomlDocument::operator=(TomlDocument&&) noexcept = default;
TomlDocument::~TomlDocument() = default;

Result<TomlDocument> TomlDocument::parse(std::string_view text, const std::string& file) {
  auto impl = std::make_unique<Impl>();
  impl->problems = std::make_shared<Problems>();
  impl->problems->file = file;
  try {
    impl->table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    const Place where{file, error.source().begin.line, error.source().begin.column};
    return Error(ErrorCode::kInvalid, where.to_text() + ": not TOML: " + std::string(error.description()));
  }
  return TomlDocument(std::move(impl));
}

Result<TomlDocument> TomlDocument::read(const std::string& path) {
  constexpr std::size_t kLimitBytes = 64 << 20;
  auto text = read_file(path, kLimitBytes);
  if (!text) return text.error();
  return parse(*text, path);
}

TomlTable TomlDocument::root() {
  auto state = std::make_shared<TomlTable::State>();
  state->table = &impl_->table;
  state->place = Place{impl_->problems->file, 1, 1};
  state->problems = impl_->problems;
  return TomlTable(std::move(state));
}

Status TomlDocument::check() const {
  std::vector<Problem> found = impl_->problems->found;
  if (found.empty()) return {};
  std::stable_sort(found.begin(), found.end(), [](const Problem& left, const Problem& right) {
    return std::tie(left.place.line, left.place.column) < std::tie(right.place.line, right.place.column);
  });
  std::string text;
  for (const Problem& problem : found) {
    if (!text.empty()) text += '\n';
    text += problem.place.to_text() + ": " + problem.message;
  }
  return Error(ErrorCode::kInvalid, text);
}

}  // namespace schoolgate::base
