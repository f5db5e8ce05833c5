#include "history/store.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/ip_address.h"
#include "history/database.h"
#include "history/dictionary.h"
#include "history/name_key.h"

namespace schoolgate::history {
namespace {

using base::Result;

std::string as_it_is(std::string_view value, const void*) { return std::string(value); }

std::string client_text(std::string_view octets, const void*) {
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), octets.data(), std::min(octets.size(), bytes.size()));
  return base::IpAddress::v6(bytes).to_text();
}

std::string key_text(std::string_view key, const void*) { return name_text(key); }

// The tags' ids, in the order of their numbers, one space between.
std::string tag_text(std::string_view words, const void* tags) {
  filter::TagSet set;
  std::memcpy(set.words().data(), words.data(), std::min(words.size(), sizeof set.words()));
  return fmt::format("{}", fmt::join(static_cast<const filter::TagTable*>(tags)->ids(set), " "));
}

template <class Array>
std::string_view octets(const Array& array) {
  return {reinterpret_cast<const char*>(array.data()), sizeof array};
}

struct SummaryKey {
  std::int64_t name;
  std::int64_t device;
  std::int64_t verdict;
  bool operator==(const SummaryKey&) const = default;
};

struct SummaryHash {
  std::size_t operator()(const SummaryKey& key) const {
    return std::hash<std::int64_t>()(key.name * 0x9e3779b1 + key.device * 8 + key.verdict);
  }
};

struct Tally {
  std::int64_t count = 0;
  std::int64_t first_us = 0;
  std::int64_t last_us = 0;
};

constexpr const char* kFindRing = "SELECT id, sequence FROM ring WHERE key = ?1";
constexpr const char* kAddRing = "INSERT INTO ring (key, node, site, sequence) VALUES (?1, ?2, ?3, 0) RETURNING id";
constexpr const char* kAdvanceRing = "UPDATE ring SET sequence = ?2 WHERE id = ?1";
constexpr const char* kAddLookup =
    "INSERT INTO lookup (time_us, ring, sequence, device, client, name, qtype, rcode, verdict, category, list, tag_set,"
    " transport, cached, duration_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
constexpr const char* kAddSummary =
    "INSERT INTO summary (name, device, verdict, count, first_us, last_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT (name, device, verdict) DO UPDATE SET count = count + excluded.count,"
    " first_us = min(first_us, excluded.first_us), last_us = max(last_us, excluded.last_us)";

}  // namespace

struct DayStore::Impl {
  struct RingRow {
    std::int64_t id = 0;
    std::uint64_t sequence = 0;
  };

  std::string path;
  Day day;
  std::unique_ptr<SQLite::Database> database;
  SQLite::Statement find_ring{*database, kFindRing};
  SQLite::Statement add_ring{*database, kAddRing};
  SQLite::Statement advance_ring{*database, kAdvanceRing};
  SQLite::Statement add_lookup{*database, kAddLookup};
  SQLite::Statement add_summary{*database, kAddSummary};
  Dictionary devices{*database, "device", as_it_is};
  Dictionary clients{*database, "client", client_text};
  Dictionary names{*database, "name", key_text};
  Dictionary categories{*database, "category", as_it_is};
  Dictionary lists{*database, "list", as_it_is};
  Dictionary tag_sets;
  std::unordered_map<SummaryKey, Tally, SummaryHash> tallies;  // of the batch at hand

  Impl(std::string file, Day of_day, std::unique_ptr<SQLite::Database> opened, const filter::TagTable& tags)
      : path(std::move(file)),
        day(of_day),
        database(std::move(opened)),
        tag_sets(*database, "tag_set", tag_text, &tags) {}

  RingRow ring_row(const Batch& batch);
  void insert(std::int64_t ring, std::uint64_t sequence, const LookupRecord& record);
  void write_tallies();
  std::uint64_t insert_all(const Batch& batch);
  void forget();
};

DayStore::Impl::RingRow DayStore::Impl::ring_row(const Batch& batch) {
  {
    const ResetAtEnd reset(find_ring);
    find_ring.bind(1, std::string(batch.ring));
    if (find_ring.executeStep()) {
      return {find_ring.getColumn(0).getInt64(), static_cast<std::uint64_t>(find_ring.getColumn(1).getInt64())};
    }
  }
  const ResetAtEnd reset(add_ring);
  add_ring.bind(1, std::string(batch.ring));
  add_ring.bind(2, std::string(batch.node));
  add_ring.bind(3, std::string(batch.site));
  add_ring.executeStep();
  return {add_ring.getColumn(0).getInt64(), 0};
}

void DayStore::Impl::insert(std::int64_t ring, std::uint64_t sequence, const LookupRecord& record) {
  const std::int64_t device = devices.id_of(LookupRecord::get(record.device));
  const std::int64_t name = names.id_of(name_key({record.name.data(), record.name_size}));
  const std::array<std::int64_t, 15> values = {
      record.time_us,
      ring,
      static_cast<std::int64_t>(sequence),
      device,
      clients.id_of(octets(record.client)),
      name,
      record.qtype,
      record.rcode,
      static_cast<std::int64_t>(record.verdict),
      categories.id_of(LookupRecord::get(record.category)),
      lists.id_of(LookupRecord::get(record.list)),
      tag_sets.id_of(octets(record.tags)),
      static_cast<std::int64_t>(record.transport),
      record.cached,
      record.duration_us,
  };
  const ResetAtEnd reset(add_lookup);
  for (std::size_t i = 0; i < values.size(); ++i) add_lookup.bind(static_cast<int>(i + 1), values[i]);
  add_lookup.exec();

  Tally& tally = tallies[{name, device, static_cast<std::int64_t>(record.verdict)}];
  tally.first_us = tally.count == 0 ? record.time_us : std::min(tally.first_us, record.time_us);
  tally.last_us = tally.count == 0 ? record.time_us : std::max(tally.last_us, record.time_us);
  ++tally.count;
}

void DayStore::Impl::write_tallies() {
  for (const auto& [key, tally] : tallies) {
    const ResetAtEnd reset(add_summary);
    const std::array<std::int64_t, 6> values = {key.name,    key.device,     key.verdict,
                                                tally.count, tally.first_us, tally.last_us};
    for (std::size_t i = 0; i < values.size(); ++i) add_summary.bind(static_cast<int>(i + 1), values[i]);
    add_summary.exec();
  }
}

std::uint64_t DayStore::Impl::insert_all(const Batch& batch) {
  tallies.clear();
  SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
  const RingRow ring = ring_row(batch);
  std::uint64_t added = 0;
  std::uint64_t sequence = batch.first;
  for (const LookupRecord& record : batch.records) {
    if (sequence > ring.sequence && day_of(record.time_us) == day) {
      insert(ring.id, sequence, record);
      ++added;
    }
    ++sequence;
  }
  write_tallies();
  if (batch.last() > ring.sequence) {
    const ResetAtEnd reset(advance_ring);
    advance_ring.bind(1, ring.id);
    advance_ring.bind(2, static_cast<std::int64_t>(batch.last()));
    advance_ring.exec();
  }
  transaction.commit();
  return added;
}

void DayStore::Impl::forget() {
  for (Dictionary* dictionary : {&devices, &clients, &names, &categories, &lists, &tag_sets}) dictionary->forget();
}

DayStore::DayStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DayStore::~DayStore() = default;

Result<std::unique_ptr<DayStore>> DayStore::open(const std::string& path, Day day, const filter::TagTable& tags) {
  auto database = open_to_write(path);
  if (!database) return database.error();
  try {
    auto impl = std::make_unique<Impl>(path, day, std::move(*database), tags);
    return std::unique_ptr<DayStore>(new DayStore(std::move(impl)));
  } catch (const SQLite::Exception& exception) {
    return preparing_error(exception, "cannot write " + path);
  }
}

Result<std::uint64_t> DayStore::append(const Batch& batch) {
  try {
    return impl_->insert_all(batch);
  } catch (const SQLite::Exception& exception) {
    impl_->forget();
    return sqlite_error(exception, "cannot write " + impl_->path);
  }
}

}  // namespace schoolgate::history
