// LocalRules: the local rules of this machine and how they change, one change at a time: posted to the workers and written
// to the file side by side, and answered when the last worker has it and it would outlive a power cut. A disk may take longer
// than a technician should wait for a block; what it refuses is taken back before it is answered.
//
// Thread contract: belongs to the control thread; change() and state() may be called by any other. The rules are
// compiled and written on a thread of their own: of many that takes longer than the control thread may work at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lists/local_rules/local_rules.h"
#include "resolver/daemon/problems.h"
#include "resolver/uv/loop.h"
#include "resolver/uv/task.h"

namespace schoolgate::daemon {

class LocalRules {
 public:
  // There may be many: they are replaced, never copied.
  using RulesPointer = std::shared_ptr<const std::vector<lists::LocalRule>>;
  // As `local ls` shows them.
  struct State {
    RulesPointer rules = std::make_shared<const std::vector<lists::LocalRule>>();
    std::vector<std::string> problems;  // one a rule; empty: it is in force
  };
  static constexpr std::uint64_t kMostWaitMs = 10'000;

  // Reads the file. What is wrong with it is a problem, and no reason not to start.
  LocalRules(std::string state_folder, Problems& problems);

  // The rules on top of an image with these tags; made anew when the rules or the tags are others than last time.
  std::shared_ptr<const filter::Overlay> overlay(const filter::TagTable& tags, const filter::TagSet& locked);

  // `publish` posts a snapshot with overlay() to the workers, and returns its generation.
  void start(resolver::uv::Loop& loop, std::function<std::uint64_t()> publish);
  void came_into_force(std::uint64_t generation);
  void stop();  // before the loop goes; whoever waits for a change is told

  // Returns when every worker has it. kUnavailable when that takes longer than `most_wait_ms`.
  base::Status change(lists::LocalChange change, std::uint64_t most_wait_ms = kMostWaitMs);
  State state() const;

 private:
  struct Request {
    lists::LocalChange change;
    std::promise<base::Status> answer;
  };
  using RequestPointer = std::shared_ptr<Request>;
  struct Prepared {
    RulesPointer rules;
    lists::LocalOverlay overlay;
  };

  void take_next();
  void prepare();
  void put_into_force(base::Result<Prepared> prepared, std::uint64_t fits);
  void write();
  void finish_writing(const base::Status& written);
  void answer_when_done();
  void answer(const base::Status& status);
  void copy();
  void take(RulesPointer rules, lists::LocalOverlay overlay);

  const std::string folder_;
  Problems& problems_;
  bool is_damaged_ = false;  // the file, until it is written anew
  RulesPointer rules_;
  lists::LocalOverlay overlay_;
  filter::TagTable tags_;  // of overlay_
  filter::TagSet locked_;
  std::uint64_t fits_ = 0;  // one more whenever tags_ or locked_ are others
  // The change under way.
  RequestPointer active_;
  RulesPointer rules_before_;
  std::optional<base::Status> written_;
  std::uint64_t awaited_generation_ = 0;
  std::uint64_t in_force_generation_ = 0;
  std::function<std::uint64_t()> publish_;
  resolver::uv::Loop* loop_ = nullptr;
  std::unique_ptr<resolver::uv::Task> preparing_;
  std::unique_ptr<resolver::uv::Task> writing_;
  std::unique_ptr<resolver::uv::Task> copying_;
  mutable std::mutex lock_;
  std::deque<RequestPointer> waiting_;  // guarded by lock_, as all that follows
  std::unique_ptr<resolver::uv::Wakeup> wakeup_;
  bool is_stopped_ = false;
  State state_;
};

}  // namespace schoolgate::daemon
