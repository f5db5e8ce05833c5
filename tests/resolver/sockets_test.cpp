#include "resolver/sockets.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "resolver/uv/address.h"
#include "tests/support/scripted_server.h"

namespace schoolgate::resolver {
namespace {

base::Endpoint on(const char* address, std::uint16_t port) {
  base::Endpoint endpoint{*base::IpAddress::parse(address), port};
  endpoint.any_v6 = endpoint.address == base::IpAddress();
  return endpoint;
}

// Another program's socket.
BoundSocket taken(const base::Endpoint& endpoint, int type) {
  sockaddr_storage address;
  const socklen_t size = uv::to_sockaddr(endpoint, address);
  BoundSocket socket(::socket(address.ss_family, type, 0));
  EXPECT_EQ(::bind(socket.file(), reinterpret_cast<sockaddr*>(&address), size), 0);
  if (type == SOCK_STREAM) {
    EXPECT_EQ(::listen(socket.file(), 1), 0);
  }
  return socket;
}

int option(int file, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(file, level, name, &value, &size), 0);
  return value;
}

TEST(Sockets, EachWorkerGetsEveryAddressOverBothTransports) {
  const std::uint16_t port = support::free_port();
  const auto sockets = bind_sockets({on("127.0.0.1", port), on("127.0.0.2", port), on("::1", port)}, 3);
  ASSERT_TRUE(sockets) << sockets.error().message();
  ASSERT_EQ(sockets->size(), 3U);
  for (const WorkerSockets& worker : *sockets) {
    EXPECT_EQ(worker.udp.size(), 3U);
    EXPECT_EQ(worker.tcp.size(), 3U);
    for (const BoundSocket& socket : worker.udp) {
      sockaddr_storage address;
      socklen_t size = sizeof address;
      ASSERT_EQ(::getsockname(socket.file(), reinterpret_cast<sockaddr*>(&address), &size), 0);
      EXPECT_EQ(uv::from_sockaddr(reinterpret_cast<sockaddr*>(&address)).port, port);
      EXPECT_EQ(option(socket.file(), SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
      EXPECT_EQ(option(socket.file(), SOL_SOCKET, SO_REUSEPORT), 1);
    }
  }
}

TEST(Sockets, AnyAddressOfBothFamiliesShareAPort) {
  const std::uint16_t port = support::free_port();
  const auto sockets = bind_sockets({on("0.0.0.0", port), on("::", port)}, 2);
  EXPECT_TRUE(sockets) << sockets.error().message();
}

class PortInUse : public testing::TestWithParam<int> {};

TEST_P(PortInUse, IsSaidWithTheCommandThatNamesWhoHasIt) {
  const base::Endpoint endpoint = on("127.0.0.1", support::free_port());
  const BoundSocket other = taken(endpoint, GetParam());
  const auto sockets = bind_sockets({endpoint}, 1);
  ASSERT_FALSE(sockets);
  EXPECT_EQ(sockets.error().code(), base::ErrorCode::kInUse);
  const std::string port = std::to_string(endpoint.port);
  EXPECT_EQ(sockets.error().message(),
            "cannot listen on 127.0.0.1:" + port + " (" + (GetParam() == SOCK_DGRAM ? "UDP" : "TCP") +
                "): the port is taken by another program (`ss -lpn 'sport = :" + port + "'` names it)");
}

INSTANTIATE_TEST_SUITE_P(Transports, PortInUse, testing::Values(SOCK_DGRAM, SOCK_STREAM));

// Both would set SO_REUSEPORT, and the kernel would share the questions out between two daemons.
TEST(Sockets, ASecondDaemonCannotShareThePort) {
  const base::Endpoint endpoint = on("127.0.0.1", support::free_port());
  const auto first = bind_sockets({endpoint}, 2);
  ASSERT_TRUE(first) << first.error().message();
  const auto second = bind_sockets({endpoint}, 2);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), base::ErrorCode::kInUse);
}

TEST(Sockets, AFailureLeavesNothingBound) {
  const base::Endpoint free = on("127.0.0.1", support::free_port());
  const base::Endpoint busy = on("127.0.0.1", support::free_port());
  const BoundSocket other = taken(busy, SOCK_DGRAM);
  ASSERT_FALSE(bind_sockets({free, busy}, 2));
  EXPECT_TRUE(bind_sockets({free}, 1));
}

TEST(Sockets, ThePortIsFreeAgainWhenTheyAreGone) {
  const base::Endpoint endpoint = on("127.0.0.1", support::free_port());
  ASSERT_TRUE(bind_sockets({endpoint}, 2));
  EXPECT_TRUE(bind_sockets({endpoint}, 2));
}

TEST(Sockets, AnAddressThatIsNotOursIsSaidWithTheSystemsReason) {
  const auto sockets = bind_sockets({on("192.0.2.77", 5399)}, 1);
  ASSERT_FALSE(sockets);
  EXPECT_EQ(sockets.error().message(), "cannot listen on 192.0.2.77:5399 (UDP): Cannot assign requested address");
}

TEST(BoundSocket, ReleasesWhatItOwns) {
  BoundSocket socket(::socket(AF_INET, SOCK_DGRAM, 0));
  const int file = socket.release();
  EXPECT_EQ(socket.file(), -1);
  EXPECT_EQ(::close(file), 0);
}

TEST(BoundSocket, MovesWithoutClosing) {
  BoundSocket first(::socket(AF_INET, SOCK_DGRAM, 0));
  const int file = first.file();
  BoundSocket second(std::move(first));
  EXPECT_EQ(second.file(), file);
  EXPECT_EQ(option(file, SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
}

}  // namespace
}  // namespace schoolgate::resolver
