#include "resolver/neighbours.h"

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "base/file.h"

namespace schoolgate::resolver {
namespace {

// The first change is published at once: the device's first question is a millisecond behind it. Those that follow (a
// Monday at 08:45 changes a thousand entries) are published together.
constexpr std::uint64_t kSettleMs = 20;
constexpr std::uint64_t kReadAgainMs = 30'000;  // should an event ever be missed
constexpr std::size_t kReadOctets = 32'768;
constexpr unsigned kReachableStates = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;

base::Result<int> open_netlink(unsigned groups) {
  const int file = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (file < 0) return base::system_error(errno, "cannot open a netlink socket");
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = groups;
  if (::bind(file, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const auto error = base::system_error(errno, "cannot listen to the neighbour table");
    ::close(file);
    return error;
  }
  return file;
}

void take_neighbour(const nlmsghdr* message, NeighbourTable& table) {
  const auto* neighbour = static_cast<const ndmsg*>(NLMSG_DATA(message));
  if ((neighbour->ndm_state & kReachableStates) == 0) return;
  std::optional<base::IpAddress> address;
  std::optional<base::MacAddress> mac;
  auto rest = static_cast<int>(message->nlmsg_len - NLMSG_LENGTH(sizeof *neighbour));
  const auto* attribute =
      reinterpret_cast<const rtattr*>(reinterpret_cast<const char*>(neighbour) + NLMSG_ALIGN(sizeof *neighbour));
  for (; RTA_OK(attribute, rest); attribute = RTA_NEXT(attribute, rest)) {
    const auto* octets = static_cast<const std::uint8_t*>(RTA_DATA(attribute));
    const std::size_t size = RTA_PAYLOAD(attribute);
    if (attribute->rta_type == NDA_DST && size == 4) {
      address = base::IpAddress::v4((std::uint32_t{octets[0]} << 24) | (std::uint32_t{octets[1]} << 16) |
                                    (std::uint32_t{octets[2]} << 8) | octets[3]);
    } else if (attribute->rta_type == NDA_DST && size == 16) {
      std::array<std::uint8_t, 16> bytes;
      std::memcpy(bytes.data(), octets, bytes.size());
      address = base::IpAddress::v6(bytes);
    } else if (attribute->rta_type == NDA_LLADDR && size == 6) {
      mac.emplace();
      std::memcpy(mac->bytes.data(), octets, 6);
    }
  }
  if (address && mac) table[*address] = *mac;
}

// False when the dump goes on in another datagram.
bool take_datagram(const char* octets, std::size_t size, NeighbourTable& table) {
  auto rest = static_cast<unsigned>(size);
  for (const auto* message = reinterpret_cast<const nlmsghdr*>(octets); NLMSG_OK(message, rest);
       message = NLMSG_NEXT(message, rest)) {
    if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) return true;
    if (message->nlmsg_type == RTM_NEWNEIGH) take_neighbour(message, table);
  }
  return false;
}

base::Result<NeighbourTable> dump(int file) {
  struct {
    nlmsghdr head;
    ndmsg body;
  } request{};
  request.head.nlmsg_len = NLMSG_LENGTH(sizeof request.body);
  request.head.nlmsg_type = RTM_GETNEIGH;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.ndm_family = AF_UNSPEC;
  if (::send(file, &request, request.head.nlmsg_len, 0) < 0) {
    return base::system_error(errno, "cannot ask for the neighbour table");
  }
  NeighbourTable table;
  alignas(nlmsghdr) std::array<char, kReadOctets> buffer;
  for (;;) {
    // The kernel queues the first part of a dump before send() returns, and the next one as each is read.
    const ssize_t count = ::recv(file, buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::system_error(errno, "cannot read the neighbour table");
    if (take_datagram(buffer.data(), static_cast<std::size_t>(count), table)) return table;
  }
}

}  // namespace

base::Result<NeighbourTable> read_neighbours() {
  auto file = open_netlink(0);
  if (!file) return file.error();
  auto table = dump(*file);
  ::close(*file);
  return table;
}

base::Result<std::unique_ptr<NeighbourWatch>> NeighbourWatch::start(uv::Loop& loop, Publish publish) {
  auto file = open_netlink(RTMGRP_NEIGH);
  if (!file) return file.error();
  return std::unique_ptr<NeighbourWatch>(new NeighbourWatch(loop, *file, std::move(publish)));
}

NeighbourWatch::NeighbourWatch(uv::Loop& loop, int socket, Publish publish)
    : socket_(socket), publish_(std::move(publish)) {
  settle_ = std::make_unique<uv::Timer>(loop, [this] { this->settle(); });
  again_ = std::make_unique<uv::Timer>(loop, [this] { this->publish(); });
  poll_ = std::make_unique<uv::Poll>(loop, socket_, [this] { read_events(); });
  again_->start(0, kReadAgainMs);
}

NeighbourWatch::~NeighbourWatch() {
  poll_.reset();
  ::close(socket_);
}

// What changed does not matter, only that something did; a lost event (ENOBUFS) means the same.
void NeighbourWatch::read_events() {
  std::array<char, kReadOctets> ignored;
  while (::recv(socket_, ignored.data(), ignored.size(), 0) > 0) {
  }
  has_news_ = true;
  if (!settling_) settle();
}

// Not put off by more of them: on a busy network there is no quiet moment to wait for.
void NeighbourWatch::settle() {
  settling_ = std::exchange(has_news_, false);
  if (!settling_) return;
  settle_->start(kSettleMs);
  publish();
}

void NeighbourWatch::publish() {
  auto table = read_neighbours();
  if (!table) return;  // the next event tries again
  auto fresh = std::make_shared<const NeighbourTable>(std::move(*table));
  if (last_ != nullptr && *last_ == *fresh) return;
  last_ = fresh;
  publish_(std::move(fresh));
}

}  // namespace schoolgate::resolver
