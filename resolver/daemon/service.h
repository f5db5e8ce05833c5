// DaemonService: what pages, API and command ask of the running daemon, answered from snapshots and counters.
//
// Thread contract: as web::Service: any web thread.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "history/history.h"
#include "resolver/configuration.h"
#include "resolver/daemon/problems.h"
#include "resolver/daemon/rules.h"
#include "resolver/neighbours.h"
#include "resolver/worker.h"
#include "web/service.h"

namespace schoolgate::daemon {

class DaemonService final : public web::Service {
 public:
  struct Parts {
    const resolver::Configuration& configuration;
    const base::Clock& clock;
    // Owners: what they hold is made after this object, and before the first call.
    const std::unique_ptr<Rules>& rules;
    const Problems& problems;
    const std::unique_ptr<history::History>& history;
    const std::vector<std::unique_ptr<resolver::Worker>>& workers;
  };

  explicit DaemonService(const Parts& parts);

  void take(std::shared_ptr<const resolver::NeighbourTable> neighbours);

  web::ServerState state() override;
  base::Result<policy::CheckReport> check(const policy::CheckRequest& request) override;
  std::optional<std::string> find_late_block(const base::IpAddress& client, const std::string& name) override;
  base::Result<history::Page> search(const history::Filter& filter) override;
  std::shared_ptr<const policy::Policy> policy() override;
  base::Status reload_policy() override;
  base::Result<lists::BuildOutcome> lists() override;
  void take_lists() override;
  const lists::Taxonomy& taxonomy() override;
  std::vector<web::LocalRuleState> local_rules() override;
  base::Result<web::LocalOutcome> change_local_rules(const web::LocalRequest& request) override;

 private:
  void add_counters(web::ServerState& state) const;
  void add_upstreams(web::ServerState& state) const;
  void add_long_held(web::ServerState& state) const;
  void add_problems(web::ServerState& state) const;
  void add_overruns(web::ServerState& state) const;

  std::optional<base::MacAddress> find_mac(const base::IpAddress& address) const;

  Parts parts_;
  std::int64_t started_us_;
  mutable std::mutex mutex_;
  std::shared_ptr<const resolver::NeighbourTable> neighbours_;  // guarded by mutex_
};

}  // namespace schoolgate::daemon
