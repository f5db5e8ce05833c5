// SQLite as Pi-hole uses it: its gravity table with its index in a file, one look-up by suffix.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include <sqlite3.h>

#include "tests/bench/label_key.h"
#include "tests/bench/packed_texts.h"

namespace schoolgate::bench {

class SqlitePeer {
 public:
  SqlitePeer(const PackedTexts& names, std::string path) : path_(std::move(path)) {
    std::filesystem::remove(path_);
    check(sqlite3_open(path_.c_str(), &database_));
    run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
        "CREATE TABLE gravity (domain TEXT NOT NULL, adlist_id INTEGER NOT NULL); BEGIN");
    sqlite3_stmt* insert = prepare("INSERT INTO gravity VALUES (?1, 1)");
    for (std::size_t i = 0; i < names.size(); ++i) step(insert, names[i]);
    sqlite3_finalize(insert);
    run("COMMIT; CREATE INDEX idx_gravity ON gravity (domain, adlist_id)");
    select_ = prepare("SELECT 1 FROM gravity WHERE domain = ?1 LIMIT 1");
  }
  ~SqlitePeer() {
    sqlite3_finalize(select_);
    sqlite3_close(database_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  SqlitePeer(const SqlitePeer&) = delete;
  SqlitePeer& operator=(const SqlitePeer&) = delete;

  double size_bytes() const { return static_cast<double>(std::filesystem::file_size(path_)); }
  bool find(std::string_view name) {
    return any_suffix(name, [this](std::string_view suffix) { return step(select_, suffix) == SQLITE_ROW; });
  }

 private:
  void check(int code) const {
    if (code != SQLITE_OK) throw std::runtime_error("SQLite: " + std::string(sqlite3_errmsg(database_)));
  }
  void run(const char* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr));
    return statement;
  }
  static int step(sqlite3_stmt* statement, std::string_view name) {
    sqlite3_bind_text(statement, 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
    const int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code;
  }

  std::string path_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
};

}  // namespace schoolgate::bench
