// SQLite, wrapped once: opening a day file, and its exceptions turned into Results. The room's other .cpp files use
// SQLiteCpp's statements inside guarded() and nowhere else.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace SQLite {
class Database;
class Exception;
class Statement;
}  // namespace SQLite

namespace schoolgate::history {

// Made with the schema when new. kDamaged when the file is not one of ours.
base::Result<std::unique_ptr<SQLite::Database>> open_to_write(const std::string& path);
base::Result<std::unique_ptr<SQLite::Database>> open_to_read(const std::string& path);

// "cannot write FILE: database or disk is full", with the code that fits.
base::Error sqlite_error(const SQLite::Exception& exception, const std::string& doing);
// The same for a statement that would not compile. Ours are right, so the tables they speak of are not: kDamaged.
base::Error preparing_error(const SQLite::Exception& exception, const std::string& doing);

// While it lives, a statement asks every few milliseconds of its work whether to give up, and throws when it should.
class Patience {
 public:
  Patience(SQLite::Database& database, const std::function<bool()>& gives_up);
  ~Patience();
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

 private:
  SQLite::Database& database_;
};

// A statement that is used again and again: ends its reading when the block ends, whichever way, so that it holds
// neither a lock nor the write-ahead log.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(SQLite::Statement& statement) : statement_(statement) {}
  ~ResetAtEnd();
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  SQLite::Statement& statement_;
};

}  // namespace schoolgate::history
