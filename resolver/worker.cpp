#include "resolver/worker.h"

#include <cstdint>
#include <span>
#include <utility>

namespace schoolgate::resolver {
namespace {

constexpr std::uint64_t kDrainCheckMs = 5;
constexpr std::uint64_t kProbeMs = 5'000;

}  // namespace

Worker::Worker(const Configuration& configuration, const base::Clock& clock, history::JournalRing* journal,
               NotifyTaker* notify)
    : forwarder_(loop_, clock, configuration.upstream, configuration.zones),
      pipeline_({forwarder_, *this, clock, counters_, journal, notify}),
      tcp_(loop_, clock,
           [this](std::span<const std::uint8_t> message, const Client& client) {
             pipeline_.tick();
             return pipeline_.answer({message, client});
           }),
      turn_(loop_, [this] { flush(); }),
      drain_check_(loop_, [this] { end_when_drained(); }),
      drain_deadline_(loop_, [this] { loop_.stop(); }),
      probe_(loop_, [this] { forwarder_.probe(); }),
      wakeup_(loop_, [this] { take_mail(); }) {}

Worker::~Worker() {
  begin_drain();
  join();
}

base::Status Worker::start(WorkerSockets sockets, std::shared_ptr<const Snapshot> snapshot) {
  if (auto adopted = adopt(std::move(snapshot)); !adopted) return adopted;
  for (BoundSocket& socket : sockets.udp) {
    const auto number = static_cast<std::uint32_t>(udp_.size());
    udp_.push_back(std::make_unique<UdpPort>(loop_, std::move(socket), number, [this](std::span<const Datagram> batch) {
      pipeline_.tick();
      pipeline_.answer(batch);
    }));
  }
  for (BoundSocket& socket : sockets.tcp) {
    if (auto listening = tcp_.listen(std::move(socket)); !listening) return listening;
  }
  probe_.start(0, kProbeMs);
  thread_ = std::thread([this] { loop_.run(); });
  return {};
}

void Worker::post(std::shared_ptr<const Snapshot> snapshot) {
  const std::lock_guard lock(mail_lock_);
  mail_.snapshot = std::move(snapshot);
  wakeup_.wake();
}

void Worker::post(std::shared_ptr<const NeighbourTable> neighbours) {
  const std::lock_guard lock(mail_lock_);
  mail_.neighbours = std::move(neighbours);
  wakeup_.wake();
}

void Worker::begin_drain() {
  const std::lock_guard lock(mail_lock_);
  mail_.drain = true;
  wakeup_.wake();
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::take_mail() {
  Mail mail;
  {
    const std::lock_guard lock(mail_lock_);
    mail = std::exchange(mail_, Mail{});
  }
  // A view that cannot be made (no memory) leaves the one in force; whoever posts sees it by the counter, and tries again.
  if (mail.snapshot != nullptr) static_cast<void>(adopt(std::move(mail.snapshot)));
  if (mail.neighbours != nullptr) pipeline_.adopt(std::move(mail.neighbours));
  if (mail.drain) drain();
}

base::Status Worker::adopt(std::shared_ptr<const Snapshot> snapshot) {
  const std::uint64_t generation = snapshot->generation;
  auto adopted = pipeline_.adopt(std::move(snapshot));
  if (adopted) counters_.generation.set(generation);
  return adopted;
}

void Worker::drain() {
  tcp_.drain();
  for (auto& port : udp_) port->drain();
  drain_check_.start(0, kDrainCheckMs);
  drain_deadline_.start(kDrainMs);
}

void Worker::end_when_drained() {
  if (pipeline_.in_flight() > 0) return;
  flush();
  loop_.stop();
}

void Worker::flush() {
  for (auto& port : udp_) port->flush();
}

void Worker::send(const Client& client, std::span<const std::uint8_t> reply) {
  if (client.transport == history::Transport::kTcp) return tcp_.send(client, reply);
  udp_[client.socket]->send(client, reply);
}

void Worker::drop(const Client& client) {
  if (client.transport == history::Transport::kTcp) tcp_.drop(client);
}

}  // namespace schoolgate::resolver
