// A real worker on loopback: sockets, batches, connections, and an end that loses nothing.
#include "resolver/worker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "tests/support/dns_client.h"
#include "tests/support/fake_clock.h"
#include "tests/support/rules.h"
#include "tests/support/scripted_server.h"

namespace schoolgate::resolver {
namespace {

using support::Message;
using support::query_for;
using support::reply_to;
using support::ScriptedServer;
using support::TcpClient;
using support::UdpClient;
using Replies = std::vector<ScriptedServer::Reply>;

constexpr const char* kBlockedName = "bets.example";

support::Rules rules() {
  support::Rules made;
  made.policy = "default_group = \"pupils\"\n[[group]]\nid = \"pupils\"\nblock = [\"gambling\"]\n";
  made.lists = {{"bets", "gambling", {kBlockedName}}};
  return made;
}

std::shared_ptr<const Snapshot> snapshot(std::uint64_t generation, const support::Rules& from = rules()) {
  auto made = support::make_snapshot(from, generation);
  if (!made) throw std::runtime_error(made.error().message());
  return *made;
}

// Answers after as many milliseconds as the name's first label says: "after300.x.example".
ScriptedServer::Script after_as_told() {
  return [](const ScriptedServer::Query& query) {
    const std::string& name = query.message.question->name;
    const bool told = name.size() > 5 && std::tolower(name[0]) == 'a' && std::tolower(name[1]) == 'f';
    return Replies{
        {reply_to(query.message, {name + " 300 IN A 192.0.2.1"}).encode(), told ? std::stoi(name.substr(5)) : 0}};
  };
}

class WorkerTest : public testing::Test {
 protected:
  void start(unsigned workers = 1, const char* address = "127.0.0.1") {
    endpoint_ = base::Endpoint{*base::IpAddress::parse(address), support::free_port()};
    configuration_.upstream.servers = {upstream_.endpoint()};
    auto sockets = bind_sockets({endpoint_}, workers);
    ASSERT_TRUE(sockets) << sockets.error().message();
    for (unsigned i = 0; i < workers; ++i) {
      workers_.push_back(std::make_unique<Worker>(configuration_, clock_, nullptr, notify_));
      const auto started = workers_.back()->start(std::move((*sockets)[i]), snapshot(1));
      ASSERT_TRUE(started) << started.error().message();
    }
  }

  Worker& worker() { return *workers_.front(); }

  const base::SystemClock clock_;
  Configuration configuration_;
  NotifyTaker* notify_ = nullptr;
  ScriptedServer upstream_{after_as_told()};
  base::Endpoint endpoint_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

TEST_F(WorkerTest, AnswersOverUdp) {
  start();
  UdpClient client(endpoint_);
  const auto blocked = client.ask(query_for(kBlockedName));
  ASSERT_TRUE(blocked);
  EXPECT_EQ(blocked->answer, std::vector<std::string>{"bets.example. 10 IN A 10.0.0.2"});
  const auto allowed = client.ask(query_for("WWW.example.com"));
  ASSERT_TRUE(allowed);
  EXPECT_EQ(allowed->answer.size(), 1U);
  EXPECT_EQ(allowed->question->name, "WWW.example.com");
}

TEST_F(WorkerTest, AnswersOverTcpInWhateverPiecesTheQuestionComes) {
  start();
  TcpClient client(endpoint_);
  ASSERT_TRUE(client.is_connected());
  for (const std::uint8_t octet : support::framed(query_for(kBlockedName, "A", 77).encode())) {
    ASSERT_TRUE(client.send_octets({octet}));
  }
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->id, 77);
  EXPECT_EQ(reply->answer.size(), 1U);
}

TEST_F(WorkerTest, AnswersOverIpv6FromTheAddressThatWasAsked) {
  start(1, "::1");
  UdpClient client(endpoint_);  // connected: takes datagrams of that address only
  const auto reply = client.ask(query_for(kBlockedName));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->rcode, 5U) << "::1 is not among the test's allowed networks";
}

TEST_F(WorkerTest, RepliesLeaveFromTheAddressThatWasAsked) {
  start(1, "0.0.0.0");
  for (const char* asked : {"127.0.0.1", "127.0.0.7", "127.200.1.1"}) {
    UdpClient client({*base::IpAddress::parse(asked), endpoint_.port});
    EXPECT_TRUE(client.ask(query_for(kBlockedName), 1'000)) << asked;
  }
}

TEST_F(WorkerTest, AnswersEveryDatagramOfALongBurst) {
  start();
  constexpr unsigned kBurst = 1'000;
  UdpClient client(endpoint_);
  std::set<std::uint16_t> ids;
  const auto collect = [&](int timeout_ms) {
    while (ids.size() < kBurst) {
      const auto octets = client.receive(timeout_ms);
      if (!octets) break;
      ids.insert(static_cast<std::uint16_t>((*octets)[0] << 8 | (*octets)[1]));
    }
  };
  for (unsigned i = 0; i < kBurst; ++i) {
    // Half at once, half after upstream was asked; replies of both kinds leave in the same batches.
    const std::string name = i % 2 == 0 ? kBlockedName : "n" + std::to_string(i % 50) + ".example.com";
    ASSERT_TRUE(client.send(query_for(name, "A", static_cast<std::uint16_t>(i)).encode()));
    if (i % 150 == 149) collect(20);  // the client's own buffer is small
  }
  collect(2'000);
  EXPECT_EQ(ids.size(), kBurst);
  EXPECT_LE(upstream_.count(), 60U) << "the same question is asked upstream once";
}

TEST_F(WorkerTest, AHundredSameQuestionsMakeOneUpstreamQuery) {
  start();
  UdpClient client(endpoint_);
  for (std::uint16_t id = 0; id < 100; ++id)
    ASSERT_TRUE(client.send(query_for("after100.example.com", "A", id).encode()));
  std::set<std::uint16_t> ids;
  for (int i = 0; i < 100; ++i) {
    const auto octets = client.receive();
    ASSERT_TRUE(octets);
    ids.insert(static_cast<std::uint16_t>((*octets)[0] << 8 | (*octets)[1]));
  }
  EXPECT_EQ(ids.size(), 100U);
  std::size_t asked = 0;
  for (const auto& query : upstream_.queries()) asked += query.message.question->type == "A" ? 1 : 0;
  EXPECT_EQ(asked, 1U);
}

TEST_F(WorkerTest, DropsWhatIsNoQuestionAndGoesOn) {
  start();
  UdpClient client(endpoint_);
  Message response = query_for(kBlockedName);
  response.flags |= Message::kQr;
  ASSERT_TRUE(client.send(response.encode()));
  ASSERT_TRUE(client.send({}));
  ASSERT_TRUE(client.send({1, 2, 3}));
  EXPECT_FALSE(client.receive(200));
  EXPECT_TRUE(client.ask(query_for(kBlockedName)));
}

TEST_F(WorkerTest, PipelinedAnswersComeAsTheyAreReady) {
  start();
  TcpClient client(endpoint_);
  ASSERT_TRUE(client.send(query_for("after300.example.com", "A", 1)));
  ASSERT_TRUE(client.send(query_for("after0.example.com", "A", 2)));
  ASSERT_TRUE(client.send(query_for(kBlockedName, "A", 3)));
  std::vector<unsigned> order;
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.receive();
    ASSERT_TRUE(reply);
    order.push_back(reply->id);
  }
  EXPECT_EQ(order, (std::vector<unsigned>{3, 2, 1}));
}

// More than may be unanswered at once: the connection waits, and what it holds is answered when others are, each once.
TEST_F(WorkerTest, AConnectionWithTooManyQuestionsIsReadOnWhenSomeAreAnswered) {
  start();
  constexpr std::uint16_t kSlow = 100, kQuick = 400;
  support::Octets all;
  const auto add = [&all](const Message& query) {
    const auto octets = support::framed(query.encode());
    all.insert(all.end(), octets.begin(), octets.end());
  };
  for (std::uint16_t i = 0; i < kSlow; ++i) add(query_for("after" + std::to_string(200 + i) + ".example.com", "A", i));
  for (std::uint16_t i = 0; i < kQuick; ++i) add(query_for(kBlockedName, "A", static_cast<std::uint16_t>(kSlow + i)));
  TcpClient client(endpoint_);
  ASSERT_TRUE(client.send_octets(all));
  std::map<std::uint16_t, int> replies;
  for (int i = 0; i < kSlow + kQuick; ++i) {
    const auto reply = client.receive();
    ASSERT_TRUE(reply) << i;
    ++replies[reply->id];
  }
  EXPECT_EQ(replies.size(), static_cast<std::size_t>(kSlow + kQuick));
  EXPECT_FALSE(client.receive(200)) << "a question was answered twice";
}

TEST_F(WorkerTest, AClientThatHasFinishedSendingStillGetsItsAnswersAndThenTheEnd) {
  start();
  TcpClient client(endpoint_);
  ASSERT_TRUE(client.send(query_for("after200.example.com", "A", 1)));
  ASSERT_TRUE(client.send(query_for(kBlockedName, "A", 2)));
  client.finish_sending();
  EXPECT_TRUE(client.receive());
  EXPECT_TRUE(client.receive());
  EXPECT_TRUE(client.has_ended(500));
}

TEST_F(WorkerTest, ADroppedMessageOwesNothingToTheConnection) {
  start();
  TcpClient client(endpoint_);
  Message response = query_for(kBlockedName);
  response.flags |= Message::kQr;
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(client.send(response));
  ASSERT_TRUE(client.send(query_for(kBlockedName, "A", 9)));
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->id, 9);
}

// A list says of some names that their questions are not answered at all.
TEST_F(WorkerTest, AQuestionThatIsDroppedOwesNothingToTheConnection) {
  support::Rules dropping = rules();
  dropping.lists.push_back({"zone", "gambling", {"$ORIGIN rpz.example.", "drop.example CNAME rpz-drop."}, true});
  start();
  worker().post(snapshot(2, dropping));
  while (worker().counters().generation.value() != 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  TcpClient client(endpoint_);
  for (std::uint16_t i = 0; i < 300; ++i) ASSERT_TRUE(client.send(query_for("drop.example", "A", i)));
  ASSERT_TRUE(client.send(query_for(kBlockedName, "A", 999)));
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->id, 999);
  client.finish_sending();
  EXPECT_TRUE(client.has_ended(500)) << "nothing is owed any more";
}

TEST_F(WorkerTest, AClientThatResetsItsConnectionHurtsNobody) {
  start();
  for (int i = 0; i < 50; ++i) {
    TcpClient client(endpoint_);
    ASSERT_TRUE(client.send(query_for("after50.example.com")));
  }
  TcpClient last(endpoint_);
  ASSERT_TRUE(last.send(query_for(kBlockedName)));
  EXPECT_TRUE(last.receive());
}

TEST_F(WorkerTest, OneClientMayHoldSoManyConnectionsAndNoMore) {
  start();
  std::vector<std::unique_ptr<TcpClient>> clients;
  for (int i = 0; i < 201; ++i) clients.push_back(std::make_unique<TcpClient>(endpoint_));
  EXPECT_TRUE(clients.back()->has_ended(2'000));
  ASSERT_TRUE(clients.front()->send(query_for(kBlockedName)));
  EXPECT_TRUE(clients.front()->receive());
  clients.erase(clients.begin(), clients.begin() + 10);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  TcpClient again(endpoint_);
  ASSERT_TRUE(again.send(query_for(kBlockedName)));
  EXPECT_TRUE(again.receive());
}

TEST_F(WorkerTest, AConnectionThatIsIdleForTenSecondsIsClosed) {
  support::FakeClock clock;
  endpoint_ = {*base::IpAddress::parse("127.0.0.1"), support::free_port()};
  auto sockets = bind_sockets({endpoint_}, 1);
  ASSERT_TRUE(sockets);
  const auto idle = std::make_unique<Worker>(configuration_, clock, nullptr);
  ASSERT_TRUE(idle->start(std::move(sockets->front()), snapshot(1)));
  TcpClient client(endpoint_);
  ASSERT_TRUE(client.send(query_for(kBlockedName)));
  ASSERT_TRUE(client.receive());
  clock.advance_seconds(9);
  EXPECT_FALSE(client.has_ended(1'200));
  clock.advance_seconds(11);
  EXPECT_TRUE(client.has_ended(3'000));
}

TEST_F(WorkerTest, AStrangersNonsenseGetsNoAnswer) {
  start();
  support::Rules elsewhere = rules();
  elsewhere.allow_from = {"10.0.0.0/8"};
  UdpClient client(endpoint_);
  const support::Octets nonsense = {0x12, 0x34, 0x01, 0x00, 0, 2, 0, 0, 0, 0, 0, 0};
  ASSERT_TRUE(client.send(nonsense));
  EXPECT_TRUE(client.receive()) << "FORMERR for one of ours";
  worker().post(snapshot(2, elsewhere));
  while (worker().counters().generation.value() < 2) std::this_thread::yield();
  ASSERT_TRUE(client.send(nonsense));
  EXPECT_FALSE(client.receive(200));
  const auto refused = client.ask(query_for(kBlockedName));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->rcode, 5U);
}

// Copies the message, as an answer.
class EchoingTaker final : public NotifyTaker {
 public:
  std::vector<std::uint8_t> take_notify(const dns::Query&, std::span<const std::uint8_t> message,
                                        const base::IpAddress&) override {
    std::vector<std::uint8_t> answer(message.begin(), message.end());
    answer[2] |= 0x80;
    return answer;
  }
};

TEST_F(WorkerTest, ANotifyIsAnsweredOverBothTransports) {
  EchoingTaker taker;
  notify_ = &taker;
  start();
  Message notify = query_for("rpz.example", "SOA", 7);
  notify.flags = 4 << 11;
  UdpClient udp(endpoint_);
  const auto over_udp = udp.ask(notify);
  ASSERT_TRUE(over_udp);
  EXPECT_EQ(over_udp->flags, Message::kQr | 4 << 11);
  TcpClient tcp(endpoint_);
  for (int i = 0; i < 2; ++i) {
    tcp.send(notify);
    const auto over_tcp = tcp.receive();
    ASSERT_TRUE(over_tcp) << i;
    EXPECT_EQ(over_tcp->id, 7);
  }
  tcp.finish_sending();
  EXPECT_TRUE(tcp.has_ended()) << "no answer is owed any more";
  EXPECT_EQ(worker().counters().notifies.value(), 3U);
  workers_.clear();  // before the taker
}

TEST_F(WorkerTest, DrainAnswersWhatIsInFlightOverBothTransports) {
  start();
  UdpClient udp(endpoint_);
  TcpClient tcp(endpoint_);
  ASSERT_TRUE(udp.send(query_for("after300.u.example", "A", 1).encode()));
  ASSERT_TRUE(tcp.send(query_for("after300.t.example", "A", 2)));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  worker().begin_drain();
  worker().join();  // returns when all is answered
  const auto over_udp = udp.receive(100);
  ASSERT_TRUE(over_udp);
  const auto over_tcp = tcp.receive(100);
  ASSERT_TRUE(over_tcp);
  EXPECT_EQ(over_tcp->answer.size(), 1U);
}

TEST_F(WorkerTest, DrainIsBoundedByAClientThatKeepsAsking) {
  start();
  std::atomic<bool> enough = false;
  std::thread asker([&] {
    TcpClient tcp(endpoint_);
    for (int i = 0; !enough; ++i) {
      if (!tcp.send(query_for("after200.n" + std::to_string(i) + ".example", "A", 1))) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const auto begun = std::chrono::steady_clock::now();
  worker().begin_drain();
  worker().join();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(1'500));
  enough = true;
  asker.join();
}

TEST_F(WorkerTest, DrainIsBoundedWhenUpstreamIsSilent) {
  start();
  UdpClient client(endpoint_);
  ASSERT_TRUE(client.send(query_for("after60000.example.com").encode()));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto begun = std::chrono::steady_clock::now();
  worker().begin_drain();
  worker().join();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(2'500));
  const auto octets = client.receive(100);
  ASSERT_TRUE(octets);
  EXPECT_EQ(Message::read(*octets)->rcode, 2U);
}

TEST_F(WorkerTest, MayEndWithoutEverHavingStarted) { std::make_unique<Worker>(configuration_, clock_, nullptr); }

// Snapshots come while questions do: every question is answered, by the rules before or after, and in the end by the last.
TEST_F(WorkerTest, TakesSnapshotsUnderLoadWithoutLosingAQuestion) {
  start(2);
  support::Rules open = rules();
  open.lists.clear();
  const auto closed_snapshot = snapshot(2);
  std::atomic<bool> done = false;
  std::thread poster([&] {
    for (std::uint64_t generation = 3; !done; ++generation) {
      auto next = std::make_shared<Snapshot>(*(generation % 2 == 0 ? closed_snapshot : snapshot(generation, open)));
      next->generation = generation;
      for (auto& one : workers_) {
        one->post(std::shared_ptr<const Snapshot>(next));
        one->post(std::make_shared<const NeighbourTable>());
      }
      for (auto& one : workers_) static_cast<void>(one->counters().lookups.value());
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  std::vector<std::thread> clients;
  std::atomic<int> lost = 0, strange = 0;
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&] {
      for (int i = 0; i < 150; ++i) {
        UdpClient client(endpoint_);  // a new port each time: both workers are met
        const auto reply = client.ask(query_for(kBlockedName), 3'000);
        if (!reply) {
          ++lost;
        } else if (reply->answer != std::vector<std::string>{"bets.example. 10 IN A 10.0.0.2"} &&
                   (reply->rcode != 0 || reply->answer.size() != 1)) {
          ++strange;
        }
      }
    });
  }
  for (auto& client : clients) client.join();
  done = true;
  poster.join();
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(strange, 0);
  EXPECT_GT(workers_[0]->counters().lookups.value(), 0U);
  EXPECT_GT(workers_[1]->counters().lookups.value(), 0U);
  EXPECT_EQ(workers_[0]->counters().lookups.value() + workers_[1]->counters().lookups.value(), 600U);
}

TEST_F(WorkerTest, KeepsTheRulesInForceUntilTheNextOnesCome) {
  start();
  support::Rules open = rules();
  open.lists.clear();
  worker().post(snapshot(2, open));
  UdpClient client(endpoint_);
  std::string answer;
  for (int i = 0; i < 100 && answer != "bets.example. 300 IN A 192.0.2.1"; ++i) {
    const auto reply = client.ask(query_for(kBlockedName));
    ASSERT_TRUE(reply);
    answer = reply->answer.at(0);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(answer.substr(0, 13), "bets.example.");
  EXPECT_EQ(answer.substr(answer.size() - 9), "192.0.2.1");
}

}  // namespace
}  // namespace schoolgate::resolver
