#include "history/dictionary.h"

#include <fmt/format.h>

#include <SQLiteCpp/SQLiteCpp.h>

namespace schoolgate::history {
namespace {

// Some 10 MB of names. A school's day has fewer; when there are more the cache starts again, and the index answers.
constexpr std::size_t kMostKnown = 1 << 16;

}  // namespace

Dictionary::Dictionary(SQLite::Database& database, std::string_view table, ToText to_text, const void* context)
    : to_text_(to_text),
      context_(context),
      find_(std::make_unique<SQLite::Statement>(database, fmt::format("SELECT id FROM {} WHERE value = ?1", table))),
      add_(std::make_unique<SQLite::Statement>(
          database, fmt::format("INSERT INTO {} (value, text) VALUES (?1, ?2) RETURNING id", table))) {}

Dictionary::~Dictionary() = default;
Dictionary::Dictionary(Dictionary&&) noexcept = default;

std::int64_t Dictionary::id_of(std::string_view value) {
  if (latest_ != nullptr && latest_->first == value) return latest_->second;
  auto known = known_.find(value);
  if (known == known_.end()) {
    const std::int64_t id = find_or_add(value);
    if (known_.size() >= kMostKnown) forget();
    known = known_.emplace(value, id).first;
  }
  latest_ = &*known;
  return known->second;
}

void Dictionary::forget() {
  latest_ = nullptr;
  known_.clear();
}

std::int64_t Dictionary::find_or_add(std::string_view value) {
  const int size = static_cast<int>(value.size());
  {
    const ResetAtEnd reset(*find_);
    find_->bindNoCopy(1, value.data(), size);
    if (find_->executeStep()) return find_->getColumn(0).getInt64();
  }
  const ResetAtEnd reset(*add_);
  add_->bindNoCopy(1, value.data(), size);
  add_->bind(2, to_text_(value, context_));
  add_->executeStep();
  return add_->getColumn(0).getInt64();
}

}  // namespace schoolgate::history
