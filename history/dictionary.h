// Dictionary: values that repeat, each stored once under a number (device, name, list, …).
//
// For the writer thread. Throws SQLite::Exception: used inside DayStore's guard only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "history/database.h"

namespace schoolgate::history {

class Dictionary {
 public:
  // What people are shown for a value.
  using ToText = std::string (*)(std::string_view value, const void* context);

  // `table` is a word of schema.sql.
  Dictionary(SQLite::Database& database, std::string_view table, ToText to_text, const void* context = nullptr);
  ~Dictionary();
  Dictionary(Dictionary&&) noexcept;

  // The value's number; it is added when new. REQUIRES: inside a transaction.
  std::int64_t id_of(std::string_view value);
  // After a transaction that was rolled back: numbers given in it do not exist.
  void forget();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::int64_t find_or_add(std::string_view value);

  ToText to_text_;
  const void* context_;
  std::unique_ptr<SQLite::Statement> find_;
  std::unique_ptr<SQLite::Statement> add_;
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> known_;
  const std::pair<const std::string, std::int64_t>* latest_ = nullptr;  // in known_: most values follow themselves
};

}  // namespace schoolgate::history
