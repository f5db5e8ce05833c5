#include "resolver/uv/stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "resolver/sockets.h"
#include "tests/support/dns_client.h"
#include "tests/support/scripted_server.h"

namespace schoolgate::resolver::uv {
namespace {

using Octets = std::vector<std::uint8_t>;

class StreamTest : public testing::Test {
 protected:
  StreamTest() : endpoint_{*base::IpAddress::parse("127.0.0.1"), support::free_port()} {
    auto sockets = bind_sockets({endpoint_}, 1);
    auto listener =
        TcpListener::listen(loop_, sockets->front().tcp.front().release(), 16,
                            [this](std::unique_ptr<TcpStream> stream) { accepted_ = std::move(stream), on_accept_(); });
    EXPECT_TRUE(listener) << listener.error().message();
    listener_ = std::move(*listener);
  }

  void run_for(std::uint64_t time_ms) {
    Timer end(loop_, [this] { loop_.stop(); });
    end.start(time_ms);
    loop_.run();
  }

  static TcpStream::Events no_events() {
    return {[](bool) {}, [](std::span<const std::uint8_t>) {}, [] {}, [] {}};
  }

  Loop loop_;
  base::Endpoint endpoint_;
  std::unique_ptr<TcpListener> listener_;
  std::unique_ptr<TcpStream> accepted_;
  std::function<void()> on_accept_ = [] {};
};

TEST_F(StreamTest, EchoesBothWays) {
  on_accept_ = [this] {
    EXPECT_EQ(accepted_->local(), endpoint_);
    accepted_->start({nullptr,
                      [this](std::span<const std::uint8_t> octets) {
                        accepted_->write({octets.begin(), octets.end()});
                      },
                      [] {}, [] {}});
  };
  TcpStream client(loop_);
  Octets echoed;
  auto events = no_events();
  events.on_connect = [&](bool connected) {
    ASSERT_TRUE(connected);
    EXPECT_EQ(client.peer(), endpoint_);
    client.write(Octets(100'000, 7));
  };
  events.on_octets = [&](std::span<const std::uint8_t> octets) {
    echoed.insert(echoed.end(), octets.begin(), octets.end());
    if (echoed.size() >= 100'000) loop_.stop();
  };
  client.connect(endpoint_, events);
  run_for(5'000);
  EXPECT_EQ(echoed, Octets(100'000, 7));
}

TEST_F(StreamTest, ARefusedConnectionIsSaid) {
  TcpStream client(loop_);
  std::optional<bool> outcome;
  auto events = no_events();
  events.on_connect = [&](bool connected) {
    outcome = connected;
    loop_.stop();
  };
  client.connect({*base::IpAddress::parse("127.0.0.1"), support::free_port()}, events);
  run_for(5'000);
  EXPECT_EQ(outcome, false);
}

TEST_F(StreamTest, TellsTheEndAndStillSends) {
  bool ended = false;
  on_accept_ = [&] {
    accepted_->start({nullptr, [](std::span<const std::uint8_t>) {},
                      [&] {
                        ended = true;
                        accepted_->write({'y', 'e', 's'});
                        loop_.stop();
                      },
                      [] {}});
  };
  support::TcpClient client(endpoint_);
  client.finish_sending();
  run_for(5'000);
  EXPECT_TRUE(ended);
  EXPECT_FALSE(client.has_ended(500)) << "something came first";
}

TEST_F(StreamTest, APausedStreamKeepsItsOctetsForLater) {
  Octets read;
  on_accept_ = [&] {
    accepted_->start({nullptr,
                      [&](std::span<const std::uint8_t> octets) {
                        read.insert(read.end(), octets.begin(), octets.end());
                        accepted_->pause();
                      },
                      [] {}, [] {}});
  };
  support::TcpClient client(endpoint_);
  ASSERT_TRUE(client.send_octets({1, 2, 3}));
  run_for(100);
  ASSERT_TRUE(client.send_octets({4, 5}));
  run_for(100);
  EXPECT_EQ(read, (Octets{1, 2, 3}));
  accepted_->resume();
  run_for(100);
  EXPECT_EQ(read, (Octets{1, 2, 3, 4, 5}));
}

TEST_F(StreamTest, CountsWhatThePeerDoesNotTake) {
  on_accept_ = [this] { accepted_->start(no_events()); };
  const support::TcpClient client(endpoint_);
  run_for(50);
  ASSERT_TRUE(accepted_);
  EXPECT_EQ(accepted_->unsent_octets(), 0U);
  for (int i = 0; i < 100; ++i) accepted_->write(Octets(200'000, 1));
  run_for(50);
  EXPECT_GT(accepted_->unsent_octets(), 1'000'000U);
}

TEST_F(StreamTest, AResetIsAFailureAndNoMore) {
  int failures = 0;
  on_accept_ = [&] { accepted_->start({nullptr, [](std::span<const std::uint8_t>) {}, [] {}, [&] { ++failures; }}); };
  {
    const support::TcpClient client(endpoint_);
    run_for(50);
    ASSERT_TRUE(accepted_);
    accepted_->write({1, 2, 3});
    run_for(50);
  }  // closed with octets unread: a reset
  run_for(100);
  EXPECT_EQ(failures, 1);
}

TEST_F(StreamTest, NoCallbackComesAfterItsEnd) {
  on_accept_ = [this] {
    accepted_->start({nullptr, [](std::span<const std::uint8_t>) { FAIL(); }, [] { FAIL(); }, [] { FAIL(); }});
    accepted_->write(Octets(4'000'000, 1));  // a write that is under way
    accepted_.reset();
  };
  support::TcpClient client(endpoint_);
  ASSERT_TRUE(client.send_octets({1, 2, 3}));
  client.finish_sending();
  run_for(100);
  EXPECT_FALSE(accepted_);
}

TEST_F(StreamTest, ACallbackMayDestroyIt) {
  bool seen = false;
  on_accept_ = [&] {
    accepted_->start({nullptr,
                      [&](std::span<const std::uint8_t> octets) {
                        accepted_.reset();
                        seen = octets[0] == 9;  // still valid during the call
                      },
                      [] { FAIL(); }, [] { FAIL(); }});
  };
  support::TcpClient client(endpoint_);
  ASSERT_TRUE(client.send_octets({9}));
  run_for(100);
  EXPECT_TRUE(seen);
  EXPECT_TRUE(client.has_ended());
}

TEST_F(StreamTest, DestroyedWhileConnectingItIsSilent) {
  auto client = std::make_unique<TcpStream>(loop_);
  auto events = no_events();
  events.on_connect = [](bool) { FAIL(); };
  client->connect(endpoint_, events);
  client.reset();
  run_for(50);
}

TEST_F(StreamTest, ADestroyedListenerTakesNobody) {
  listener_.reset();
  run_for(10);
  EXPECT_FALSE(support::TcpClient(endpoint_).is_connected());
}

}  // namespace
}  // namespace schoolgate::resolver::uv
