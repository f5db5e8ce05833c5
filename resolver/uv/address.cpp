#include "resolver/uv/address.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace schoolgate::resolver::uv {

socklen_t to_sockaddr(const base::Endpoint& endpoint, sockaddr_storage& storage) {
  std::memset(&storage, 0, sizeof storage);
  if (endpoint.address.is_v4()) {
    auto& four = reinterpret_cast<sockaddr_in&>(storage);
    four.sin_family = AF_INET;
    four.sin_port = htons(endpoint.port);
    four.sin_addr.s_addr = htonl(endpoint.address.v4_value());
    return sizeof four;
  }
  auto& six = reinterpret_cast<sockaddr_in6&>(storage);
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(endpoint.port);
  std::memcpy(&six.sin6_addr, endpoint.address.bytes().data(), 16);
  return sizeof six;
}

base::Endpoint from_sockaddr(const sockaddr* address) {
  base::Endpoint endpoint;
  if (address->sa_family == AF_INET) {
    const auto* four = reinterpret_cast<const sockaddr_in*>(address);
    endpoint.address = base::IpAddress::v4(ntohl(four->sin_addr.s_addr));
    endpoint.port = ntohs(four->sin_port);
  } else if (address->sa_family == AF_INET6) {
    const auto* six = reinterpret_cast<const sockaddr_in6*>(address);
    std::array<std::uint8_t, 16> bytes;
    std::memcpy(bytes.data(), &six->sin6_addr, 16);
    endpoint.address = base::IpAddress::v6(bytes);
    endpoint.port = ntohs(six->sin6_port);
  }
  return endpoint;
}

}  // namespace schoolgate::resolver::uv
