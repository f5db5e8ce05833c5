#include "resolver/daemon/daemon.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "history/history.h"
#include "resolver/daemon/privileges.h"
#include "resolver/daemon/problems.h"
#include "resolver/daemon/rules.h"
#include "resolver/daemon/service.h"
#include "resolver/neighbours.h"
#include "resolver/sockets.h"
#include "resolver/worker.h"
#include "web/api.h"
#include "web/block_page.h"
#include "web/http_server.h"

namespace schoolgate::daemon {
namespace {

constexpr std::uint64_t kHistoryWatchMs = 1000;

// Put off while nobody watches for it, and never lost: the policy may have been read already. The threads made meanwhile
// leave it to the control thread.
void put_off(int signal_number, int how) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, signal_number);
  ::pthread_sigmask(how, &signals, nullptr);
}

// The parts, in the order they are made; destroyed in the opposite one.
class Daemon {
 public:
  explicit Daemon(const resolver::Configuration& configuration) : configuration_(configuration) {}

  base::Status bind_ports();  // while still root
  base::Status open_state();  // as the daemon's own user
  base::Status start();
  void serve();  // until a signal ends it
  void stop();   // every answer given is stored

 private:
  base::Status make_workers();
  std::uint64_t least_generation() const;

  const resolver::Configuration& configuration_;
  const base::SystemClock clock_;
  Problems problems_;
  std::unique_ptr<Rules> rules_;
  std::unique_ptr<history::History> history_;
  std::vector<std::unique_ptr<resolver::Worker>> workers_;
  std::vector<resolver::WorkerSockets> sockets_;
  DaemonService service_{{configuration_, clock_, rules_, problems_, history_, workers_}};
  web::BlockPage block_page_{service_};
  web::HttpServer block_page_server_{block_page_};
  std::unique_ptr<web::Api> api_;
  std::unique_ptr<web::HttpServer> admin_server_;
};

base::Status Daemon::bind_ports() {
  auto user = find_user(configuration_.user);
  if (!user) return user.error();
  if (auto owned = own_folder(configuration_.state, *user); !owned) return owned;
  auto sockets = resolver::bind_sockets(configuration_.listen, configuration_.workers);
  if (!sockets) return sockets.error();
  sockets_ = std::move(*sockets);
  for (const base::Endpoint& endpoint : configuration_.block_page_http) {
    if (auto listening = block_page_server_.listen(endpoint); !listening) return listening.error().within("block page");
  }
  if (*user) {
    if (auto dropped = drop_privileges(**user); !dropped) return dropped;
  }
  return check_own_folder(configuration_.state);
}

base::Status Daemon::open_state() {
  keep_files_private();
  auto rules = Rules::load({configuration_, clock_, problems_, builder_beside_this_program()});
  if (!rules) return rules.error();
  rules_ = std::move(*rules);
  history::Settings settings;
  settings.folder = configuration_.history_folder();
  settings.node = configuration_.node;
  settings.site = configuration_.site;
  settings.retention_days = configuration_.retention_days;
  auto history = history::History::start(settings, rules_->taxonomy().tags(), clock_);
  if (!history) return history.error();
  history_ = std::move(*history);
  api_ = std::make_unique<web::Api>(service_, std::set<std::uint32_t>{0, ::geteuid()});
  admin_server_ = std::make_unique<web::HttpServer>(*api_);
  return admin_server_->listen_unix(configuration_.admin_socket());
}

// All are made before the first starts: the service reads them from its own threads later.
base::Status Daemon::make_workers() {
  for (unsigned number = 0; number < configuration_.workers; ++number) {
    auto ring = history_->add_ring(number);
    if (!ring) return ring.error();
    workers_.push_back(std::make_unique<resolver::Worker>(configuration_, clock_, *ring, &rules_->notify_taker()));
  }
  return {};
}

base::Status Daemon::start() {
  if (auto made = make_workers(); !made) return made;
  for (unsigned number = 0; number < configuration_.workers; ++number) {
    auto started = workers_[number]->start(std::move(sockets_[number]), rules_->snapshot());
    if (!started) return started;
  }
  block_page_server_.run();
  admin_server_->run();
  return {};
}

void Daemon::serve() {
  resolver::uv::Loop loop;
  const resolver::uv::SignalWatch terminate(loop, SIGTERM, [&loop] { loop.stop(); });
  const resolver::uv::SignalWatch interrupt(loop, SIGINT, [&loop] { loop.stop(); });
  const resolver::uv::SignalWatch hang_up(loop, SIGHUP, [this] { rules_->reload(); });
  const auto post_to_all = [this](const auto& news) {
    for (auto& worker : workers_) worker->post(news);
  };
  auto neighbours = resolver::NeighbourWatch::start(loop, [&](const auto& table) {
    service_.take(table);
    post_to_all(table);
  });
  problems_.set("neighbours",
                neighbours ? "" : "devices cannot be told by MAC address: " + neighbours.error().message());
  resolver::uv::Timer history_watch(loop, [this] { problems_.set("history", history_->problem()); });
  history_watch.start(0, kHistoryWatchMs);
  rules_->start(loop, {post_to_all, [this] { return least_generation(); }});
  put_off(SIGHUP, SIG_UNBLOCK);
  loop.run();
  rules_->stop();
}

void Daemon::stop() {
  history_->end_searches();
  std::signal(SIGHUP, SIG_IGN);  // nobody watches it any more
  for (auto& worker : workers_) worker->begin_drain();
  for (auto& worker : workers_) worker->join();
  block_page_server_.stop();
  admin_server_->stop();
  history_->stop();
  problems_.set("history", history_->problem());
}

// The oldest rules that a worker still uses.
std::uint64_t Daemon::least_generation() const {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  for (const auto& worker : workers_) least = std::min(least, worker->counters().generation.value());
  return least;
}

std::string listening_on(const resolver::Configuration& configuration) {
  std::string text;
  for (const base::Endpoint& endpoint : configuration.listen) text += (text.empty() ? "" : ", ") + endpoint.to_text();
  return text;
}

}  // namespace

base::Status check(const resolver::Configuration& configuration) {
  const base::SystemClock clock;
  Problems problems;
  auto rules = Rules::load({configuration, clock, problems, builder_beside_this_program()});
  if (!rules) return rules.error();
  return {};
}

base::Status run(const resolver::Configuration& configuration) {
  std::signal(SIGPIPE, SIG_IGN);
  put_off(SIGHUP, SIG_BLOCK);
  raise_file_limit();
  Daemon daemon(configuration);
  if (auto bound = daemon.bind_ports(); !bound) return bound;
  if (auto opened = daemon.open_state(); !opened) return opened;
  if (auto started = daemon.start(); !started) return started;
  spdlog::info("schoolgated {} answers on {} with {} worker{}", SCHOOLGATE_VERSION, listening_on(configuration),
               configuration.workers, configuration.workers == 1 ? "" : "s");
  daemon.serve();
  spdlog::info("stopping: answering what was asked, storing what was answered");
  daemon.stop();
  return {};
}

}  // namespace schoolgate::daemon
