#include "web/http_server.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "web/http_session.h"
#include "web/listening_socket.h"

namespace schoolgate::web {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {
// A burst is taken in slices, so that connections already there get their turn.
constexpr int kAcceptsATurn = 64;
}  // namespace

struct HttpServer::Impl {
  // A bound socket and the wait for it. The descriptor is ours, not Asio's: it is released before it is destroyed.
  struct Listener {
    Listener(asio::io_context& context, ListeningSocket bound)
        : socket(std::move(bound)), readable(context, socket.descriptor()), pause(context) {}
    ~Listener() { readable.release(); }
    ListeningSocket socket;
    asio::posix::stream_descriptor readable;
    asio::steady_timer pause;
  };

  Impl(Responder& to, const Limits& with) : responder(to), limits(with), stop_deadline(context) {}

  void wait(Listener& listener) {
    listener.readable.async_wait(asio::posix::stream_descriptor::wait_read, [this, &listener](error_code error) {
      if (!error && !stopping) accept(listener);
    });
  }

  void accept(Listener& listener) {
    for (int i = 0; i < kAcceptsATurn; ++i) {
      const auto accepted = listener.socket.accept();
      if (!accepted) break;
      admit(*accepted);
    }
    if (!listener.socket.would_retry_later()) return wait(listener);
    listener.pause.expires_after(limits.accept_pause);
    listener.pause.async_wait([this, &listener](error_code error) {
      if (!error && !stopping) wait(listener);
    });
  }

  void admit(const Accepted& accepted) {
    // Unix peers share the address ::, and are trusted not to crowd each other out of it.
    const base::IpAddress address = accepted.peer.address;
    std::size_t& from_address = per_address[address];
    const bool crowds = !accepted.peer.uid && from_address >= limits.connections_per_address;
    if (crowds || sessions.size() >= limits.connections) {
      if (from_address == 0) per_address.erase(address);
      ::close(accepted.socket);
      return;
    }
    ++from_address;
    const auto ended = [this, address](HttpSession* session) {
      sessions.erase(session);
      if (const auto found = per_address.find(address); --found->second == 0) per_address.erase(found);
      if (stopping && sessions.empty() && !context.stopped()) context.stop();
    };
    sessions.insert(start_session(context, accepted, responder, limits, ended).get());
  }

  void finish() {
    stopping = true;
    for (auto& listener : listeners) {
      listener->readable.cancel();
      listener->pause.cancel();
    }
    // finish() may end a session at once, which takes it out of the set.
    for (HttpSession* session : std::vector<HttpSession*>(sessions.begin(), sessions.end())) session->finish();
    stop_deadline.expires_after(limits.stop);
    stop_deadline.async_wait([this](error_code) { context.stop(); });
    if (sessions.empty()) context.stop();
  }

  Responder& responder;
  const Limits limits;
  // The server's thread only. Before the context, which ends the sessions that are left when it is destroyed.
  bool stopping = false;
  std::unordered_set<HttpSession*> sessions;
  std::unordered_map<base::IpAddress, std::size_t> per_address;

  asio::io_context context{1};
  asio::steady_timer stop_deadline;
  std::vector<std::unique_ptr<Listener>> listeners;
  std::thread thread;
};

HttpServer::HttpServer(Responder& responder, const Limits& limits) : impl_(std::make_unique<Impl>(responder, limits)) {}

HttpServer::~HttpServer() { stop(); }

base::Result<std::uint16_t> HttpServer::listen(const base::Endpoint& endpoint) {
  auto socket = ListeningSocket::bind_tcp(endpoint);
  if (!socket) return socket.error();
  const std::uint16_t port = socket->port();
  impl_->listeners.push_back(std::make_unique<Impl::Listener>(impl_->context, std::move(*socket)));
  return port;
}

base::Status HttpServer::listen_unix(const std::string& path) {
  auto socket = ListeningSocket::bind_unix(path);
  if (!socket) return socket.error();
  impl_->listeners.push_back(std::make_unique<Impl::Listener>(impl_->context, std::move(*socket)));
  return {};
}

void HttpServer::run() {
  for (auto& listener : impl_->listeners) impl_->wait(*listener);
  impl_->thread = std::thread([this] { impl_->context.run(); });
}

void HttpServer::stop() {
  if (!impl_->thread.joinable()) return;
  asio::post(impl_->context, [this] { impl_->finish(); });
  impl_->thread.join();
  impl_->listeners.clear();
}

}  // namespace schoolgate::web
