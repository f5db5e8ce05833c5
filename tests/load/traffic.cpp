#include "tests/load/traffic.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace schoolgate::load {
namespace {

using history::LookupRecord;
using history::LookupVerdict;

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::int64_t kMondayUs = 20'703 * kDayUs;  // 2026-09-07T00:00:00Z
// An answer that took long is published after younger ones, over midnight too.
constexpr std::uint64_t kMostDurationUs = 1'000'000;
constexpr filter::TagNumber kBlockedTag = 7;
constexpr std::string_view kBlockedCategory = "games";

void add_all(std::vector<Account>& to, const std::vector<Account>& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

// Zipf's law with exponent 1, near enough: a place's share is ln(1 + 1 / (place + 1)) / ln(places + 1).
std::size_t draw_place(Random& random, std::size_t places) {
  const auto rank = static_cast<std::size_t>(std::pow(static_cast<double>(places + 1), random.fraction()));
  return std::min(std::max<std::size_t>(rank, 1), places) - 1;
}

void put_client(LookupRecord& record, std::size_t device) {
  record.client = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0};
  record.client[14] = static_cast<std::uint8_t>(device / 250);
  record.client[15] = static_cast<std::uint8_t>(device % 250 + 1);
}

void block(LookupRecord& record) {
  record.verdict = LookupVerdict::kBlocked;
  record.tags[0] = std::uint64_t{1} << kBlockedTag;
  LookupRecord::put(record.category, kBlockedCategory);
  LookupRecord::put(record.list, "ut1-games");
}

}  // namespace

Accounts& Accounts::operator+=(const Accounts& other) {
  add_all(by_device, other.by_device);
  add_all(blocked_by_device, other.blocked_by_device);
  add_all(by_name, other.by_name);
  return *this;
}

Traffic::Traffic(const School& school, std::uint64_t seed, std::uint64_t lookups)
    : school_(school), random_(seed), lookups_(lookups) {}

LookupRecord Traffic::next() {
  const std::size_t device = random_.below(School::kDevices);
  const std::size_t name = draw_place(random_, school_.names.size());
  LookupRecord record;
  record.duration_us = static_cast<std::uint32_t>(random_.below(kMostDurationUs));
  record.time_us = next_time_us() - record.duration_us;
  record.qtype = random_.below(4) == 0 ? 28 : 1;  // AAAA, A
  record.cached = random_.below(3) != 0;
  record.put_name(school_.names[name].wire());
  put_client(record, device);
  LookupRecord::put(record.device, school_.devices[device]);
  accounts_.by_device[device].add(record.duration_us);
  accounts_.by_name[name].add(record.duration_us);
  if (random_.below(10) == 0) {
    block(record);
    accounts_.blocked_by_device[device].add(record.duration_us);
  }
  return record;
}

// When the answer is handed over. The first second of the week stays free, for a question that came before its answer.
std::int64_t Traffic::next_time_us() {
  const double part = static_cast<double>(made_++) / static_cast<double>(lookups_);
  return kMondayUs + kMostDurationUs + static_cast<std::int64_t>(part * (kDays * kDayUs - kMostDurationUs));
}

filter::TagTable traffic_tags() {
  filter::TagTable tags;
  if (!tags.add({kBlockedTag, std::string(kBlockedCategory)})) std::abort();
  return tags;
}

}  // namespace schoolgate::load
