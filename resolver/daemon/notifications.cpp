#include "resolver/daemon/notifications.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace schoolgate::daemon {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kRefusalsApartUs = 60 * kSecondUs;
constexpr std::int64_t kMillisecondUs = 1'000;

}  // namespace

Notifications::Notifications(const base::Clock& clock, lists::LookUpHost look_up)
    : clock_(clock), look_up_(std::move(look_up)) {}

void Notifications::start(resolver::uv::Loop& loop, std::function<void(const std::vector<std::string>&)> fetch) {
  loop_ = &loop;
  fetch_ = std::move(fetch);
  renewal_ = std::make_unique<resolver::uv::Timer>(loop, [this] {
    if (reading_ == nullptr) renew();
  });
  renewal_->start(kRenewMs, kRenewMs);
  turn_ = std::make_unique<resolver::uv::Timer>(loop, [this] { fetch_what_may_be(); });
  const std::lock_guard lock(lock_);
  word_ = std::make_unique<resolver::uv::Wakeup>(loop, [this] { look_for_words(); });
}

void Notifications::stop() {
  reading_.reset();
  renewal_.reset();
  turn_.reset();
  const std::lock_guard lock(lock_);
  word_.reset();
}

void Notifications::follow(std::shared_ptr<const policy::Policy> policy) {
  policy_ = std::move(policy);
  renew();
}

// One that is under way for the policy before is forgotten.
void Notifications::renew() {
  reading_.reset();
  if (policy_ == nullptr || std::ranges::none_of(policy_->settings().lists, is_notified)) {
    return take_zones(std::make_shared<const NotifiedZones>());
  }
  reading_ = resolver::uv::run_task<ZonesPointer>(
      *loop_,
      [policy = policy_, before = zones(), look_up = look_up_]() -> base::Result<ZonesPointer> {
        return std::make_shared<const NotifiedZones>(read_notified_zones(policy->settings().lists, *before, look_up));
      },
      [this](base::Result<ZonesPointer> read) {
        reading_.reset();
        if (read) take_zones(std::move(*read));
      });
}

Notifications::ZonesPointer Notifications::zones() const {
  const std::lock_guard lock(lock_);
  return zones_;
}

void Notifications::take_zones(ZonesPointer zones) {
  const std::lock_guard lock(lock_);
  zones_ = std::move(zones);
}

std::vector<std::uint8_t> Notifications::take_notify(const dns::Query& notify, std::span<const std::uint8_t> message,
                                                     const base::IpAddress& sender) {
  const ZonesPointer now = zones();
  const auto now_seconds = static_cast<std::uint64_t>(clock_.wall_us() / kSecondUs);
  lists::NotifyAnswer answer = lists::answer_notify(now->zones, notify, message, sender, now_seconds);
  leave_word(answer, notify, sender);
  return std::move(answer.octets);
}

void Notifications::leave_word(const lists::NotifyAnswer& answer, const dns::Query& notify,
                               const base::IpAddress& sender) {
  const std::lock_guard lock(lock_);
  if (word_ == nullptr) return;
  if (answer.rcode != dns::Rcode::kNoError) {
    const std::int64_t now_us = clock_.steady_us();
    if (refusal_told_us_ != 0 && now_us - refusal_told_us_ < kRefusalsApartUs) return;
    refusal_told_us_ = now_us;
    refusal_ =
        fmt::format("refused a NOTIFY from {} for {}: {}", sender.to_text(), notify.lower_qname.to_text(), answer.why);
  }
  notified_.insert(answer.lists.begin(), answer.lists.end());
  word_->wake();
}

void Notifications::look_for_words() {
  std::set<std::string> notified;
  std::string refusal;
  {
    const std::lock_guard lock(lock_);
    notified.swap(notified_);
    refusal.swap(refusal_);
  }
  if (!refusal.empty()) spdlog::warn("{} (told once a minute at most)", refusal);
  for (const std::string& list : notified) pace_.want(list);
  fetch_what_may_be();
}

void Notifications::fetch_what_may_be() {
  const std::int64_t now_us = clock_.steady_us();
  const std::vector<std::string> lists = pace_.take(now_us);
  if (!lists.empty()) {
    spdlog::info("told by its primary that it has changed: list {}", fmt::join(lists, ", "));
    fetch_(lists);
  }
  // Rounded up: a timer that fires before its time would find nothing to do.
  if (const auto next_us = pace_.next_us()) {
    turn_->start(static_cast<std::uint64_t>((*next_us - now_us) / kMillisecondUs + 1));
  }
}

}  // namespace schoolgate::daemon
