#include "tests/support/scripted_server.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>

namespace schoolgate::support {
namespace {

using SteadyClock = std::chrono::steady_clock;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int bound_socket(int type, std::uint16_t port) {
  const int file = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  const int yes = 1;
  if (type == SOCK_STREAM) ::setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = loopback(port);
  if (::bind(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return file;
  ::close(file);
  return -1;
}

std::uint16_t port_of(int file) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

}  // namespace

struct ScriptedServer::Peer {
  sockaddr_in address{};  // UDP
  int connection = -1;    // TCP
};

struct ScriptedServer::State {
  struct Due {
    SteadyClock::time_point at;
    Reply reply;
    Peer to;
  };

  int udp = -1;
  int tcp = -1;
  int stop = -1;
  std::map<int, Octets> connections;  // what of a message has come so far
  std::vector<Due> due;

  State() {
    do {
      udp = bound_socket(SOCK_DGRAM, 0);
      tcp = bound_socket(SOCK_STREAM, port_of(udp));
      if (tcp < 0) ::close(udp);
    } while (tcp < 0);
    ::listen(tcp, 64);
    stop = ::eventfd(0, EFD_CLOEXEC);
  }
  ~State() {
    for (const auto& [file, unread] : connections) ::close(file);
    for (const int file : {udp, tcp, stop}) ::close(file);
  }

  void close_connection(int file) {
    connections.erase(file);
    std::erase_if(due, [file](const Due& one) { return one.to.connection == file; });
    ::close(file);
  }

  void send(const Due& one) {
    if (one.to.connection < 0) {
      ::sendto(udp, one.reply.octets.data(), one.reply.octets.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&one.to.address), sizeof one.to.address);
      return;
    }
    Octets framed = {static_cast<std::uint8_t>(one.reply.octets.size() >> 8),
                     static_cast<std::uint8_t>(one.reply.octets.size())};
    framed.insert(framed.end(), one.reply.octets.begin(), one.reply.octets.end());
    const bool cut = one.reply.cut_after >= 0;
    if (cut) framed.resize(static_cast<std::size_t>(one.reply.cut_after));
    ::send(one.to.connection, framed.data(), framed.size(), MSG_NOSIGNAL);
    if (cut) close_connection(one.to.connection);
  }

  // Sends what is due; returns how long until the next, -1: nothing waits.
  int send_due() {
    for (std::size_t i = 0; i < due.size();) {
      if (due[i].at > SteadyClock::now()) {
        ++i;
        continue;
      }
      const Due one = due[i];
      due.erase(due.begin() + static_cast<std::ptrdiff_t>(i));
      send(one);
      i = 0;  // a cut connection takes its other replies with it
    }
    if (due.empty()) return -1;
    auto next = due.front().at;
    for (const Due& one : due) next = std::min(next, one.at);
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(next - SteadyClock::now()).count());
  }

  void promise(const std::vector<Reply>& replies, const Peer& to) {
    for (const Reply& reply : replies) {
      due.push_back({SteadyClock::now() + std::chrono::milliseconds(reply.after_ms), reply, to});
    }
  }
};

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)), state_(std::make_unique<State>()), thread_([this] { serve(); }) {}

ScriptedServer::~ScriptedServer() {
  const std::uint64_t one = 1;
  if (::write(state_->stop, &one, sizeof one) != sizeof one) std::abort();
  thread_.join();
}

base::Endpoint ScriptedServer::endpoint() const { return {base::IpAddress::v4(INADDR_LOOPBACK), port_of(state_->udp)}; }

std::vector<ScriptedServer::Query> ScriptedServer::queries() const {
  const std::lock_guard guard(lock_);
  return queries_;
}

void ScriptedServer::take(std::span<const std::uint8_t> octets, const Peer& from) {
  const auto message = Message::read(octets);
  if (!message) std::abort();  // what we send upstream must always parse
  const Query query{*message, ntohs(from.address.sin_port), from.connection >= 0};
  {
    const std::lock_guard guard(lock_);
    queries_.push_back(query);
  }
  state_->promise(script_(query), from);
}

void ScriptedServer::take_stream(int file) {
  std::array<std::uint8_t, 4'096> buffer;
  const auto count = ::recv(file, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count <= 0) return state_->close_connection(file);
  Octets& unread = state_->connections.at(file);
  unread.insert(unread.end(), buffer.begin(), buffer.begin() + count);
  while (unread.size() >= 2) {
    const auto size = static_cast<std::size_t>(unread[0] << 8 | unread[1]);
    if (unread.size() < size + 2) return;
    take(std::span(unread).subspan(2, size), {{}, file});
    unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(size + 2));
  }
}

void ScriptedServer::take_datagram() {
  std::array<std::uint8_t, 4'096> buffer;
  Peer from;
  socklen_t size = sizeof from.address;
  const auto count = ::recvfrom(state_->udp, buffer.data(), buffer.size(), MSG_DONTWAIT,
                                reinterpret_cast<sockaddr*>(&from.address), &size);
  if (count > 0) take({buffer.data(), static_cast<std::size_t>(count)}, from);
}

void ScriptedServer::serve() {
  for (;;) {
    const int timeout_ms = state_->send_due();
    std::vector<pollfd> files = {{state_->stop, POLLIN, 0}, {state_->udp, POLLIN, 0}, {state_->tcp, POLLIN, 0}};
    for (const auto& [file, unread] : state_->connections) files.push_back({file, POLLIN, 0});
    if (::poll(files.data(), files.size(), timeout_ms) < 0) continue;
    if (files[0].revents != 0) return;
    if (files[1].revents != 0) take_datagram();
    if (files[2].revents != 0) {
      if (const int file = ::accept4(state_->tcp, nullptr, nullptr, SOCK_CLOEXEC); file >= 0) state_->connections[file];
    }
    for (std::size_t i = 3; i < files.size(); ++i) {
      if (files[i].revents != 0) take_stream(files[i].fd);
    }
  }
}

ScriptedServer::Script silent() {
  return [](const ScriptedServer::Query&) { return std::vector<ScriptedServer::Reply>(); };
}

ScriptedServer::Script failing(unsigned rcode) {
  return [rcode](const ScriptedServer::Query& query) {
    return std::vector<ScriptedServer::Reply>{{reply_to(query.message, {}, rcode).encode()}};
  };
}

ScriptedServer::Script good() {
  return [](const ScriptedServer::Query& query) {
    const std::string line = query.message.question->name + " 300 IN A 192.0.2.1";
    return std::vector<ScriptedServer::Reply>{{reply_to(query.message, {line}).encode()}};
  };
}

std::uint16_t free_port() {
  for (;;) {
    const int udp = bound_socket(SOCK_DGRAM, 0);
    const std::uint16_t port = port_of(udp);
    const int tcp = bound_socket(SOCK_STREAM, port);
    ::close(udp);
    if (tcp < 0) continue;
    ::close(tcp);
    return port;
  }
}

}  // namespace schoolgate::support
