#include "resolver/daemon/local_rules.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/file.h"
#include "lists/local_rules/local_rules_file.h"

namespace schoolgate::daemon {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kFileName = "local_rules.toml";
constexpr const char* kFile = "local rules file";  // subjects of problems
constexpr const char* kCopy = "local rules copy";
constexpr const char* kSetAside = "local rules set aside";

Error is_stopping() { return Error(ErrorCode::kUnavailable, "schoolgated is stopping: ask again when it runs"); }

void log(const lists::LocalChange& change) {
  for (const lists::LocalRule& rule : change.removed) {
    spdlog::info("local rule removed by {}: {} at {}", change.by, rule.category, lists::written_name(rule));
  }
  for (const lists::LocalRule& rule : change.put) {
    spdlog::info("local rule by {}: {} {} at {}, {}", change.by, rule.effect == filter::Effect::kLift ? "lift" : "give",
                 rule.category, lists::written_name(rule), lists::in_words(rule));
  }
}

}  // namespace

LocalRules::LocalRules(std::string state_folder, Problems& problems)
    : folder_(std::move(state_folder)), problems_(problems) {
  lists::KeptLocalRules kept = lists::read_local_rules(folder_);
  rules_ = std::make_shared<const std::vector<lists::LocalRule>>(std::move(kept.rules));
  is_damaged_ = !kept.problem.empty();
  problems_.set(kFile, kept.problem);
}

std::shared_ptr<const filter::Overlay> LocalRules::overlay(const filter::TagTable& tags, const filter::TagSet& locked) {
  if (overlay_.overlay != nullptr && tags == tags_ && locked == locked_) return overlay_.overlay;
  auto built = lists::build_overlay(*rules_, tags, locked);
  // They were built before, with other tags: nothing but memory can be wanting, and then the last ones stay.
  if (!built) {
    problems_.set(kSetAside, "the local rules could not be made to fit the new lists: " + built.error().message());
    return overlay_.overlay != nullptr ? overlay_.overlay : std::make_shared<const filter::Overlay>();
  }
  tags_ = tags;
  locked_ = locked;
  ++fits_;
  take(rules_, std::move(*built));
  return overlay_.overlay;
}

void LocalRules::take(RulesPointer rules, lists::LocalOverlay overlay) {
  rules_ = std::move(rules);
  overlay_ = std::move(overlay);
  problems_.set(kSetAside, lists::set_aside(*rules_, overlay_));
  const std::lock_guard lock(lock_);
  state_ = {rules_, overlay_.problems};
}

void LocalRules::start(resolver::uv::Loop& loop, std::function<std::uint64_t()> publish) {
  base::remove_temporaries(folder_, kFileName);  // of a daemon that was killed
  loop_ = &loop;
  publish_ = std::move(publish);
  const std::lock_guard lock(lock_);
  wakeup_ = std::make_unique<resolver::uv::Wakeup>(loop, [this] { take_next(); });
  wakeup_->wake();  // for what was asked before
}

void LocalRules::stop() {
  preparing_.reset();
  writing_.reset();
  copying_.reset();
  if (active_ != nullptr) answer(is_stopping());
  const std::lock_guard lock(lock_);
  is_stopped_ = true;
  wakeup_.reset();
  for (const RequestPointer& request : waiting_) request->answer.set_value(is_stopping());
  waiting_.clear();
}

base::Status LocalRules::change(lists::LocalChange change, std::uint64_t most_wait_ms) {
  const auto request = std::make_shared<Request>();
  request->change = std::move(change);
  auto answered = request->answer.get_future();
  {
    const std::lock_guard lock(lock_);
    if (is_stopped_) return is_stopping();
    waiting_.push_back(request);
    if (wakeup_ != nullptr) wakeup_->wake();
  }
  if (answered.wait_for(std::chrono::milliseconds(most_wait_ms)) == std::future_status::ready) return answered.get();
  const std::lock_guard lock(lock_);
  if (std::erase(waiting_, request) > 0) {
    return Error(ErrorCode::kUnavailable, "schoolgated is busy with something else: nothing was changed");
  }
  return Error(ErrorCode::kUnavailable,
               "the change is under way, and not in force in every worker yet: `schoolgate local ls` and `schoolgate "
               "status` say when it is");
}

LocalRules::State LocalRules::state() const {
  const std::lock_guard lock(lock_);
  return state_;
}

void LocalRules::take_next() {
  if (active_ != nullptr || copying_ != nullptr) return;
  {
    const std::lock_guard lock(lock_);
    if (waiting_.empty()) return;
    active_ = std::move(waiting_.front());
    waiting_.pop_front();
  }
  written_.reset();
  prepare();
}

void LocalRules::prepare() {
  preparing_ = resolver::uv::run_task<Prepared>(
      *loop_,
      [before = rules_, change = active_->change, tags = tags_, locked = locked_]() -> base::Result<Prepared> {
        const auto rules = std::make_shared<const std::vector<lists::LocalRule>>(lists::with_change(*before, change));
        auto built = lists::build_overlay(*rules, tags, locked);
        if (!built) return built.error();
        return Prepared{rules, std::move(*built)};
      },
      [this, fits = fits_](base::Result<Prepared> prepared) { put_into_force(std::move(prepared), fits); });
}

void LocalRules::put_into_force(base::Result<Prepared> prepared, std::uint64_t fits) {
  if (!prepared) return answer(prepared.error());
  if (fits != fits_) return prepare();  // for the tags of the image that came meanwhile
  rules_before_ = rules_;
  take(std::move(prepared->rules), std::move(prepared->overlay));
  awaited_generation_ = publish_();
  write();
}

void LocalRules::write() {
  writing_ = resolver::uv::run_task<bool>(
      *loop_,
      [folder = folder_, rules = rules_, is_damaged = is_damaged_]() -> base::Result<bool> {
        if (is_damaged) lists::keep_damaged_local_rules(folder);
        if (auto written = lists::write_local_rules(folder, *rules); !written) return written.error();
        return true;
      },
      [this](const base::Result<bool>& written) {
        finish_writing(written ? base::Status() : base::Status(written.error()));
      });
}

void LocalRules::finish_writing(const base::Status& written) {
  if (written) {
    is_damaged_ = false;
    problems_.set(kFile, "");
    log(active_->change);
    written_ = written;
  } else {
    written_ = written.error().within("the local rules stay as they were");
    rules_ = std::move(rules_before_);
    overlay_ = {};
    awaited_generation_ = publish_();
  }
  answer_when_done();
}

void LocalRules::came_into_force(std::uint64_t generation) {
  in_force_generation_ = generation;
  answer_when_done();
}

void LocalRules::answer_when_done() {
  if (active_ == nullptr || !written_ || in_force_generation_ < awaited_generation_) return;
  const base::Status written = *written_;
  if (written) copy();
  answer(written);
}

// Nobody waits for it but the next change.
void LocalRules::copy() {
  copying_ = resolver::uv::run_task<bool>(
      *loop_,
      [folder = folder_, rules = rules_]() -> base::Result<bool> {
        if (auto copied = lists::copy_local_rules(folder, *rules); !copied) return copied.error();
        return true;
      },
      [this](const base::Result<bool>& copied) {
        copying_.reset();
        problems_.set(kCopy,
                      copied ? "" : "the copy of the local rules is not up to date: " + copied.error().message());
        take_next();
      });
}

void LocalRules::answer(const base::Status& status) {
  const RequestPointer answered = std::exchange(active_, nullptr);
  answered->answer.set_value(status);
  const std::lock_guard lock(lock_);
  if (wakeup_ != nullptr && !waiting_.empty()) wakeup_->wake();
}

}  // namespace schoolgate::daemon
