#include "resolver/uv/datagram.h"

#include <array>

#include "resolver/uv/address.h"
#include "resolver/uv/closing.h"

namespace schoolgate::resolver::uv {
namespace {

// We advertise 1232 octets; what is larger is cut, fails to parse, and is not believed.
constexpr std::size_t kReadOctets = 4'096;

}  // namespace

struct UdpExchange::State {
  uv_udp_t handle{};
  Events events;
  bool owned = true;
  bool connected = false;
  std::array<char, kReadOctets> buffer;

  static void allocate(uv_handle_t* handle, std::size_t, uv_buf_t* out) {
    auto* state = static_cast<State*>(handle->data);
    *out = uv_buf_init(state->buffer.data(), static_cast<unsigned>(state->buffer.size()));
  }

  static void receive(uv_udp_t* handle, ssize_t count, const uv_buf_t* buffer, const sockaddr* from, unsigned) {
    auto* state = static_cast<State*>(handle->data);
    if (!state->owned || (count == 0 && from == nullptr)) return;
    if (count < 0) {
      const auto callback = state->events.on_failure;
      callback();
      return;
    }
    const auto callback = state->events.on_datagram;
    callback({reinterpret_cast<const std::uint8_t*>(buffer->base), static_cast<std::size_t>(count)});
  }
};

UdpExchange::UdpExchange(Loop& loop, const base::Endpoint& server, Events events) : state_(new State) {
  state_->events = std::move(events);
  state_->handle.data = state_;
  uv_udp_init(loop.raw(), &state_->handle);
  sockaddr_storage address;
  to_sockaddr(server, address);
  state_->connected = uv_udp_connect(&state_->handle, reinterpret_cast<sockaddr*>(&address)) == 0 &&
                      uv_udp_recv_start(&state_->handle, State::allocate, State::receive) == 0;
}

UdpExchange::~UdpExchange() {
  state_->owned = false;
  close_and_delete(state_, &state_->handle);
}

bool UdpExchange::send(std::span<const std::uint8_t> message) {
  if (!state_->connected) return false;
  const uv_buf_t buffer = uv_buf_init(const_cast<char*>(reinterpret_cast<const char*>(message.data())),
                                      static_cast<unsigned>(message.size()));
  return uv_udp_try_send(&state_->handle, &buffer, 1, nullptr) >= 0;
}

}  // namespace schoolgate::resolver::uv
