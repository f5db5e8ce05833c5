// Strict TOML: every error names file, line and column, what is wrong and what would be right; nothing is ignored.
//
//     auto document = TomlDocument::parse(text, "policy.toml");
//     TomlTable root = document->root();
//     const auto group = root.string("default_group");   // wrong type: reported, absent
//     root.finish();                                     // keys nobody asked for: reported, with the nearest known one
//     if (auto status = document->check(); !status) …    // every problem, a line each
//
// Wraps toml++. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace schoolgate::base {

struct Place {
  std::string file;
  unsigned line = 0;  // from 1; 0: no place
  unsigned column = 0;
  std::string to_text() const;  // "policy.toml:12:7"
};

template <class T>
struct Located {
  T value;
  Place place;
};

class TomlDocument;

// One table of a document. Copies share what has been asked for. Valid while its document lives.
class TomlTable {
 public:
  // Absent keys give nullopt or an empty list. A value of the wrong type is reported and counts as absent.
  std::optional<Located<std::string>> string(std::string_view key);
  std::optional<Located<bool>> boolean(std::string_view key);
  // Reported unless least ≤ value ≤ most.
  std::optional<Located<std::int64_t>> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::vector<Located<std::string>> strings(std::string_view key);
  std::optional<TomlTable> table(std::string_view key);
  std::vector<TomlTable> tables(std::string_view key);  // [[key]]

  // An array whose members are strings or inline tables (allow_names): each member is one of the two.
  struct StringOrTable;
  std::vector<StringOrTable> strings_or_tables(std::string_view key);

  bool has(std::string_view key) const;
  // True for "" and []: the written-out default of a setting that is not built yet. Counts as asked for.
  bool is_empty(std::string_view key);
  Place place(std::string_view key) const;  // of the value; of the table when there is none
  Place place() const;
  std::vector<std::string> keys() const;

  // "file:line:column: MESSAGE" joins the document's problems.
  void report(const Place& place, std::string_view message);
  // A key of the contract that this version cannot honour: refused when given, never ignored.
  void not_built_yet(std::string_view key);
  // Reports every key that none of the calls above asked for.
  void finish();

 private:
  friend class TomlDocument;
  struct State;
  explicit TomlTable(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

struct TomlTable::StringOrTable {
  std::optional<Located<std::string>> string;
  std::optional<TomlTable> table;
};

class TomlDocument {
 public:
  static Result<TomlDocument> parse(std::string_view text, const std::string& file);
  static Result<TomlDocument> read(const std::string& path);
  TomlDocument(TomlDocument&&) noexcept;
  TomlDocument& operator=(TomlDocument&&) noexcept;
  ~TomlDocument();

  TomlTable root();
  // Every problem reported so far, a line each, in the order of the file; success when there is none.
  Status check() const;

 private:
  struct Impl;
  explicit TomlDocument(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schoolgate::base
