#include "web/listening_socket.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <random>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "raw_client.h"

namespace schoolgate::web {
namespace {

using base::ErrorCode;
using ::testing::Test;

class UnixSocketTest : public Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/schoolgate-socket-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/admin.sock";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_, path_;
};

std::optional<Accepted> accept_soon(ListeningSocket& socket) {
  for (int i = 0; i < 500; ++i) {
    if (auto accepted = socket.accept()) return accepted;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return std::nullopt;
}

TEST_F(UnixSocketTest, FileIsForOwnerAndGroupAndGoesWithTheSocket) {
  {
    const auto socket = ListeningSocket::bind_unix(path_);
    ASSERT_TRUE(socket) << socket.error().message();
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0660u);
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixSocketTest, KnowsWhoAsks) {
  auto socket = ListeningSocket::bind_unix(path_);
  ASSERT_TRUE(socket);
  const RawClient client = RawClient::unix_socket(path_);
  const auto accepted = accept_soon(*socket);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->peer.uid, ::getuid());
  ::close(accepted->socket);
}

TEST_F(UnixSocketTest, WhatADeadProcessLeftIsRemoved) {
  const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(dead, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(dead);
  ASSERT_TRUE(std::filesystem::exists(path_));
  EXPECT_TRUE(ListeningSocket::bind_unix(path_));
}

TEST_F(UnixSocketTest, ALivingOneIsInUse) {
  const auto first = ListeningSocket::bind_unix(path_);
  ASSERT_TRUE(first);
  const auto second = ListeningSocket::bind_unix(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kInUse);
  EXPECT_TRUE(RawClient::unix_socket(path_).connected());
}

TEST_F(UnixSocketTest, AnotherFileIsLeftAlone) {
  std::ofstream(path_) << "precious";
  const auto socket = ListeningSocket::bind_unix(path_);
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(std::filesystem::file_size(path_), 8u);
}

TEST_F(UnixSocketTest, ErrorsNameThePath) {
  for (const std::string& path :
       {folder_ + "/no/such/folder.sock", folder_ + "/" + std::string(200, 'x'), std::string()}) {
    const auto socket = ListeningSocket::bind_unix(path);
    ASSERT_FALSE(socket) << path;
    EXPECT_NE(socket.error().message().find(path), std::string::npos);
  }
}

TEST(TcpSocket, KnowsWhoAsks) {
  auto socket = ListeningSocket::bind_tcp(*base::Endpoint::parse("127.0.0.1:0"));
  ASSERT_TRUE(socket);
  EXPECT_FALSE(socket->accept());
  EXPECT_FALSE(socket->would_retry_later());
  const RawClient client = RawClient::tcp(socket->port(), "127.0.0.9");
  const auto accepted = accept_soon(*socket);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->peer.address.to_text(), "127.0.0.9");
  EXPECT_FALSE(accepted->peer.uid);
  ::close(accepted->socket);
}

TEST(TcpSocket, APortInUseSaysSo) {
  const auto first = ListeningSocket::bind_tcp(*base::Endpoint::parse("127.0.0.1:0"));
  ASSERT_TRUE(first);
  const auto second = ListeningSocket::bind_tcp(base::Endpoint{*base::IpAddress::parse("127.0.0.1"), first->port()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kInUse);
  EXPECT_NE(second.error().message().find(std::to_string(first->port())), std::string::npos);
}

TEST(TcpSocket, TheAnyAddressesOfBothFamiliesShareAPort) {
  // Below the ports that the system gives to connections, thousands of which may just have ended; and one of several is
  // free.
  std::mt19937 random(std::random_device{}());
  bool is_shared = false;
  for (int i = 0; i < 50 && !is_shared; ++i) {
    base::Endpoint v6 = *base::Endpoint::parse("[::]:0");
    base::Endpoint v4 = *base::Endpoint::parse("0.0.0.0:0");
    v6.port = v4.port = static_cast<std::uint16_t>(20'000 + random() % 12'000);
    const auto first = ListeningSocket::bind_tcp(v6);
    if (!first && first.error().code() != ErrorCode::kInUse) GTEST_SKIP() << "no IPv6: " << first.error().message();
    is_shared = first && ListeningSocket::bind_tcp(v4).has_value();
  }
  EXPECT_TRUE(is_shared);
}

TEST(TcpSocket, OutOfDescriptorsIsNoError) {
  auto socket = ListeningSocket::bind_tcp(*base::Endpoint::parse("127.0.0.1:0"));
  ASSERT_TRUE(socket);
  const RawClient client = RawClient::tcp(socket->port());
  ASSERT_TRUE(client.connected());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int next = ::dup(0);  // the lowest free descriptor
  ::close(next);
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next);
  ::setrlimit(RLIMIT_NOFILE, &tight);
  const auto refused = socket->accept();
  const bool retry_later = socket->would_retry_later();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_FALSE(refused);
  EXPECT_TRUE(retry_later);
  const auto accepted = accept_soon(*socket);
  ASSERT_TRUE(accepted);
  EXPECT_FALSE(socket->would_retry_later());
  ::close(accepted->socket);
}

}  // namespace
}  // namespace schoolgate::web
