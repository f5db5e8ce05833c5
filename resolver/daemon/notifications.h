// Notifications: answers the NOTIFY of a primary from the policy in force, and has its list fetched.
//
// Answered on a worker's thread from an immutable table, which costs an HMAC for each list of the zone at most; what a primary's name
// stands for and the secrets of keys are read on a thread of their own, when the policy is another and once a minute.
//
// Thread contract: belongs to the control thread; take_notify() is for any.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "policy/policy.h"
#include "resolver/daemon/notified_zones.h"
#include "resolver/daemon/notify_pace.h"
#include "resolver/notify.h"
#include "resolver/uv/loop.h"
#include "resolver/uv/task.h"

namespace schoolgate::daemon {

class Notifications final : public resolver::NotifyTaker {
 public:
  static constexpr std::uint64_t kRenewMs = 60'000;

  // Both outlive this. `look_up` is called on another thread.
  Notifications(const base::Clock& clock, lists::LookUpHost look_up);

  // `fetch` gets the ids of lists that are to be asked for.
  void start(resolver::uv::Loop& loop, std::function<void(const std::vector<std::string>&)> fetch);
  // The policy's zones take their NOTIFYs as soon as the names of their primaries are looked up.
  void follow(std::shared_ptr<const policy::Policy> policy);
  // Before the loop goes. Workers that still ask are answered, and nothing follows from it.
  void stop();

  std::vector<std::uint8_t> take_notify(const dns::Query& notify, std::span<const std::uint8_t> message,
                                        const base::IpAddress& sender) override;

 private:
  using ZonesPointer = std::shared_ptr<const NotifiedZones>;

  ZonesPointer zones() const;
  void renew();
  void take_zones(ZonesPointer zones);
  void leave_word(const lists::NotifyAnswer& answer, const dns::Query& notify, const base::IpAddress& sender);
  void look_for_words();
  void fetch_what_may_be();

  const base::Clock& clock_;
  const lists::LookUpHost look_up_;
  std::shared_ptr<const policy::Policy> policy_;
  std::function<void(const std::vector<std::string>&)> fetch_;
  NotifyPace pace_;
  resolver::uv::Loop* loop_ = nullptr;
  std::unique_ptr<resolver::uv::Timer> renewal_;
  std::unique_ptr<resolver::uv::Timer> turn_;  // of a list that waits
  std::unique_ptr<resolver::uv::Task> reading_;
  mutable std::mutex lock_;
  ZonesPointer zones_ = std::make_shared<const NotifiedZones>();  // guarded by lock_, as all that follows
  std::unique_ptr<resolver::uv::Wakeup> word_;
  std::set<std::string> notified_;  // ids, since the control thread looked
  std::string refusal_;             // in words; empty: none to tell
  std::int64_t refusal_told_us_ = 0;
};

}  // namespace schoolgate::daemon
