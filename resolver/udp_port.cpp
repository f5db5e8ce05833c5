#include "resolver/udp_port.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "dns/reply.h"
#include "resolver/uv/address.h"

namespace schoolgate::resolver {
namespace {

constexpr std::size_t kBatch = 64;
// Rounds of recvmmsg before other sockets of the loop get their turn.
constexpr int kMostRounds = 8;
// The largest query anybody has a use for; what is longer is cut and then FORMERR.
constexpr std::size_t kSlotOctets = 4'096;
constexpr std::size_t kControlOctets = CMSG_SPACE(sizeof(in6_pktinfo));

}  // namespace

struct UdpPort::Batch {
  struct Slot {
    alignas(8) std::array<std::uint8_t, kSlotOctets> octets;
    alignas(cmsghdr) std::array<char, kControlOctets> control;
    sockaddr_storage peer;
    iovec vector;
  };
  std::array<Slot, kBatch> slots;
  std::array<mmsghdr, kBatch> headers{};
  std::array<Datagram, kBatch> datagrams;  // of a batch that came in
  unsigned used = 0;                       // of one that goes out

  Batch() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      slots[i].vector = {slots[i].octets.data(), kSlotOctets};
      headers[i].msg_hdr.msg_iov = &slots[i].vector;
      headers[i].msg_hdr.msg_iovlen = 1;
      reset(i);
    }
  }
  void reset(std::size_t i) {
    msghdr& head = headers[i].msg_hdr;
    head.msg_name = &slots[i].peer;
    head.msg_namelen = sizeof(sockaddr_storage);
    head.msg_control = slots[i].control.data();
    head.msg_controllen = kControlOctets;
    head.msg_flags = 0;
  }
};

namespace {

void read_packet_info(msghdr& head, Client& client) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&head); control != nullptr; control = CMSG_NXTHDR(&head, control)) {
    if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
      in_pktinfo packet;
      std::memcpy(&packet, CMSG_DATA(control), sizeof packet);
      client.local = base::IpAddress::v4(ntohl(packet.ipi_spec_dst.s_addr));
      client.interface = static_cast<std::uint32_t>(packet.ipi_ifindex);
    } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo packet;
      std::memcpy(&packet, CMSG_DATA(control), sizeof packet);
      std::array<std::uint8_t, 16> bytes;
      std::memcpy(bytes.data(), &packet.ipi6_addr, bytes.size());
      client.local = base::IpAddress::v6(bytes);
      client.interface = static_cast<std::uint32_t>(packet.ipi6_ifindex);
    }
  }
}

template <class Packet>
void put_control(msghdr& head, int level, int type, const Packet& packet) {
  cmsghdr* control = CMSG_FIRSTHDR(&head);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(sizeof packet);
  std::memcpy(CMSG_DATA(control), &packet, sizeof packet);
  head.msg_controllen = CMSG_SPACE(sizeof packet);
}

void write_packet_info(const Client& client, msghdr& head) {
  std::memset(head.msg_control, 0, kControlOctets);
  if (client.local.is_v4()) {
    in_pktinfo packet{};
    packet.ipi_spec_dst.s_addr = htonl(client.local.v4_value());
    return put_control(head, IPPROTO_IP, IP_PKTINFO, packet);
  }
  in6_pktinfo packet{};
  std::memcpy(&packet.ipi6_addr, client.local.bytes().data(), 16);
  packet.ipi6_ifindex = client.interface;
  put_control(head, IPPROTO_IPV6, IPV6_PKTINFO, packet);
}

}  // namespace

UdpPort::UdpPort(uv::Loop& loop, BoundSocket socket, std::uint32_t number, OnBatch on_batch)
    : socket_(std::move(socket)),
      number_(number),
      on_batch_(std::move(on_batch)),
      in_(std::make_unique<Batch>()),
      out_(std::make_unique<Batch>()),
      poll_(std::make_unique<uv::Poll>(loop, socket_.file(), [this] { read(); })) {}

UdpPort::~UdpPort() = default;

void UdpPort::read() {
  for (int round = 0; round < kMostRounds; ++round) {
    const int count = ::recvmmsg(socket_.file(), in_->headers.data(), kBatch, 0, nullptr);
    if (count <= 0) return;  // EAGAIN, or an ICMP error of an earlier answer
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      Datagram& datagram = in_->datagrams[i];
      datagram.client = Client();
      datagram.client.peer = uv::from_sockaddr(reinterpret_cast<sockaddr*>(&in_->slots[i].peer));
      datagram.client.socket = number_;
      read_packet_info(in_->headers[i].msg_hdr, datagram.client);
      datagram.message = {in_->slots[i].octets.data(), in_->headers[i].msg_len};
      in_->reset(i);
    }
    on_batch_(std::span(in_->datagrams).first(static_cast<std::size_t>(count)));
    flush();
    if (count < static_cast<int>(kBatch)) return;
  }
}

void UdpPort::drain() {
  poll_.reset();
  read();
}

void UdpPort::send(const Client& client, std::span<const std::uint8_t> reply) {
  if (out_->used == kBatch) flush();
  const std::size_t i = out_->used++;
  Batch::Slot& slot = out_->slots[i];
  std::memcpy(slot.octets.data(), reply.data(), reply.size());
  slot.vector.iov_len = reply.size();
  out_->reset(i);
  msghdr& head = out_->headers[i].msg_hdr;
  head.msg_namelen = uv::to_sockaddr(client.peer, slot.peer);
  if (!client.peer.address.is_v4()) {
    reinterpret_cast<sockaddr_in6&>(slot.peer).sin6_scope_id = client.interface;
  }
  write_packet_info(client, head);
}

void UdpPort::flush() {
  unsigned sent = 0;
  while (sent < out_->used) {
    const int count = ::sendmmsg(socket_.file(), out_->headers.data() + sent, out_->used - sent, MSG_NOSIGNAL);
    // A datagram that cannot be sent (full buffer, unreachable client) is lost like any other; the rest go on.
    sent += count > 0 ? static_cast<unsigned>(count) : 1;
  }
  out_->used = 0;
}

}  // namespace schoolgate::resolver
