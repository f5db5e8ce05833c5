// Rules: the taxonomy, the policy, the image and the local rules in force, as one Snapshot, and the guard; read again on SIGHUP
// or when asked to, while the image is built in the background. What cannot be read leaves what is in force.
//
// Thread contract: belongs to the control thread; snapshot(), taxonomy(), guard(), report(), is_building(), has_unused_build(),
// take_built(), reload_policy() and what notify_taker() gives may be called by any. Files are read on a thread of their own.
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
#include "lists/catalogue/taxonomy.h"
#include "policy/policy.h"
#include "resolver/configuration.h"
#include "resolver/daemon/list_builder.h"
#include "resolver/daemon/local_rules.h"
#include "resolver/daemon/notifications.h"
#include "resolver/daemon/problems.h"
#include "resolver/daemon/reload_requests.h"
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
  using GuardPointer = std::shared_ptr<const lists::Guard>;
  // Reads taxonomy and policy (an error here ends start-up), the guard, and the image of the last run, when there is a good one.
  static base::Result<std::unique_ptr<Rules>> load(const Parts& parts);

  // Builds the image; the workers get each new snapshot.
  void start(resolver::uv::Loop& loop, Succession::Workers workers);
  // The policy at once, the image when it is built.
  void reload();
  // The same, from another thread: returns when every worker has the policy, and the image is being built. kUnavailable with the
  // reason when the new one is refused.
  base::Status reload_policy() { return reloads_.ask(); }
  void stop();  // before the loop goes; the loop then waits for what still reads a file, so it goes before this

  std::shared_ptr<const resolver::Snapshot> snapshot() const { return succession_->in_force(); }
  const lists::Taxonomy& taxonomy() const { return taxonomy_; }
  // The shipped names that no rule should block; the policy's own are in the policy. Null: it could not be read.
  GuardPointer guard() const;
  // What the image in force was built from; kNotFound when there is none.
  base::Result<lists::BuildOutcome> report() const;
  LocalRules& local_rules() { return local_rules_; }
  // Fetches the list at once. For workers, which end before this does.
  resolver::NotifyTaker& notify_taker() { return notifications_; }
  // Lists are being built, or what was built is on its way into force.
  bool is_building() const;
  // Somebody built the lists by hand since.
  bool has_unused_build() const;
  // Has that put into force, on the control thread. Any thread may ask.
  void take_built();

 private:
  using PolicyPointer = std::shared_ptr<const policy::Policy>;
  using ImagePointer = std::shared_ptr<const filter::Image>;
  using PolicyResult = base::Result<PolicyPointer>;
  using ImageResult = base::Result<ImagePointer>;
  using GuardResult = base::Result<GuardPointer>;
  struct ReadPolicy {
    PolicyResult policy;
    GuardResult guard;
  };
  // May take seconds: what is not the compiled patterns of this machine is compiled. Not for the control thread.
  struct ReadImages {
    ImageResult newest;
    ImagePointer previous;  // when the newest is no good, and one is wanted
  };
  enum class Wanted { kNewest, kAny };

  Rules(const Parts& parts, lists::Taxonomy taxonomy);

  PolicyResult read_policy() const;
  ReadImages read_images(Wanted wanted) const;
  GuardResult read_guard() const;
  void take_policy(PolicyResult policy);
  void take_guard(GuardResult guard);
  void take_images(ReadImages images);
  void build();
  void finish_build(const base::Status& built);
  void end_build();
  void update();
  void fetch_notified(const std::vector<std::string>& lists);
  void finish_update(const base::Status& updated);
  void take_newest();
  bool improves_on_image(const std::string& digest) const;
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
  ReloadRequests reloads_;
  std::atomic<std::uint64_t> generation_ = 0;
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
  GuardPointer guard_;                                // guarded by lock_
  std::unique_ptr<resolver::uv::Wakeup> take_built_;  // guarded by lock_
  base::Result<lists::BuildOutcome> report_ =         // guarded by lock_
      base::Error(base::ErrorCode::kNotFound, "no list has been built yet");
  resolver::uv::Loop* loop_ = nullptr;
  std::unique_ptr<resolver::uv::Task> policy_task_;
  std::unique_ptr<resolver::uv::Task> image_task_;
};

}  // namespace schoolgate::daemon
