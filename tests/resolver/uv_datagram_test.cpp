#include "resolver/uv/datagram.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "resolver/uv/address.h"
#include "tests/support/scripted_server.h"

namespace schoolgate::resolver::uv {
namespace {

const base::IpAddress kLoopback = *base::IpAddress::parse("127.0.0.1");

// A plain socket on loopback.
class Peer {
 public:
  Peer() : endpoint_{kLoopback, support::free_port()}, file_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    sockaddr_storage address;
    const socklen_t size = to_sockaddr(endpoint_, address);
    EXPECT_EQ(::bind(file_, reinterpret_cast<sockaddr*>(&address), size), 0);
  }
  ~Peer() { ::close(file_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  const base::Endpoint& endpoint() const { return endpoint_; }
  // Who sent the datagram that is there.
  base::Endpoint take() {
    char octets[64];
    sockaddr_storage from;
    socklen_t size = sizeof from;
    EXPECT_GT(::recvfrom(file_, octets, sizeof octets, 0, reinterpret_cast<sockaddr*>(&from), &size), 0);
    return from_sockaddr(reinterpret_cast<sockaddr*>(&from));
  }
  void send(const base::Endpoint& to, const std::string& octets) {
    sockaddr_storage address;
    const socklen_t size = to_sockaddr(to, address);
    ::sendto(file_, octets.data(), octets.size(), 0, reinterpret_cast<sockaddr*>(&address), size);
  }

 private:
  base::Endpoint endpoint_;
  int file_;
};

class DatagramTest : public testing::Test {
 protected:
  UdpExchange::Events events() {
    return {[this](std::span<const std::uint8_t> octets) { read_.emplace_back(octets.begin(), octets.end()); },
            [this] { ++failures_; }};
  }
  void run_for(std::uint64_t time_ms) {
    Timer end(loop_, [this] { loop_.stop(); });
    end.start(time_ms);
    loop_.run();
  }

  static constexpr std::uint8_t kQuestion[] = {'?'};
  Loop loop_;
  std::vector<std::string> read_;
  int failures_ = 0;
};

TEST_F(DatagramTest, SendsAndReceives) {
  Peer peer;
  UdpExchange exchange(loop_, peer.endpoint(), events());
  ASSERT_TRUE(exchange.send(kQuestion));
  peer.send(peer.take(), "one");
  run_for(50);
  EXPECT_EQ(read_, std::vector<std::string>{"one"});
}

TEST_F(DatagramTest, HearsNobodyButItsServer) {
  Peer server, stranger;
  UdpExchange exchange(loop_, server.endpoint(), events());
  ASSERT_TRUE(exchange.send(kQuestion));
  const base::Endpoint us = server.take();
  stranger.send(us, "forged");
  server.send(us, "real");
  run_for(50);
  EXPECT_EQ(read_, std::vector<std::string>{"real"});
}

TEST_F(DatagramTest, ARefusedPortIsAFailure) {
  UdpExchange exchange(loop_, {kLoopback, support::free_port()}, events());
  exchange.send(kQuestion);
  run_for(50);
  EXPECT_EQ(failures_, 1);
}

TEST_F(DatagramTest, WhereThereIsNoRouteSendingSaysSo) {
  UdpExchange exchange(loop_, {*base::IpAddress::parse("255.255.255.255"), 53}, events());
  EXPECT_FALSE(exchange.send(kQuestion));
}

TEST_F(DatagramTest, IsSilentAfterItsEnd) {
  Peer peer;
  auto exchange = std::make_unique<UdpExchange>(loop_, peer.endpoint(), events());
  ASSERT_TRUE(exchange->send(kQuestion));
  const base::Endpoint us = peer.take();
  peer.send(us, "late");
  exchange.reset();
  run_for(50);
  EXPECT_TRUE(read_.empty());
  EXPECT_EQ(failures_, 0);
}

TEST_F(DatagramTest, ACallbackMayDestroyIt) {
  Peer peer;
  std::unique_ptr<UdpExchange> exchange;
  int calls = 0;
  exchange =
      std::make_unique<UdpExchange>(loop_, peer.endpoint(),
                                    UdpExchange::Events{[&](std::span<const std::uint8_t> octets) {
                                                          exchange.reset();
                                                          EXPECT_EQ(octets[0], 'a');  // still valid during the call
                                                          ++calls;
                                                        },
                                                        [] { FAIL(); }});
  ASSERT_TRUE(exchange->send(kQuestion));
  const base::Endpoint us = peer.take();
  peer.send(us, "a");
  peer.send(us, "b");
  run_for(50);
  EXPECT_EQ(calls, 1);
}

TEST(Address, GoesToTheSystemAndBack) {
  for (const char* text : {"127.0.0.1:53", "255.1.2.3:65535", "[::1]:5353", "[2001:db8::7]:1"}) {
    const auto endpoint = base::Endpoint::parse(text);
    ASSERT_TRUE(endpoint);
    sockaddr_storage storage;
    const socklen_t size = to_sockaddr(*endpoint, storage);
    EXPECT_EQ(size, endpoint->address.is_v4() ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    EXPECT_EQ(from_sockaddr(reinterpret_cast<sockaddr*>(&storage)).to_text(), text);
  }
}

}  // namespace
}  // namespace schoolgate::resolver::uv
