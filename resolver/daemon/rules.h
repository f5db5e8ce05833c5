// Rules: the taxonomy, the policy and the image in force, as one Snapshot; read again on SIGHUP, while the image is built
// in the background by a child process (`schoolgate lists build`). What cannot be read leaves what is in force.
//
// Thread contract: belongs to the control thread; snapshot() and problems may be read by any.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "lists/taxonomy.h"
#include "policy/policy.h"
#include "resolver/configuration.h"
#include "resolver/daemon/problems.h"
#include "resolver/snapshot.h"
#include "resolver/uv/child.h"
#include "resolver/uv/loop.h"

namespace schoolgate::daemon {

class Rules {
 public:
  using Publish = std::function<void(std::shared_ptr<const resolver::Snapshot>)>;

  // Reads taxonomy and policy (an error here ends start-up) and the image of the last run, when there is a good one.
  static base::Result<std::unique_ptr<Rules>> load(const resolver::Configuration& configuration, Problems& problems);

  // Builds the image; `publish` gets each new snapshot, on the control thread.
  void start(resolver::uv::Loop& loop, Publish publish);
  // The policy at once, the image when it is built.
  void reload();
  // Before the loop goes. A build that is under way is killed: it never leaves half a file.
  void stop() { builder_.reset(); }

  std::shared_ptr<const resolver::Snapshot> snapshot() const;
  const lists::Taxonomy& taxonomy() const { return taxonomy_; }

 private:
  Rules(const resolver::Configuration& configuration, lists::Taxonomy taxonomy, Problems& problems);

  base::Result<std::shared_ptr<const policy::Policy>> read_policy() const;
  void compare_configuration();
  void open_image();
  void build();
  void finish_build(const resolver::uv::Child::Exit& exit);
  void report_lists();
  void make_snapshot();
  void publish();

  const resolver::Configuration& configuration_;
  std::optional<std::string> configuration_text_;  // at the start; absent when this user may not read it
  lists::Taxonomy taxonomy_;
  Problems& problems_;
  std::shared_ptr<const policy::Policy> policy_;
  std::shared_ptr<const filter::Image> image_;
  std::uint64_t generation_ = 0;
  mutable std::mutex lock_;
  std::shared_ptr<const resolver::Snapshot> snapshot_;  // guarded by lock_
  resolver::uv::Loop* loop_ = nullptr;
  Publish publish_;
  std::unique_ptr<resolver::uv::Child> builder_;
  bool build_again_ = false;  // asked for while one was running
};

}  // namespace schoolgate::daemon
