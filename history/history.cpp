#include "history/history.h"

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sys/random.h>

#include "base/file.h"
#include "history/day_files.h"
#include "history/folder_lock.h"
#include "history/problems.h"
#include "history/recovery.h"
#include "history/search.h"
#include "history/writer.h"

namespace schoolgate::history {
namespace {

using base::Result;

constexpr std::array<std::string_view, 5> kVerdicts = {"allowed", "blocked", "rewritten", "refused", "failed"};

constexpr std::chrono::seconds kFlushPatience{5};
constexpr std::chrono::milliseconds kBriefPatience{200};

Result<std::string> make_boot_id() {
  std::array<std::uint8_t, 16> octets;
  if (::getrandom(octets.data(), octets.size(), 0) != static_cast<ssize_t>(octets.size())) {
    return base::system_error(errno, "cannot get random numbers");
  }
  return fmt::format("{:02x}", fmt::join(octets, ""));
}

}  // namespace

// In the order of construction: the lock is the last to go.
struct History::Impl {
  const base::Clock& clock;
  std::atomic<bool> searches_end = false;
  Settings settings;
  FolderLock lock;
  std::string journal_folder;
  std::string boot_id;
  Problems problems;
  DayFiles files;
  Writer writer;

  Impl(Settings with, FolderLock held, std::string boot, filter::TagTable tags, const base::Clock& time)
      : clock(time),
        settings(std::move(with)),
        lock(std::move(held)),
        journal_folder(settings.folder + "/journal"),
        boot_id(std::move(boot)),
        problems(clock),
        files(settings.folder, std::move(tags), problems),
        writer({settings.site, settings.retention_days}, files, problems, clock) {}
};

Result<std::unique_ptr<History>> History::start(Settings settings, filter::TagTable tags, const base::Clock& clock) {
  if (auto made = base::make_folder(settings.folder + "/journal"); !made) return made.error();
  // Whoever may enter the state folder may not read what devices looked up; nor in what an earlier version made.
  std::error_code ignored;
  std::filesystem::permissions(settings.folder, std::filesystem::perms::others_all,
                               std::filesystem::perm_options::remove, ignored);
  auto lock = FolderLock::take(settings.folder);
  if (!lock) return lock.error();
  auto boot_id = make_boot_id();
  if (!boot_id) return boot_id.error();
  auto impl =
      std::make_unique<Impl>(std::move(settings), std::move(*lock), std::move(*boot_id), std::move(tags), clock);

  const Day today = day_of(clock.wall_us());
  impl->files.set_aside_damaged();
  recover_rings(impl->journal_folder, today, impl->writer.oldest_kept(), impl->writer, impl->problems);
  impl->writer.start();
  return std::unique_ptr<History>(new History(std::move(impl)));
}

History::History(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
History::~History() { stop(); }

Result<JournalRing*> History::add_ring(std::uint32_t worker) {
  auto ring = JournalRing::create(impl_->journal_folder, {impl_->settings.node, impl_->boot_id, worker},
                                  impl_->settings.ring_slots);
  if (!ring) return ring.error();
  if (!(*ring)->is_mapped()) {
    impl_->problems.report((*ring)->key(), (*ring)->problem() +
                                               "; the journal is in memory only: lookups not yet stored are lost when "
                                               "the process is killed");
  }
  return impl_->writer.add_ring(std::move(*ring));
}

void History::stop() { impl_->writer.stop(); }
void History::flush() { impl_->writer.flush(Writer::Insist::kYes, kFlushPatience); }
void History::flush_briefly() { impl_->writer.flush(Writer::Insist::kNo, kBriefPatience); }

void History::end_searches() { impl_->searches_end = true; }

Result<Page> History::search(const Filter& filter, std::int64_t most_us) const {
  const std::int64_t patient_until_us = impl_->clock.steady_us() + most_us;
  return history::search(impl_->settings.folder, filter, [this, patient_until_us] {
    return impl_->searches_end || impl_->clock.steady_us() > patient_until_us;
  });
}

Statistics History::statistics() const {
  const Writer::Counts counts = impl_->writer.counts();
  const Problems::Standing problem = impl_->problems.standing();
  return {counts.stored, counts.dropped, counts.waiting, DayFiles::size_bytes(impl_->settings.folder),
          problem.text,  problem.time_us};
}

std::string History::problem() const { return impl_->problems.standing().text; }

std::string_view to_text(LookupVerdict verdict) {
  const auto index = static_cast<std::size_t>(verdict);
  return index < kVerdicts.size() ? kVerdicts[index] : "unknown";
}

std::optional<LookupVerdict> parse_verdict(std::string_view text) {
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    if (kVerdicts[i] == text) return static_cast<LookupVerdict>(i);
  }
  return std::nullopt;
}

}  // namespace schoolgate::history
