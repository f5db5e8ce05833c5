#include "history/dictionary.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "history/schema.h"

namespace schoolgate::history {
namespace {

std::string in_quotes(std::string_view value, const void* context) {
  const std::string quote = static_cast<const char*>(context);
  return quote + std::string(value) + quote;
}

SQLite::Database make_database() {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.exec(kSchema);
  return database;
}

class DictionaryTest : public testing::Test {
 protected:
  std::int64_t rows() { return database_.execAndGet("SELECT count(*) FROM device").getInt64(); }

  SQLite::Database database_ = make_database();
  Dictionary dictionary_{database_, "device", in_quotes, "'"};
};

TEST_F(DictionaryTest, GivesAValueOneNumber) {
  using namespace std::string_literals;
  const std::int64_t pc = dictionary_.id_of("pc");
  const std::int64_t nul = dictionary_.id_of("p\0c"s);
  EXPECT_NE(pc, nul);
  EXPECT_NE(dictionary_.id_of(""), pc);
  EXPECT_EQ(dictionary_.id_of("pc"), pc);
  EXPECT_EQ(dictionary_.id_of("p\0c"s), nul);
  EXPECT_EQ(rows(), 3);
  EXPECT_EQ(database_.execAndGet("SELECT text FROM device WHERE value = x'7063'").getString(), "'pc'");
}

TEST_F(DictionaryTest, FindsWhatIsInTheFileAlready) {
  const std::int64_t pc = dictionary_.id_of("pc");
  Dictionary another(database_, "device", in_quotes, "'");
  EXPECT_EQ(another.id_of("pc"), pc);
  EXPECT_EQ(rows(), 1);
}

TEST_F(DictionaryTest, ForgetsWhatWasRolledBack) {
  {
    SQLite::Transaction rolled_back(database_);
    dictionary_.id_of("pc");
  }
  dictionary_.forget();
  dictionary_.id_of("pc");
  EXPECT_EQ(rows(), 1);
}

TEST_F(DictionaryTest, MoreValuesThanItKeepsInMindStayRight) {
  constexpr int kValues = 70'000;
  SQLite::Transaction transaction(database_);
  std::vector<std::int64_t> ids;
  for (int i = 0; i < kValues; ++i) ids.push_back(dictionary_.id_of(std::to_string(i)));
  for (int i = 0; i < kValues; i += 1000) EXPECT_EQ(dictionary_.id_of(std::to_string(i)), ids[i]) << i;
  EXPECT_EQ(rows(), kValues);
}

}  // namespace
}  // namespace schoolgate::history
