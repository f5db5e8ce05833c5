#include "resolver/uv/stream.h"

#include <array>

#include "resolver/uv/address.h"
#include "resolver/uv/closing.h"

namespace schoolgate::resolver::uv {
namespace {

constexpr std::size_t kReadOctets = 8'192;

base::Error uv_error(int code, const std::string& doing) {
  const auto kind = code == UV_EADDRINUSE ? base::ErrorCode::kInUse : base::ErrorCode::kUnavailable;
  return base::Error(kind, doing + ": " + uv_strerror(code));
}

struct Write {
  uv_write_t request{};
  std::vector<std::uint8_t> octets;
};

}  // namespace

struct TcpStream::State {
  uv_tcp_t handle{};
  uv_connect_t connecting{};
  Events events;
  bool owned = true;  // false: the owner is gone, callbacks are silent
  std::array<char, kReadOctets> buffer;

  uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&handle); }

  // Callbacks are copied before they are called: they may destroy the owner, and with it themselves.
  void fail() {
    if (!owned) return;
    uv_read_stop(stream());
    const auto callback = events.on_failure;
    if (callback) callback();
  }

  static void allocate(uv_handle_t* handle, std::size_t, uv_buf_t* out) {
    auto* state = static_cast<State*>(handle->data);
    *out = uv_buf_init(state->buffer.data(), static_cast<unsigned>(state->buffer.size()));
  }

  static void read(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
    auto* state = static_cast<State*>(stream->data);
    if (!state->owned || count == 0) return;
    if (count == UV_EOF) {
      uv_read_stop(stream);
      const auto callback = state->events.on_end;
      if (callback) callback();
      return;
    }
    if (count < 0) return state->fail();
    const auto callback = state->events.on_octets;
    if (callback) callback({reinterpret_cast<const std::uint8_t*>(buffer->base), static_cast<std::size_t>(count)});
  }
};

TcpStream::TcpStream(Loop& loop) : state_(new State) {
  state_->handle.data = state_;
  uv_tcp_init(loop.raw(), &state_->handle);
}

TcpStream::~TcpStream() {
  state_->owned = false;
  close_and_delete(state_, &state_->handle);
}

void TcpStream::connect(const base::Endpoint& server, Events events) {
  state_->events = std::move(events);
  state_->connecting.data = state_;
  sockaddr_storage address;
  to_sockaddr(server, address);
  const int failed = uv_tcp_connect(&state_->connecting, &state_->handle, reinterpret_cast<sockaddr*>(&address),
                                    [](uv_connect_t* request, int status) {
                                      auto* state = static_cast<State*>(request->data);
                                      if (!state->owned) return;
                                      if (status == 0) uv_read_start(state->stream(), State::allocate, State::read);
                                      const auto callback = state->events.on_connect;
                                      callback(status == 0);
                                    });
  if (failed != 0) state_->events.on_connect(false);
}

void TcpStream::start(Events events) {
  state_->events = std::move(events);
  uv_tcp_nodelay(&state_->handle, 1);
  resume();
}

void TcpStream::pause() { uv_read_stop(state_->stream()); }

void TcpStream::resume() { uv_read_start(state_->stream(), State::allocate, State::read); }

void TcpStream::write(std::vector<std::uint8_t> octets) {
  auto* write = new Write;
  write->octets = std::move(octets);
  write->request.data = write;
  const uv_buf_t buffer =
      uv_buf_init(reinterpret_cast<char*>(write->octets.data()), static_cast<unsigned>(write->octets.size()));
  const int failed = uv_write(&write->request, state_->stream(), &buffer, 1, [](uv_write_t* request, int status) {
    auto* state = static_cast<State*>(request->handle->data);
    delete static_cast<Write*>(request->data);
    if (status < 0 && status != UV_ECANCELED) state->fail();
  });
  if (failed != 0) delete write;
}

std::size_t TcpStream::unsent_octets() const { return uv_stream_get_write_queue_size(state_->stream()); }

base::Endpoint TcpStream::peer() const {
  sockaddr_storage address{};
  int size = sizeof address;
  uv_tcp_getpeername(&state_->handle, reinterpret_cast<sockaddr*>(&address), &size);
  return from_sockaddr(reinterpret_cast<sockaddr*>(&address));
}

base::Endpoint TcpStream::local() const {
  sockaddr_storage address{};
  int size = sizeof address;
  uv_tcp_getsockname(&state_->handle, reinterpret_cast<sockaddr*>(&address), &size);
  return from_sockaddr(reinterpret_cast<sockaddr*>(&address));
}

struct TcpListener::State {
  uv_tcp_t handle{};
  Loop* loop = nullptr;
  std::function<void(std::unique_ptr<TcpStream>)> on_accept;
};

base::Result<std::unique_ptr<TcpListener>> TcpListener::listen(
    Loop& loop, int socket, int backlog, std::function<void(std::unique_ptr<TcpStream>)> on_accept) {
  std::unique_ptr<TcpListener> listener(new TcpListener);
  listener->state_ = new State;
  State* state = listener->state_;
  state->loop = &loop;
  state->on_accept = std::move(on_accept);
  state->handle.data = state;
  uv_tcp_init(loop.raw(), &state->handle);
  if (const int failed = uv_tcp_open(&state->handle, socket); failed != 0)
    return uv_error(failed, "cannot take socket");
  const int failed =
      uv_listen(reinterpret_cast<uv_stream_t*>(&state->handle), backlog, [](uv_stream_t* stream, int status) {
        auto* listening = static_cast<State*>(stream->data);
        if (status < 0) return;  // EMFILE: libuv sheds the connection with its spare descriptor
        auto accepted = std::make_unique<TcpStream>(*listening->loop);
        if (uv_accept(stream, accepted->state_->stream()) != 0) return;
        listening->on_accept(std::move(accepted));
      });
  if (failed != 0) return uv_error(failed, "cannot listen");
  return listener;
}

TcpListener::~TcpListener() {
  if (state_ != nullptr) close_and_delete(state_, &state_->handle);
}

}  // namespace schoolgate::resolver::uv
