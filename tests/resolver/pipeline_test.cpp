// A batch on its journey. What becomes of one lookup is told by the scenarios.
#include "resolver/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>

#include "tests/support/fake_clock.h"
#include "tests/support/message.h"
#include "tests/support/rules.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::resolver {
namespace {

using support::Message;
using support::Octets;
using support::query_for;

// Keeps what is asked; answers when it is told to.
class SilentUpstream final : public Upstream {
 public:
  using Done = std::function<void(UpstreamOutcome)>;
  void ask(const dns::Question& question, Done done) override {
    asked.push_back(question.lower_qname.to_text());
    if (is_kept) waiting_.emplace_back(question, std::move(done));
  }
  void answer(const std::string& name, const std::vector<std::string>& records) {
    const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                    [&](const auto& one) { return one.first.lower_qname.to_text() == name; });
    ASSERT_NE(found, waiting_.end());
    const auto [question, done] = std::move(*found);
    waiting_.erase(found);
    Message message = query_for(name);
    message.flags = Message::kQr | Message::kRa;
    message.answer = records;
    done(dns::parse_answer(message.encode(), question).value());
  }
  std::vector<std::string> asked;
  bool is_kept = false;

 private:
  std::vector<std::pair<dns::Question, Done>> waiting_;
};

// Replies by the port of the client.
class Postbox final : public Responder {
 public:
  explicit Postbox(const history::JournalRing& journal) : journal_(journal) {}
  void send(const Client& client, std::span<const std::uint8_t> reply) override {
    EXPECT_GE(journal_.published(), replies.size() + 1) << "an answer that a client received is in the history";
    EXPECT_TRUE(replies.emplace(client.peer.port, *Message::read(reply)).second) << "two for " << client.peer.port;
  }
  void drop(const Client& client) override { dropped.push_back(client.peer.port); }
  std::map<std::uint16_t, Message> replies;
  std::vector<std::uint16_t> dropped;

 private:
  const history::JournalRing& journal_;
};

class PipelineTest : public testing::Test {
 protected:
  void adopt(support::Rules rules) {
    const auto snapshot = support::make_snapshot(rules, 1);
    ASSERT_TRUE(snapshot) << snapshot.error().message();
    ASSERT_TRUE(pipeline_.adopt(*snapshot));
  }
  // From the client with the next port.
  void add(Octets message, const char* address = "127.0.0.1") {
    messages_.push_back(std::move(message));
    Client client;
    client.peer = {*base::IpAddress::parse(address), static_cast<std::uint16_t>(messages_.size())};
    clients_.push_back(client);
  }
  void add(const std::string& name) {
    add(query_for(name, "A", static_cast<std::uint16_t>(messages_.size())).encode());
  }
  // All since the last time, in one batch.
  void answer_all() {
    std::vector<Datagram> batch;
    for (; answered_ < messages_.size(); ++answered_) batch.push_back({messages_[answered_], clients_[answered_]});
    pipeline_.answer(batch);
  }
  static support::Rules rules() {
    support::Rules made;
    made.policy = "default_group = \"pupils\"\n[[group]]\nid = \"pupils\"\nblock = [\"gambling\"]\n";
    made.lists = {{"bets", "gambling", {"bets.example", "@@fair.bets.example"}}};
    return made;
  }

  support::FakeClock clock_;
  Counters counters_;
  SilentUpstream upstream_;
  support::TemporaryFolder folder_;
  std::unique_ptr<history::JournalRing> journal_ =
      history::JournalRing::create(folder_.path(), {"node", "0123abcd", 0}, 1024).value();
  Postbox postbox_{*journal_};
  Pipeline pipeline_{{upstream_, postbox_, clock_, counters_, journal_.get()}};
  std::vector<Octets> messages_;
  std::vector<Client> clients_;
  std::size_t answered_ = 0;
};

// Some end before they are classified, and the others must not take their place.
TEST_F(PipelineTest, EachOfABatchGetsItsOwnAnswer) {
  adopt(rules());
  constexpr std::uint16_t kRounds = 20, kKinds = 6;
  for (std::uint16_t round = 0; round < kRounds; ++round) {
    const std::string number = std::to_string(round);
    add("n" + number + ".bets.example");
    add("localhost");
    add(Octets{1, 2, 3});
    add("n" + number + ".fair.bets.example");
    add(query_for("bets.example").encode(), "192.0.2.1");
    add("n" + number + ".good.example");
  }
  answer_all();
  EXPECT_EQ(postbox_.replies.size(), kRounds * 3U);
  ASSERT_EQ(upstream_.asked.size(), kRounds * 2U);
  for (std::uint16_t round = 0; round < kRounds; ++round) {
    const auto port = [&](std::uint16_t kind) { return static_cast<std::uint16_t>(round * kKinds + kind); };
    const std::string name = "n" + std::to_string(round) + ".bets.example";
    ASSERT_TRUE(postbox_.replies.contains(port(1)));
    EXPECT_EQ(postbox_.replies[port(1)].answer, std::vector<std::string>{name + ". 10 IN A 10.0.0.2"});
    EXPECT_EQ(postbox_.replies[port(2)].answer, std::vector<std::string>{"localhost. 3600 IN A 127.0.0.1"});
    EXPECT_EQ(postbox_.replies[port(5)].rcode, 5U) << "a stranger's";
    EXPECT_EQ(upstream_.asked[2 * round], "n" + std::to_string(round) + ".fair.bets.example");
    EXPECT_EQ(upstream_.asked[2 * round + 1], "n" + std::to_string(round) + ".good.example");
  }
  EXPECT_EQ(pipeline_.in_flight(), kRounds * 2U);
}

// Working memory is kept from batch to batch, and other rules may come between two of them.
TEST_F(PipelineTest, BatchesOfManySizesUnderChangingRules) {
  for (const std::size_t size : {70u, 3u, 150u, 1u, 70u}) {
    support::Rules now = rules();
    const bool is_blocked = size % 2 == 0;
    if (!is_blocked) now.lists[0].names = {"elsewhere.example"};
    adopt(now);
    const std::size_t before = postbox_.replies.size(), asked_before = upstream_.asked.size();
    for (std::size_t i = 0; i < size; ++i) add("n" + std::to_string(messages_.size()) + ".bets.example");
    answer_all();
    EXPECT_EQ(postbox_.replies.size() - before, is_blocked ? size : 0) << size;
    EXPECT_EQ(upstream_.asked.size() - asked_before, is_blocked ? 0 : size) << size;
  }
  EXPECT_EQ(journal_->published(), postbox_.replies.size());
}

// A question in flight keeps the rules it began with, also when its answer leads to another question.
TEST_F(PipelineTest, RulesMayChangeWhileAnAliasIsLookedFor) {
  support::Rules zone = rules();
  zone.lists = {{"zone", "gambling", {"$ORIGIN rpz.example.", "to.example CNAME garden.example."}, true}};
  adopt(zone);
  upstream_.is_kept = true;
  add("www.example");
  answer_all();
  adopt(rules());
  upstream_.answer("www.example", {"www.example. 300 IN CNAME to.example.", "to.example. 300 IN A 192.0.2.1"});
  ASSERT_EQ(upstream_.asked.back(), "garden.example");
  upstream_.answer("garden.example", {"garden.example. 300 IN A 192.0.2.2"});
  ASSERT_TRUE(postbox_.replies.contains(1));
  EXPECT_EQ(postbox_.replies[1].answer, (std::vector<std::string>{"www.example. 10 IN CNAME garden.example.",
                                                                  "garden.example. 300 IN A 192.0.2.2"}));
}

TEST_F(PipelineTest, ABatchWithNothingToClassify) {
  adopt(rules());
  pipeline_.answer(std::span<const Datagram>());
  add(Octets{});
  add("localhost");
  answer_all();
  EXPECT_EQ(postbox_.replies.size(), 1U);
}

TEST_F(PipelineTest, WithoutAnImageNoneOfABatchGoesUnfiltered) {
  support::Rules none = rules();
  none.has_image = false;
  adopt(none);
  for (const char* name : {"bets.example", "good.example", "localhost", "other.example"}) add(name);
  answer_all();
  for (const auto port : std::initializer_list<std::uint16_t>{1, 2, 4})
    EXPECT_EQ(postbox_.replies[port].rcode, 2U) << port;
  EXPECT_EQ(postbox_.replies[3].rcode, 0U);
  EXPECT_TRUE(upstream_.asked.empty());
}

// Answers each in one octet, its number.
class Taker final : public NotifyTaker {
 public:
  std::vector<std::uint8_t> take_notify(const dns::Query& notify, std::span<const std::uint8_t> message,
                                        const base::IpAddress& sender) override {
    taken.push_back(notify.lower_qname.to_text() + " from " + sender.to_text());
    messages.emplace_back(message.begin(), message.end());
    return {static_cast<std::uint8_t>(taken.size())};
  }
  std::vector<std::string> taken;
  std::vector<Octets> messages;
};

// Each reply, by the port of the client.
class Replies final : public Responder {
 public:
  void drop(const Client&) override {}
  void send(const Client& client, std::span<const std::uint8_t> reply) override {
    by_port[client.peer.port] = {reply.begin(), reply.end()};
  }
  std::map<std::uint16_t, Octets> by_port;
};

constexpr std::uint16_t kNotifyFlags = 4 << 11 | Message::kAa;

Message notify_of(const std::string& zone) {
  Message notify = query_for(zone, "SOA");
  notify.flags = kNotifyFlags;
  return notify;
}

class PipelineNotifyTest : public PipelineTest {
 protected:
  PipelineNotifyTest() {
    const auto snapshot = support::make_snapshot(rules(), 1);
    for (Pipeline* pipeline : {&taking_, &without_}) EXPECT_TRUE(pipeline->adopt(*snapshot));
  }
  void answer_all(Pipeline& pipeline) {
    std::vector<Datagram> batch;
    for (std::size_t i = 0; i < messages_.size(); ++i) batch.push_back({messages_[i], clients_[i]});
    pipeline.answer(batch);
  }

  Taker taker_;
  Replies replies_;
  Pipeline taking_{{upstream_, replies_, clock_, counters_, journal_.get(), &taker_}};
  Pipeline without_{{upstream_, replies_, clock_, counters_, journal_.get()}};
};

TEST_F(PipelineNotifyTest, OneIsHandedOnFromWhomeverAndNoLookup) {
  add("localhost");
  add(notify_of("RPZ.example").encode());
  add(notify_of("rpz.example").encode(), "192.0.2.1");
  add("bets.example");
  answer_all(taking_);
  EXPECT_EQ(taker_.taken, (std::vector<std::string>{"rpz.example from 127.0.0.1", "rpz.example from 192.0.2.1"}));
  EXPECT_EQ(taker_.messages, (std::vector<Octets>{messages_[1], messages_[2]}));
  EXPECT_EQ(replies_.by_port[2], Octets{1});
  EXPECT_EQ(replies_.by_port[3], Octets{2});
  EXPECT_EQ(Message::read(replies_.by_port[4])->answer, std::vector<std::string>{"bets.example. 10 IN A 10.0.0.2"});
  EXPECT_EQ(counters_.notifies.value(), 2U);
  EXPECT_EQ(counters_.lookups.value(), 2U);
  EXPECT_EQ(counters_.malformed.value(), 0U);
  EXPECT_EQ(journal_->published(), 2U) << "the history has the two lookups alone";
}

TEST_F(PipelineNotifyTest, WithoutATakerItIsNotImplemented) {
  add(notify_of("rpz.example").encode());
  answer_all(without_);
  const auto reply = Message::read(replies_.by_port[1]);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->rcode, 4U);
  EXPECT_EQ(reply->question->name, "rpz.example");
  EXPECT_EQ(journal_->published(), 0U);
}

TEST_F(PipelineNotifyTest, OneThatCannotBeReadIsNotHandedOn) {
  Message two = notify_of("rpz.example");
  Octets octets = two.encode();
  octets[5] = 2;
  Message later = notify_of("rpz.example");
  later.opt->version = 1;
  add(octets);
  add(octets, "192.0.2.1");
  add(later.encode());
  answer_all(taking_);
  EXPECT_TRUE(taker_.taken.empty());
  EXPECT_EQ(Message::read(replies_.by_port[1])->rcode, 1U);
  EXPECT_FALSE(replies_.by_port.contains(2)) << "a stranger's";
  EXPECT_EQ(Message::read(replies_.by_port[3])->rcode, 16U);
  EXPECT_EQ(counters_.malformed.value(), 3U);
  EXPECT_EQ(journal_->published(), 0U) << "its question is no lookup either";
}

}  // namespace
}  // namespace schoolgate::resolver
