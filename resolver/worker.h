// Worker: one thread, one loop, its own sockets, cache, upstream exchanges and journal ring. Workers share nothing that
// is written on the query path.
//
// Thread contract: made, started, posted to and drained by the control thread; counters and servers may be read by any.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "history/journal.h"
#include "resolver/configuration.h"
#include "resolver/counters.h"
#include "resolver/forwarder.h"
#include "resolver/neighbours.h"
#include "resolver/pipeline.h"
#include "resolver/responder.h"
#include "resolver/snapshot.h"
#include "resolver/sockets.h"
#include "resolver/tcp_port.h"
#include "resolver/udp_port.h"
#include "resolver/uv/loop.h"

namespace schoolgate::resolver {

class Worker final : private Responder {
 public:
  // `notify`, when there is one, outlives this.
  Worker(const Configuration& configuration, const base::Clock& clock, history::JournalRing* journal,
         NotifyTaker* notify = nullptr);
  ~Worker() override;

  // Takes the sockets and the first snapshot, and begins to answer.
  base::Status start(WorkerSockets sockets, std::shared_ptr<const Snapshot> snapshot);
  void post(std::shared_ptr<const Snapshot> snapshot);
  void post(std::shared_ptr<const NeighbourTable> neighbours);
  // Takes no more questions, answers those in flight, ends the thread: within kDrainMs. Begun for all workers before the
  // first is joined, they drain side by side.
  static constexpr std::uint64_t kDrainMs = 2'500;  // the upstream deadline and some
  void begin_drain();
  void join();

  const Counters& counters() const { return counters_; }
  std::vector<Forwarder::ServerView> servers() const { return forwarder_.servers(); }

 private:
  void send(const Client& client, std::span<const std::uint8_t> reply) override;
  void drop(const Client& client) override;
  void take_mail();
  base::Status adopt(std::shared_ptr<const Snapshot> snapshot);
  void drain();
  void end_when_drained();
  void flush();

  // What the control thread left for this one.
  struct Mail {
    std::shared_ptr<const Snapshot> snapshot;
    std::shared_ptr<const NeighbourTable> neighbours;
    bool drain = false;
  };

  Counters counters_;
  uv::Loop loop_;
  Forwarder forwarder_;
  Pipeline pipeline_;
  std::vector<std::unique_ptr<UdpPort>> udp_;
  TcpPort tcp_;
  uv::Turn turn_;
  uv::Timer drain_check_;
  uv::Timer drain_deadline_;
  uv::Timer probe_;
  uv::Wakeup wakeup_;
  std::mutex mail_lock_;
  Mail mail_;  // guarded by mail_lock_
  std::thread thread_;
};

}  // namespace schoolgate::resolver
