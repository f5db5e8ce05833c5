#include "history/database.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <filesystem>

#include "history/schema.h"

namespace schoolgate::history {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kBusyTimeoutMs = 2000;
constexpr int kApplicationId = 0x53474831;  // as in schema.sql
constexpr int kSchemaVersion = 1;
constexpr int kStepsBetweenQuestions = 5'000;  // of SQLite's machine: well under a millisecond

// NORMAL: a commit survives the end of the process, however it ends; a power cut may take back the last ones, and never
// harms what is there. A sync a commit would let the slowest disk decide how long the rings must be.
constexpr const char* kWriterPragmas =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000;"
    "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768; PRAGMA temp_store = MEMORY;";

bool is_new(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
}

bool is_ours(SQLite::Database& database) {
  return database.execAndGet("PRAGMA application_id").getInt() == kApplicationId &&
         database.execAndGet("PRAGMA user_version").getInt() == kSchemaVersion;
}

void make_schema(SQLite::Database& database) {
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  database.exec(kSchema);
  transaction.commit();
}

ErrorCode code_of(int sqlite_code) {
  switch (sqlite_code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kDamaged;
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return ErrorCode::kForbidden;
    default:
      return ErrorCode::kUnavailable;
  }
}

}  // namespace

Error sqlite_error(const SQLite::Exception& exception, const std::string& doing) {
  return Error(code_of(exception.getErrorCode()), doing + ": " + exception.what());
}

Error preparing_error(const SQLite::Exception& exception, const std::string& doing) {
  if (exception.getErrorCode() != SQLITE_ERROR) return sqlite_error(exception, doing);
  return Error(ErrorCode::kDamaged, doing + ": " + exception.what());
}

Result<std::unique_ptr<SQLite::Database>> open_to_write(const std::string& path) {
  try {
    const int flags = SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX;
    auto database = std::make_unique<SQLite::Database>(path, flags, kBusyTimeoutMs);
    database->exec(kWriterPragmas);
    if (is_new(*database)) make_schema(*database);
    if (!is_ours(*database)) return Error(ErrorCode::kDamaged, path + ": not a day of history that this version knows");
    return database;
  } catch (const SQLite::Exception& exception) {
    return sqlite_error(exception, "cannot write " + path);
  }
}

Result<std::unique_ptr<SQLite::Database>> open_to_read(const std::string& path) {
  if (std::error_code error; !std::filesystem::exists(path, error)) {
    return Error(ErrorCode::kNotFound, path + ": is not there");
  }
  try {
    const int flags = SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX;
    auto database = std::make_unique<SQLite::Database>(path, flags, kBusyTimeoutMs);
    // A file that its writer has just made and not yet filled: nothing to find in it.
    if (is_new(*database)) return Error(ErrorCode::kNotFound, path + ": is empty");
    if (!is_ours(*database)) return Error(ErrorCode::kDamaged, path + ": not a day of history that this version knows");
    return database;
  } catch (const SQLite::Exception& exception) {
    return sqlite_error(exception, "cannot read " + path);
  }
}

Patience::Patience(SQLite::Database& database, const std::function<bool()>& gives_up) : database_(database) {
  const auto asked = [](void* question) { return (*static_cast<const std::function<bool()>*>(question))() ? 1 : 0; };
  auto* question = const_cast<void*>(static_cast<const void*>(&gives_up));
  sqlite3_progress_handler(database.getHandle(), kStepsBetweenQuestions, asked, question);
}

Patience::~Patience() { sqlite3_progress_handler(database_.getHandle(), 0, nullptr, nullptr); }

ResetAtEnd::~ResetAtEnd() { statement_.tryReset(); }

}  // namespace schoolgate::history
