// Pi-hole's gravity.db: the tables adlist and domainlist. The tables that gravity builds from them are not read.
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <chrono>

#include <fmt/format.h>

#include "lists/import/foreign_setup.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kMostValueOctets = 4096;     // of an address, a name, an expression
constexpr int kMostRows = 100'000;         // of a table
constexpr int kStepsBetweenLooks = 1'000;  // of SQLite's machine

// domainlist.type
enum Type { kExactAllow = 0, kExactDeny = 1, kRegexAllow = 2, kRegexDeny = 3 };

// A file may define its "tables" as views that never end.
class Deadline {
 public:
  Deadline(sqlite3* database, std::chrono::milliseconds patience) : end_(std::chrono::steady_clock::now() + patience) {
    const auto is_over = [](void* self) {
      return std::chrono::steady_clock::now() > static_cast<Deadline*>(self)->end_ ? 1 : 0;
    };
    sqlite3_progress_handler(database, kStepsBetweenLooks, is_over, this);
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

void be_careful(SQLite::Database& database) {
  sqlite3* handle = database.getHandle();
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 1 << 20);  // a row, and what a view makes of it
  sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, 50);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  database.exec("PRAGMA cell_size_check = ON; PRAGMA query_only = ON;");
}

bool has_column(SQLite::Database& database, const std::string& table, const std::string& column) {
  SQLite::Statement query(database, "SELECT count(*) FROM pragma_table_info(?) WHERE name = ?");
  query.bind(1, table);
  query.bind(2, column);
  return query.executeStep() && query.getColumn(0).getInt() > 0;
}

bool is_table(SQLite::Database& database, const std::string& name) {
  SQLite::Statement query(database, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?");
  query.bind(1, name);
  return query.executeStep() && query.getColumn(0).getInt() > 0;
}

// False, and told, for the first row that is too many.
bool is_within(int row, const char* table, ForeignSetup& setup) {
  if (row < kMostRows) return true;
  setup.left_out.push_back({std::string("the rest of ") + table, fmt::format("has more than {} rows", kMostRows)});
  return false;
}

// A value that fits one line of a list; others are left out.
bool is_plain(const SQLite::Column& column, std::string& value) {
  if (!column.isText() || column.getBytes() > kMostValueOctets) return false;
  value = column.getString();
  for (const char c : value) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return !value.empty();
}

void read_adlists(SQLite::Database& database, ForeignSetup& setup) {
  // Before its version 6 Pi-hole had block lists only.
  const char* type = has_column(database, "adlist", "type") ? "type" : "0";
  SQLite::Statement query(database, fmt::format("SELECT address, enabled, {} FROM adlist", type));
  for (int row = 0; query.executeStep() && is_within(row, "adlist", setup); ++row) {
    std::string address;
    if (!is_plain(query.getColumn(0), address)) {
      setup.left_out.push_back({"a list", "its address is no text of one line"});
    } else if (query.getColumn(1).getInt() == 0) {
      setup.left_out.push_back({"list " + address, "is switched off there"});
    } else if (query.getColumn(2).getInt() != 0) {
      setup.left_out.push_back({"list " + address, "is a list of allowed names: here a list lifts only its own rules"});
    } else {
      take_list_address(setup, "", address);
    }
  }
}

// Exactly this name, as an expression.
std::string exact_expression(const std::string& name) {
  std::string expression;
  for (const char c : name) expression += c == '.' ? std::string("\\.") : std::string(1, c);
  return "/^" + expression + "$/";
}

void take_rule(ForeignSetup& setup, int type, const std::string& rule) {
  constexpr const char* kLifts = "lifts only what the imported rules block; for all lists: ";
  switch (type) {
    case kExactDeny:
      setup.rules.push_back("0.0.0.0 " + rule);
      return;
    case kRegexDeny:
      setup.rules.push_back("/" + rule + "/");
      return;
    case kExactAllow:
      setup.rules.push_back("@@" + exact_expression(rule));
      setup.left_out.push_back({"allow " + rule, kLifts + ("schoolgate local allow --exact " + rule)});
      return;
    case kRegexAllow:
      setup.rules.push_back("@@/" + rule + "/");
      setup.left_out.push_back({"allow /" + rule + "/", std::string(kLifts) + "name them in a group's allow_names"});
      return;
    default:
      setup.left_out.push_back({rule, fmt::format("is of a kind that we do not know: {}", type)});
  }
}

void read_domainlist(SQLite::Database& database, ForeignSetup& setup) {
  SQLite::Statement query(database, "SELECT type, domain, enabled FROM domainlist");
  for (int row = 0; query.executeStep() && is_within(row, "domainlist", setup); ++row) {
    std::string rule;
    if (!is_plain(query.getColumn(1), rule)) {
      setup.left_out.push_back({"a rule", "is no text of one line"});
    } else if (query.getColumn(2).getInt() == 0) {
      setup.left_out.push_back({rule, "is switched off there"});
    } else {
      take_rule(setup, query.getColumn(0).getInt(), rule);
    }
  }
}

// Who is in which group is for the policy file to say.
void read_groups(SQLite::Database& database, ForeignSetup& setup) {
  if (!is_table(database, "group")) return;
  const int groups = database.execAndGet("SELECT count(*) FROM \"group\" WHERE id <> 0").getInt();
  if (groups == 0) return;
  setup.left_out.push_back(
      {fmt::format("{} group{}", groups, groups == 1 ? "" : "s"),
       "groups and clients are not taken over: write [[group]] and [[device]] into the policy file"});
}

}  // namespace

Result<ForeignSetup> read_pihole(const std::string& path, std::chrono::milliseconds patience) {
  try {
    SQLite::Database database(path, SQLite::OPEN_READONLY);
    const Deadline deadline(database.getHandle(), patience);
    be_careful(database);
    for (const char* table : {"adlist", "domainlist"}) {
      if (!is_table(database, table)) {
        return Error(ErrorCode::kInvalid,
                     fmt::format("{}: has no table {}: is it the gravity.db of Pi-hole 5 or later?", path, table));
      }
    }
    ForeignSetup setup;
    setup.product = "pihole";
    read_adlists(database, setup);
    read_domainlist(database, setup);
    read_groups(database, setup);
    return setup;
  } catch (const SQLite::Exception& exception) {
    const int code = exception.getErrorCode();
    if (code == SQLITE_INTERRUPT) return Error(ErrorCode::kInvalid, path + ": takes too long to read");
    const bool is_damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    return Error(is_damaged ? ErrorCode::kDamaged : ErrorCode::kUnavailable,
                 fmt::format("cannot read {}: {}", path, exception.what()));
  }
}

}  // namespace schoolgate::lists
