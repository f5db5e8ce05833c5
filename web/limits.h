// What one client may cost the HTTP server. Tests shorten the times.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace schoolgate::web {

struct Limits {
  std::uint32_t header_bytes = 8 * 1024;
  std::uint64_t body_bytes = 64 * 1024;

  // A browser opens six connections a host name; a room behind one translated address shares this.
  std::size_t connections_per_address = 32;
  std::size_t connections = 512;  // below the usual 1024 descriptors, which DNS shares

  std::chrono::milliseconds first_byte{5'000};      // of a new connection
  std::chrono::milliseconds idle{15'000};           // between two requests of one connection
  std::chrono::milliseconds header{5'000};          // from its first byte to its end
  std::chrono::milliseconds whole_request{10'000};  // the body, after the header
  std::chrono::milliseconds response{10'000};       // until the client has taken it
  std::chrono::milliseconds linger{1'000};          // reading what a refused client still sends, so that it sees why
  std::chrono::milliseconds accept_pause{100};      // when the system is out of descriptors
  std::chrono::milliseconds stop{1'000};            // for answers under way
};

}  // namespace schoolgate::web
