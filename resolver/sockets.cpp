#include "resolver/sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/file.h"
#include "resolver/uv/address.h"

namespace schoolgate::resolver {
namespace {

enum class Reuse { kNo, kPort };
constexpr int kReceiveBufferOctets = 4 << 20;

base::Error explain(int error_number, int type, const base::Endpoint& endpoint) {
  const std::string protocol = type == SOCK_DGRAM ? "UDP" : "TCP";
  const std::string doing = "cannot listen on " + endpoint.to_text() + " (" + protocol + ")";
  if (error_number == EADDRINUSE) {
    return base::Error(base::ErrorCode::kInUse, doing + ": the port is taken by another program (`ss -lpn 'sport = :" +
                                                    std::to_string(endpoint.port) + "'` names it)");
  }
  if (error_number == EACCES) {
    return base::Error(base::ErrorCode::kForbidden,
                       doing + ": no permission for this port; start as root, or with CAP_NET_BIND_SERVICE");
  }
  return base::system_error(error_number, doing);
}

void set_option(int file, int level, int option, int value) { ::setsockopt(file, level, option, &value, sizeof value); }

void set_datagram_options(int file, bool four) {
  // The address that was asked comes with each datagram, and the answer leaves from it.
  set_option(file, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_PKTINFO : IPV6_RECVPKTINFO, 1);
  // Forged path MTU news must not make us fragment: answers fit in 1232 octets anyway.
  set_option(file, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER,
             four ? IP_PMTUDISC_OMIT : IPV6_PMTUDISC_OMIT);
  set_option(file, SOL_SOCKET, SO_RCVBUF, kReceiveBufferOctets);
}

base::Result<BoundSocket> bind_one(const base::Endpoint& endpoint, int type, Reuse reuse) {
  const bool four = endpoint.address.is_v4();
  BoundSocket socket(::socket(four ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.file() < 0) return explain(errno, type, endpoint);
  if (!four) set_option(socket.file(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (type == SOCK_STREAM) set_option(socket.file(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (reuse == Reuse::kPort) set_option(socket.file(), SOL_SOCKET, SO_REUSEPORT, 1);
  if (type == SOCK_DGRAM) set_datagram_options(socket.file(), four);
  sockaddr_storage address;
  const socklen_t size = uv::to_sockaddr(endpoint, address);
  if (::bind(socket.file(), reinterpret_cast<sockaddr*>(&address), size) != 0) return explain(errno, type, endpoint);
  // A listening socket elsewhere is only seen by listen() when SO_REUSEADDR is set.
  if (type == SOCK_STREAM && ::listen(socket.file(), 1) != 0) return explain(errno, type, endpoint);
  return socket;
}

bool kernel_has_ipv6() {
  const BoundSocket probe(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return probe.file() >= 0 || errno != EAFNOSUPPORT;
}

base::Status bind_for(const base::Endpoint& endpoint, std::vector<WorkerSockets>& workers) {
  // "[::]" is in the default; where the kernel has no IPv6, nobody could ask there.
  if (endpoint.any_v6 && !kernel_has_ipv6()) return {};
  for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
    if (auto probe = bind_one(endpoint, type, Reuse::kNo); !probe) return probe.error();
    for (WorkerSockets& worker : workers) {
      auto socket = bind_one(endpoint, type, Reuse::kPort);
      if (!socket) return socket.error();
      (type == SOCK_DGRAM ? worker.udp : worker.tcp).push_back(std::move(*socket));
    }
  }
  return {};
}

}  // namespace

BoundSocket& BoundSocket::operator=(BoundSocket&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

BoundSocket::~BoundSocket() {
  if (file_ >= 0) ::close(file_);
}

int BoundSocket::release() { return std::exchange(file_, -1); }

base::Result<std::vector<WorkerSockets>> bind_sockets(const std::vector<base::Endpoint>& listen, unsigned workers) {
  std::vector<WorkerSockets> sockets(workers);
  for (const base::Endpoint& endpoint : listen) {
    if (auto bound = bind_for(endpoint, sockets); !bound) return bound.error();
  }
  return sockets;
}

}  // namespace schoolgate::resolver
