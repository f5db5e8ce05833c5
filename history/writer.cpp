#include "history/writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "history/retention.h"

namespace schoolgate::history {
namespace {

using namespace std::chrono_literals;

// A lookup can be searched for this long after its answer. Shorter only makes smaller transactions.
constexpr auto kRoundEvery = 50ms;
// The most that one transaction holds, 16 MB of records. Reached only when the writer lags: the more rows a transaction
// has, the more of them share a page of the device index.
constexpr std::size_t kMostPerBatch = 32768;
constexpr std::int64_t kDeletionEveryUs = std::int64_t{3600} * 1'000'000;
// After a failure: a full disk is not filled with attempts.
constexpr std::int64_t kRetryAfterUs = 1'000'000;
constexpr std::int64_t kDoubtAgainUs = std::int64_t{60} * 1'000'000;
constexpr Day kEveryDay = 0;

// Subjects of problems.
constexpr const char* kStoring = "storing ";  // and the ring
constexpr const char* kClock = "clock";

}  // namespace

Writer::Writer(Settings settings, DayFiles& files, Problems& problems, const base::Clock& clock)
    : settings_(std::move(settings)), files_(files), problems_(problems), clock_(clock), losses_(problems, clock) {}

Writer::~Writer() { stop(); }

base::Status Writer::drain_left_behind(JournalRing& ring) { return drain(ring); }

void Writer::start() {
  delete_old_days();
  thread_ = std::thread([this] { run(); });
}

JournalRing* Writer::add_ring(std::unique_ptr<JournalRing> ring) {
  const std::lock_guard lock(mutex_);
  return rings_.emplace_back(std::move(ring)).get();
}

void Writer::flush(Insist insist, std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = ++rounds_wanted_;
  if (insist == Insist::kYes) insisted_ = true;
  wake_.notify_one();
  round_done_.wait_for(lock, patience, [&] { return rounds_done_ >= wanted || stopping_; });
}

void Writer::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) return;
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  for (JournalRing* ring : rings()) {
    if (ring->is_mapped() && ring->waiting() == 0) ::unlink(ring->path().c_str());
  }
}

void Writer::run() {
  for (;;) {
    std::uint64_t wanted = 0;
    bool last = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kRoundEvery, [this] { return stopping_ || rounds_wanted_ > rounds_done_; });
      wanted = rounds_wanted_;
      last = stopping_;
      if (last || std::exchange(insisted_, false)) next_attempt_us_ = 0;  // try, however lately it failed
    }
    go_round();
    {
      const std::lock_guard lock(mutex_);
      rounds_done_ = wanted;
    }
    round_done_.notify_all();
    if (last) return;
  }
}

void Writer::go_round() {
  losses_.observe(counts().dropped);
  if (clock_.steady_us() >= next_deletion_us_) delete_old_days();
  if (clock_.steady_us() < next_attempt_us_) return;
  for (JournalRing* ring : rings()) {
    const std::string subject = kStoring + ring->key();
    if (const auto drained = drain(*ring); drained) {
      problems_.clear(subject);
    } else {
      problems_.report(subject, drained.error().message());
      next_attempt_us_ = clock_.steady_us() + kRetryAfterUs;
    }
  }
}

// Up to what was published when it began: a busy ring does not keep the others waiting.
base::Status Writer::drain(JournalRing& ring) {
  const std::uint64_t target = ring.published();
  for (std::uint64_t position = 0; position < target;) {
    records_.clear();
    const std::uint64_t last = ring.read(position, kMostPerBatch, records_);
    if (records_.empty()) break;
    const Batch batch{ring.key(), ring.node(), settings_.site, last - records_.size() + 1, records_};
    const auto added = files_.append(batch);
    if (!added) return added.error();
    ring.release(last);
    position = last;
    const std::lock_guard lock(mutex_);
    stored_ += *added;
  }
  return {};
}

std::vector<JournalRing*> Writer::rings() const {
  const std::lock_guard lock(mutex_);
  std::vector<JournalRing*> out;
  for (const auto& ring : rings_) out.push_back(ring.get());
  return out;
}

void Writer::delete_old_days() {
  const Day oldest = oldest_kept();
  files_.delete_before(oldest);
  next_deletion_us_ = clock_.steady_us() + (oldest == kEveryDay ? kDoubtAgainUs : kDeletionEveryUs);
}

Day Writer::oldest_kept() {
  const Day today = day_of(clock_.wall_us());
  const auto before = find_doubtful_gap(files_.days(), today);
  if (!before) {
    problems_.clear(kClock);
    return std::max(today - settings_.retention_days, kEveryDay + 1);
  }
  problems_.report(kClock,
                   fmt::format("the clock says {}, and no lookup of more than {} days since {} is stored: nothing "
                               "old is deleted before {} days are stored since; set the clock if it is wrong",
                               to_text(today), kLongestGap, to_text(*before), kDaysBelieved));
  return kEveryDay;
}

Writer::Counts Writer::counts() const {
  const std::lock_guard lock(mutex_);
  Counts counts;
  counts.stored = stored_;
  for (const auto& ring : rings_) {
    counts.dropped += ring->dropped();
    counts.waiting += ring->waiting();
  }
  return counts;
}

}  // namespace schoolgate::history
