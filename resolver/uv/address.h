// Between our addresses and the system's.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/ip_address.h"

namespace schoolgate::resolver::uv {

// Fills `storage`; returns its size. IPv4 addresses become sockaddr_in.
socklen_t to_sockaddr(const base::Endpoint& endpoint, sockaddr_storage& storage);
base::Endpoint from_sockaddr(const sockaddr* address);

}  // namespace schoolgate::resolver::uv
