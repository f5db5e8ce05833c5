// Rules: the taxonomy, the policy, the image and the local rules in force, as one Snapshot; read again on SIGHUP, while the image is built
// in the background. What cannot be read leaves what is in force.
//
// Thread contract: belongs to the control thread; snapshot(), taxonomy(), report(), has_unused_build() and take_built() may be
// called by any, and what notify_taker() gives. Files are read on a thread of their own.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "lists/build.h"
#include "lists/taxonomy.h"
#include "policy/policy.h"
#include "resolver/configuration.h"
#include "resolver/daemon/list_builder.h"
#include "resolver/daemon/local_rules.h"
#include "resolver/daemon/notifications.h"
#include "resolver/daemon/problems.h"
#include "resolver/daemon/succession.h"
#include "resolver/notify.h"
#include "resolver/snapshot.h"
#include "resolver/uv/loop.h"
#include "resolver/uv/task.h"

namespace schoolgate::daemon {

class Rules {
 public:
  struct Parts {
    const resolver::Configuration& configuration;
    const base::Clock& clock;
    Problems& problems;
    std::string builder;  // path of `schoolgate`
  };
  // Reads taxonomy and policy (an error here ends start-up) and the image of the last run, when there is a good one.
  static base::Result<std::unique_ptr<Rules>> load(const Parts& parts);

  // Builds the image; the workers get each new snapshot.
  void start(resolver::uv::Loop& loop, Succession::Workers workers);
  // The policy at once, the image when it is built.
  void reload();
  void stop();  // before the loop goes; the loop then waits for what still reads a file, so it goes before this

  std::shared_ptr<const resolver::Snapshot> snapshot() const { return succession_->in_force(); }
  const lists::Taxonomy& taxonomy() const { return taxonomy_; }
  // What the image in force was built from; kNotFound when there is none.
  base::Result<lists::BuildOutcome> report() const;
  LocalRules& local_rules() { return local_rules_; }
  // Fetches the list at once. For workers, which end before this does.
  resolver::NotifyTaker& notify_taker() { return notifications_; }
  // Somebody built the lists by hand since.
  bool has_unused_build() const;
  // Has that put into force, on the control thread. Any thread may ask.
  void take_built();

 private:
  using PolicyPointer = std::shared_ptr<const policy::Policy>;
  using ImagePointer = std::shared_ptr<const filter::Image>;
  using PolicyResult = base::Result<PolicyPointer>;
  using ImageResult = base::Result<ImagePointer>;
  // May take seconds: what is not the compiled patterns of this machine is compiled. Not for the control thread.
  struct ReadImages {
    ImageResult newest;
    ImagePointer previous;  // when the newest is no good, and one is wanted
  };
  enum class Wanted { kNewest, kAny };

  Rules(const Parts& parts, lists::Taxonomy taxonomy);

  PolicyResult read_policy() const;
  ReadImages read_images(Wanted wanted) const;
  void take_policy(PolicyResult policy);
  void take_images(ReadImages images);
  void build();
  void finish_build(const base::Status& built);
  void update();
  void fetch_notified(const std::vector<std::string>& lists);
  void finish_update(const base::Status& updated);
  void take_newest();
  void open_images();
  void compare_configuration();
  void take_report();
  std::shared_ptr<const resolver::Snapshot> make_snapshot();
  std::uint64_t follow();  // a new snapshot's generation

  const resolver::Configuration& configuration_;
  std::optional<std::string> configuration_text_;  // at the start; absent when this user may not read it
  Problems& problems_;
  lists::Taxonomy taxonomy_;
  PolicyPointer policy_;
  ImagePointer image_;
  LocalRules local_rules_;
  Notifications notifications_;
  std::uint64_t generation_ = 0;
  std::unique_ptr<Succession> succession_;
  const std::string builder_path_;
  std::unique_ptr<ListBuilder> builder_;
  std::unique_ptr<ListBuilder> updater_;    // fetches what is due, and then builds: never waited for
  std::unique_ptr<ListBuilder> notified_;   // fetches what has changed as its primary says, beside updater_
  std::vector<std::string> fetched_again_;  // when updater_ has ended
  std::unique_ptr<resolver::uv::Timer> update_timer_;
  std::atomic<bool> is_building_ = false;  // until what was built is in force
  bool looks_again_ = false;               // then, since another child has built meanwhile
  mutable std::mutex lock_;
  std::unique_ptr<resolver::uv::Wakeup> take_built_;  // guarded by lock_
  base::Result<lists::BuildOutcome> report_ =         // guarded by lock_
      base::Error(base::ErrorCode::kNotFound, "no list has been built yet");
  resolver::uv::Loop* loop_ = nullptr;
  std::unique_ptr<resolver::uv::Task> policy_task_;
  std::unique_ptr<resolver::uv::Task> image_task_;
};

}  // namespace schoolgate::daemon
