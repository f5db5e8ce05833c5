// Statements whose conditions depend on what somebody looks for.
//
// A word of the user's is always a bound value, never part of a statement.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace schoolgate::history {

// What a dictionary compares.
struct Blob {
  std::string octets;
};
using Value = std::variant<std::int64_t, Blob, std::string>;

// Conditions of fixed text, joined by AND, and the values of their question marks in order.
struct Conditions {
  std::string sql;
  std::vector<Value> values;

  void add(std::string_view condition, std::vector<Value> bound);
};

// Throws SQLite::Exception, as every statement does.
SQLite::Statement prepare(SQLite::Database& database, const std::string& sql, const std::vector<Value>& values);

}  // namespace schoolgate::history
