#include "history/statement.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <iterator>

namespace schoolgate::history {

void Conditions::add(std::string_view condition, std::vector<Value> bound) {
  sql += sql.empty() ? " WHERE " : " AND ";
  sql += condition;
  values.insert(values.end(), std::make_move_iterator(bound.begin()), std::make_move_iterator(bound.end()));
}

SQLite::Statement prepare(SQLite::Database& database, const std::string& sql, const std::vector<Value>& values) {
  SQLite::Statement statement(database, sql);
  int at = 0;
  for (const Value& value : values) {
    ++at;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      statement.bind(at, *number);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      statement.bind(at, blob->octets.data(), static_cast<int>(blob->octets.size()));
    } else {
      statement.bind(at, std::get<std::string>(value));
    }
  }
  return statement;
}

}  // namespace schoolgate::history
