#include "resolver/tcp_port.h"

#include <algorithm>

#include "dns/wire.h"

namespace schoolgate::resolver {
namespace {

constexpr int kBacklog = 256;
constexpr std::size_t kMostConnections = 2'000;
constexpr unsigned kMostConnectionsOfOneClient = 200;
constexpr std::size_t kMostUnanswered = 100;          // pipelined; more are read when these are answered
constexpr std::size_t kMostUnsentOctets = 256 << 10;  // a client that does not read is closed
constexpr std::int64_t kIdleUs = 10'000'000;
constexpr std::uint64_t kIdleCheckMs = 1'000;

}  // namespace

TcpPort::TcpPort(uv::Loop& loop, const base::Clock& clock, OnMessage on_message)
    : loop_(loop),
      clock_(clock),
      on_message_(std::move(on_message)),
      idle_(std::make_unique<uv::Timer>(loop, [this] { close_idle(); })) {
  idle_->start(kIdleCheckMs, kIdleCheckMs);
}

TcpPort::~TcpPort() = default;

base::Status TcpPort::listen(BoundSocket socket) {
  auto listener = uv::TcpListener::listen(loop_, socket.release(), kBacklog,
                                          [this](std::unique_ptr<uv::TcpStream> stream) { accept(std::move(stream)); });
  if (!listener) return listener.error();
  listeners_.push_back(std::move(*listener));
  return {};
}

void TcpPort::drain() {
  draining_ = true;
  listeners_.clear();
  for (auto& [number, connection] : connections_) connection.stream->pause();
}

void TcpPort::accept(std::unique_ptr<uv::TcpStream> stream) {
  const base::Endpoint peer = stream->peer();
  unsigned& of_client = per_client_[peer.address];
  if (connections_.size() >= kMostConnections || of_client >= kMostConnectionsOfOneClient) {
    if (of_client == 0) per_client_.erase(peer.address);
    return;  // dropping the stream closes it
  }
  ++of_client;
  const std::uint64_t number = next_number_++;
  Connection& connection = connections_[number];
  connection.peer = peer;
  connection.local = stream->local();
  connection.last_use_us = clock_.steady_us();
  connection.stream = std::move(stream);
  connection.stream->start({nullptr,
                            [this, number](std::span<const std::uint8_t> octets) { take_octets(number, octets); },
                            [this, number] { finish_reading(number); }, [this, number] { close(number); }});
}

void TcpPort::take_octets(std::uint64_t number, std::span<const std::uint8_t> octets) {
  Connection& connection = connections_.at(number);
  connection.unread.insert(connection.unread.end(), octets.begin(), octets.end());
  take_messages(number);
}

// Whole messages go to the pipeline until too many are unanswered; the rest waits here, and then in the kernel.
void TcpPort::take_messages(std::uint64_t number) {
  Connection& connection = connections_.at(number);
  if (connection.taking) return;  // called by an answer that came at once: the loop below is on the stack, and goes on
  connection.taking = true;
  const Client client{connection.peer, history::Transport::kTcp, connection.local.address, 0, 0, number};
  std::size_t at = 0;
  while (!draining_ && connection.unanswered < kMostUnanswered && connection.unread.size() - at >= 2) {
    const std::size_t size = dns::load_u16(connection.unread.data() + at);
    if (connection.unread.size() - at - 2 < size) break;
    // A copy: an answer that comes at once may reach this connection's state.
    const std::vector<std::uint8_t> message(connection.unread.begin() + static_cast<std::ptrdiff_t>(at + 2),
                                            connection.unread.begin() + static_cast<std::ptrdiff_t>(at + 2 + size));
    at += 2 + size;
    connection.last_use_us = clock_.steady_us();  // by whole messages: an octet now and then keeps nobody
    ++connection.unanswered;
    if (!on_message_(message, client) && connections_.contains(number)) --connection.unanswered;
    if (!connections_.contains(number)) return;
  }
  connection.taking = false;
  connection.unread.erase(connection.unread.begin(), connection.unread.begin() + static_cast<std::ptrdiff_t>(at));
  const bool full = connection.unanswered >= kMostUnanswered;
  if (full == connection.paused || connection.peer_finished || draining_) return;
  connection.paused = full;
  full ? connection.stream->pause() : connection.stream->resume();
}

void TcpPort::finish_reading(std::uint64_t number) {
  connections_.at(number).peer_finished = true;
  close_if_done(number);
}

// Who has half-closed gets every answer first, to its last octet.
void TcpPort::close_if_done(std::uint64_t number) {
  const auto found = connections_.find(number);
  if (found != connections_.end() && is_done(found->second)) close(number);
}

bool TcpPort::is_done(const Connection& connection) {
  return connection.peer_finished && connection.unanswered == 0 && connection.stream->unsent_octets() == 0;
}

void TcpPort::send(const Client& client, std::span<const std::uint8_t> reply) {
  const auto found = connections_.find(client.connection);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  std::vector<std::uint8_t> framed(2 + reply.size());
  dns::store_u16(framed.data(), static_cast<std::uint16_t>(reply.size()));
  std::copy(reply.begin(), reply.end(), framed.begin() + 2);
  connection.stream->write(std::move(framed));
  connection.last_use_us = clock_.steady_us();
  settle(client.connection);
}

void TcpPort::drop(const Client& client) {
  if (connections_.contains(client.connection)) settle(client.connection);
}

// One question less is open. REQUIRES: a connection that is there.
void TcpPort::settle(std::uint64_t number) {
  Connection& connection = connections_.at(number);
  if (connection.unanswered > 0) --connection.unanswered;
  if (connection.stream->unsent_octets() > kMostUnsentOctets) return close(number);
  if (connection.paused) take_messages(number);
  close_if_done(number);
}

void TcpPort::close(std::uint64_t number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  const auto of_client = per_client_.find(found->second.peer.address);
  if (--of_client->second == 0) per_client_.erase(of_client);
  connections_.erase(found);
}

void TcpPort::close_idle() {
  std::vector<std::uint64_t> over;
  const std::int64_t now_us = clock_.steady_us();
  for (const auto& [number, connection] : connections_) {
    if (is_done(connection) || now_us - connection.last_use_us > kIdleUs) over.push_back(number);
  }
  for (const std::uint64_t number : over) close(number);
}

}  // namespace schoolgate::resolver
