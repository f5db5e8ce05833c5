// The forwarder against name servers that are slow, wrong, hostile or dead.
#include "resolver/forwarder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "tests/support/scripted_server.h"

namespace schoolgate::resolver {
namespace {

using support::Message;
using support::Octets;
using support::reply_to;
using support::ScriptedServer;
using Replies = std::vector<ScriptedServer::Reply>;

constexpr const char* kRight = "192.0.2.1";
constexpr const char* kPoison = "203.0.113.66";

std::string record(const Message& query, const std::string& address) {
  return query.question->name + " 300 IN A " + address;
}

Octets right(const Message& query) { return reply_to(query, {record(query, kRight)}).encode(); }

struct Asked {
  UpstreamOutcome outcome = tl::unexpected(UpstreamFailure{});
  std::int64_t took_ms = 0;

  // The addresses that reached us, whatever section they came in.
  bool holds(const char* address) const {
    if (!outcome) return false;
    const auto octets = base::IpAddress::parse(address)->bytes();
    const auto& wire = outcome->wire;
    return std::search(wire.begin(), wire.end(), octets.begin() + 12, octets.end()) != wire.end();
  }
};

class ForwarderTest : public testing::Test {
 protected:
  static UpstreamZone zone(const std::vector<base::Endpoint>& servers) { return {dns::Name(), servers}; }

  void use(const std::vector<base::Endpoint>& servers) {
    forwarder_ = std::make_unique<Forwarder>(loop_, clock_, zone(servers), std::vector<UpstreamZone>());
  }

  Asked ask(const std::string& name, dns::Type qtype = dns::Type::kA) {
    Asked asked;
    const auto start_us = clock_.steady_us();
    bool returned = false;
    forwarder_->ask({dns::Name::parse(name)->lowered(), qtype, false, false}, [&](UpstreamOutcome outcome) {
      EXPECT_TRUE(returned) << "the callback came from inside ask()";
      asked.outcome = std::move(outcome);
      asked.took_ms = (clock_.steady_us() - start_us) / 1'000;
      loop_.stop();
    });
    returned = true;
    loop_.run();
    return asked;
  }

  // One good server that first sends what `wrong` makes of the query.
  using Wrong = std::function<Octets(const Message&)>;
  Asked ask_after(const Wrong& wrong) {
    const ScriptedServer server([&wrong](const ScriptedServer::Query& query) {
      return query.tcp ? Replies() : Replies{{wrong(query.message)}, {right(query.message), 30}};
    });
    use({server.endpoint()});
    return ask("www.example.com");
  }

  const base::SystemClock clock_;
  uv::Loop loop_;
  std::unique_ptr<Forwarder> forwarder_;
};

TEST_F(ForwarderTest, TakesAnAnswer) {
  const ScriptedServer server(support::good());
  use({server.endpoint()});
  const Asked asked = ask("www.example.com");
  EXPECT_TRUE(asked.holds(kRight));
  ASSERT_EQ(server.count(), 1U);
  const auto query = server.queries()[0];
  EXPECT_FALSE(query.tcp);
  EXPECT_EQ(query.message.flags, Message::kRd);
  ASSERT_TRUE(query.message.opt);
  EXPECT_EQ(query.message.opt->udp_size, 1232);
  EXPECT_FALSE(query.message.opt->dnssec_ok);
}

struct WrongCase {
  const char* name;
  std::function<Octets(const Message&)> wrong;
};

class WrongAnswerFirst : public ForwarderTest, public testing::WithParamInterface<WrongCase> {};

TEST_P(WrongAnswerFirst, IsNotBelievedAndTheRightOneIsStillTaken) {
  const Asked asked = ask_after(GetParam().wrong);
  EXPECT_FALSE(asked.holds(kPoison));
  EXPECT_TRUE(asked.holds(kRight));
  EXPECT_LT(asked.took_ms, 350) << "the right answer came after 30 ms";
}

Message poisoned(const Message& query) { return reply_to(query, {record(query, kPoison)}); }

Octets with_flags(const Message& query, std::uint16_t set, std::uint16_t clear) {
  Message reply = poisoned(query);
  reply.flags = static_cast<std::uint16_t>((reply.flags | set) & ~clear);
  return reply.encode();
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongAnswerFirst,
    testing::Values(WrongCase{"id",
                              [](const Message& query) {
                                Message reply = poisoned(query);
                                reply.id ^= 1;
                                return reply.encode();
                              }},
                    WrongCase{"name",
                              [](const Message& query) {
                                Message reply = poisoned(query);
                                reply.question->name = "www.example.net";
                                return reply.encode();
                              }},
                    WrongCase{"type",
                              [](const Message& query) {
                                Message reply = poisoned(query);
                                reply.question->type = "AAAA";
                                return reply.encode();
                              }},
                    WrongCase{"class",
                              [](const Message& query) {
                                Message reply = poisoned(query);
                                reply.question->qclass = "CH";
                                return reply.encode();
                              }},
                    WrongCase{"no_question",
                              [](const Message& query) {
                                Message reply = poisoned(query);
                                reply.question.reset();
                                return reply.encode();
                              }},
                    WrongCase{"query_bit", [](const Message& query) { return with_flags(query, 0, Message::kQr); }},
                    WrongCase{"opcode", [](const Message& query) { return with_flags(query, 0x2000, 0); }},
                    WrongCase{"short",
                              [](const Message& query) {
                                Octets octets = poisoned(query).encode();
                                octets.resize(11);
                                return octets;
                              }},
                    WrongCase{"header_only",
                              [](const Message& query) {
                                Octets octets = poisoned(query).encode();
                                octets.resize(12);
                                return octets;
                              }},
                    WrongCase{"empty", [](const Message&) { return Octets(); }}),
    [](const auto& instance) { return std::string(instance.param.name); });

TEST_F(ForwarderTest, LeavesOutWhatNobodyAskedFor) {
  const ScriptedServer server([](const ScriptedServer::Query& query) {
    Message reply = reply_to(query.message, {record(query.message, kRight)});
    reply.answer.push_back(std::string("bank.example. 300 IN A ") + kPoison);
    reply.authority.push_back("example.com. 300 IN NS ns.evil.example.");
    reply.additional.push_back(std::string("www.bank.example. 300 IN A ") + kPoison);
    return Replies{{reply.encode()}};
  });
  use({server.endpoint()});
  const Asked asked = ask("www.example.com");
  EXPECT_TRUE(asked.holds(kRight));
  EXPECT_FALSE(asked.holds(kPoison));
}

// 0x20: an answer whose question lost its case may be forged; over TCP nobody off the path can speak.
TEST_F(ForwarderTest, GoesToTcpWhenTheCaseIsLost) {
  const ScriptedServer server([](const ScriptedServer::Query& query) {
    Message reply = reply_to(query.message, {record(query.message, query.tcp ? kRight : kPoison)});
    for (char& letter : reply.question->name) letter = static_cast<char>(std::tolower(letter));
    return Replies{{reply.encode()}};
  });
  use({server.endpoint()});
  const Asked first = ask("a-long-name-with-many-letters.example.com");
  EXPECT_TRUE(first.holds(kRight));
  EXPECT_FALSE(first.holds(kPoison));
  ASSERT_EQ(server.count(), 2U);
  EXPECT_TRUE(server.queries()[1].tcp);

  // A server that loses the case over TCP too is not asked in mixed case again: one question is enough from now on.
  ask("another-long-name-with-many-letters.example.com");
  ASSERT_EQ(server.count(), 3U);
  EXPECT_FALSE(server.queries()[2].tcp);
  EXPECT_EQ(server.queries()[2].message.question->name, "another-long-name-with-many-letters.example.com");
}

TEST_F(ForwarderTest, GoesToTcpWhenTheAnswerIsCut) {
  const ScriptedServer server([](const ScriptedServer::Query& query) {
    Message reply = reply_to(query.message, {});
    if (!query.tcp) {
      reply.flags |= Message::kTc;
    } else {
      for (int i = 1; i < 255; ++i) reply.answer.push_back(record(query.message, "192.0.2." + std::to_string(i)));
    }
    return Replies{{reply.encode()}};
  });
  use({server.endpoint()});
  const Asked asked = ask("www.example.com");
  EXPECT_TRUE(asked.holds("192.0.2.254"));
  const auto queries = server.queries();
  ASSERT_EQ(queries.size(), 2U);
  EXPECT_TRUE(queries[1].tcp);
  EXPECT_EQ(queries[1].message.question->type, "A");
}

TEST_F(ForwarderTest, SomebodyWhoGuessesIsLeftForTcp) {
  const ScriptedServer server([](const ScriptedServer::Query& query) {
    if (query.tcp) return Replies{{right(query.message)}};
    Replies guesses;
    for (std::uint16_t i = 1; i <= 200; ++i) {
      Message guess = poisoned(query.message);
      guess.id = static_cast<std::uint16_t>(guess.id + i);
      guesses.push_back({guess.encode()});
    }
    guesses.push_back({poisoned(query.message).encode(), 200});  // the guess that would hit
    return guesses;
  });
  use({server.endpoint()});
  const Asked asked = ask("www.example.com");
  EXPECT_TRUE(asked.holds(kRight));
  EXPECT_FALSE(asked.holds(kPoison));
}

TEST_F(ForwarderTest, ASilentServerCostsFourHundredMilliseconds) {
  const ScriptedServer slow(support::silent());
  const ScriptedServer quick(support::good());
  use({slow.endpoint(), quick.endpoint()});
  const Asked first = ask("one.example.com");
  EXPECT_TRUE(first.holds(kRight));
  EXPECT_GE(first.took_ms, 350);
  EXPECT_LT(first.took_ms, 700);
  // The next question goes to who answers.
  const Asked second = ask("two.example.com");
  EXPECT_TRUE(second.holds(kRight));
  EXPECT_LT(second.took_ms, 200);
  EXPECT_EQ(slow.count(), 1U);
}

TEST_F(ForwarderTest, ALateAnswerOfTheFirstServerIsTaken) {
  const ScriptedServer late([](const ScriptedServer::Query& query) { return Replies{{right(query.message), 600}}; });
  const ScriptedServer never(support::silent());
  use({late.endpoint(), never.endpoint()});
  const Asked asked = ask("www.example.com");
  EXPECT_TRUE(asked.holds(kRight));
  EXPECT_GE(asked.took_ms, 550);
  EXPECT_LT(asked.took_ms, 1'000);
}

TEST_F(ForwarderTest, ALostDatagramIsSentAgainToTheOnlyServer) {
  int seen = 0;
  const ScriptedServer server([&seen](const ScriptedServer::Query& query) {
    return ++seen == 1 ? Replies() : Replies{{right(query.message)}};
  });
  use({server.endpoint()});
  const Asked asked = ask("www.example.com");
  EXPECT_TRUE(asked.holds(kRight));
  EXPECT_LT(asked.took_ms, 700);
  const auto queries = server.queries();
  ASSERT_EQ(queries.size(), 2U);
  // One outstanding question: a second socket or id would double a spoofer's chances.
  EXPECT_EQ(queries[0].port, queries[1].port);
  EXPECT_EQ(queries[0].message.encode(), queries[1].message.encode());
}

TEST_F(ForwarderTest, ARefusedPortSendsItToTheNextAtOnce) {
  const base::Endpoint nobody{base::IpAddress::v4(0x7f000001), support::free_port()};
  const ScriptedServer server(support::good());
  use({nobody, server.endpoint()});
  const Asked asked = ask("www.example.com");
  EXPECT_TRUE(asked.holds(kRight));
  EXPECT_LT(asked.took_ms, 200);
}

struct RefusalCase {
  const char* name;
  std::function<Replies(const ScriptedServer::Query&)> script;
};

class Unusable : public ForwarderTest, public testing::WithParamInterface<RefusalCase> {};

TEST_P(Unusable, SendsTheQuestionToTheNextServerAtOnce) {
  const ScriptedServer bad(GetParam().script);
  const ScriptedServer server(support::good());
  use({bad.endpoint(), server.endpoint()});
  const Asked asked = ask("www.example.com");
  EXPECT_TRUE(asked.holds(kRight));
  EXPECT_LT(asked.took_ms, 300);
  for (const auto& view : forwarder_->servers()) {
    const bool is_bad = view.server->endpoint() == bad.endpoint();
    EXPECT_EQ(view.server->counts().failed.value(), is_bad ? 1U : 0U) << "one failure is counted once";
    // Who spoke is well, whatever it said: a name may be broken. Who hung up is not.
    const bool hung_up = std::string_view(GetParam().name).starts_with("tcp_closed");
    EXPECT_EQ(view.server->is_trusted(clock_.steady_us()), !(is_bad && hung_up));
  }
}

TEST_P(Unusable, AloneIsAnExtendedErrorAtOnce) {
  const ScriptedServer bad(GetParam().script);
  use({bad.endpoint()});
  const Asked asked = ask("www.example.com");
  ASSERT_FALSE(asked.outcome);
  EXPECT_LT(asked.took_ms, 400);
  const auto why = asked.outcome.error().why;
  EXPECT_TRUE(why == dns::ExtendedError::kNoReachableAuthority || why == dns::ExtendedError::kNetworkError);
}

ScriptedServer::Script over_tcp(std::function<ScriptedServer::Reply(const Message&)> reply) {
  return [reply = std::move(reply)](const ScriptedServer::Query& query) {
    if (query.tcp) return Replies{reply(query.message)};
    Message cut = reply_to(query.message, {});
    cut.flags |= Message::kTc;
    return Replies{{cut.encode()}};
  };
}

INSTANTIATE_TEST_SUITE_P(
    Table, Unusable,
    testing::Values(RefusalCase{"servfail", support::failing(2)}, RefusalCase{"refused", support::failing(5)},
                    RefusalCase{"formerr", support::failing(1)}, RefusalCase{"notimp", support::failing(4)},
                    RefusalCase{"unknown_rcode", support::failing(11)},
                    RefusalCase{"formerr_without_the_question",
                                [](const ScriptedServer::Query& query) {
                                  Message reply;
                                  reply.id = query.message.id;
                                  reply.flags = Message::kQr | 1;
                                  return Replies{{reply.encode()}};
                                }},
                    RefusalCase{"referral",
                                [](const ScriptedServer::Query& query) {
                                  Message reply = reply_to(query.message, {});
                                  reply.authority.push_back("com. 300 IN NS a.gtld-servers.net.");
                                  return Replies{{reply.encode()}};
                                }},
                    RefusalCase{"alias_loop",
                                [](const ScriptedServer::Query& query) {
                                  const std::string name = query.message.question->name;
                                  return Replies{{reply_to(query.message, {name + " 300 IN CNAME a.example.",
                                                                           "a.example. 300 IN CNAME " + name + "."})
                                                      .encode()}};
                                }},
                    RefusalCase{"oversized",
                                [](const ScriptedServer::Query& query) {
                                  Message reply = reply_to(query.message, {});
                                  for (int i = 0; i < 500; ++i) reply.answer.push_back(record(query.message, kRight));
                                  return Replies{{reply.encode()}};
                                }},
                    RefusalCase{"counts_lie",
                                [](const ScriptedServer::Query& query) {
                                  Octets octets = right(query.message);
                                  octets[7] = 200;
                                  return Replies{{octets}};
                                }},
                    RefusalCase{"tcp_closed_at_once", over_tcp([](const Message& query) {
                                  return ScriptedServer::Reply{right(query), 0, 0};
                                })},
                    RefusalCase{"tcp_closed_midway", over_tcp([](const Message& query) {
                                  return ScriptedServer::Reply{right(query), 0, 20};
                                })},
                    RefusalCase{"tcp_wrong_id", over_tcp([](const Message& query) {
                                  Message reply = reply_to(query, {record(query, kPoison)});
                                  reply.id ^= 0x80;
                                  return ScriptedServer::Reply{reply.encode()};
                                })}),
    [](const auto& instance) { return std::string(instance.param.name); });

TEST_F(ForwarderTest, AFailureDoesNotCountAgainstAServerThatWasJustAsked) {
  const ScriptedServer late_refusal([](const ScriptedServer::Query& query) {
    return Replies{{reply_to(query.message, {}, 2).encode(), 450}};
  });
  const ScriptedServer steady([](const ScriptedServer::Query& query) { return Replies{{right(query.message), 200}}; });
  const ScriptedServer third(support::silent());
  use({late_refusal.endpoint(), steady.endpoint(), third.endpoint()});
  EXPECT_TRUE(ask("www.example.com").holds(kRight));
  for (const auto& view : forwarder_->servers()) {
    if (view.server->endpoint() == steady.endpoint()) {
      EXPECT_EQ(view.server->counts().failed.value(), 0U);
    }
  }
}

TEST_F(ForwarderTest, WithEveryServerSilentTheFailureComesInTime) {
  const ScriptedServer one(support::silent());
  const ScriptedServer two(support::silent());
  use({one.endpoint(), two.endpoint()});
  const Asked asked = ask("www.example.com");
  ASSERT_FALSE(asked.outcome);
  EXPECT_EQ(asked.outcome.error().why, dns::ExtendedError::kNoReachableAuthority);
  EXPECT_GE(asked.took_ms, 1'700);
  EXPECT_LT(asked.took_ms, 2'000);
  EXPECT_EQ(one.count() + two.count(), 4U);
}

TEST_F(ForwarderTest, WithEveryPortRefusedTheFailureComesAtOnce) {
  use({{base::IpAddress::v4(0x7f000001), support::free_port()},
       {base::IpAddress::v4(0x7f000001), support::free_port()}});
  const Asked asked = ask("www.example.com");
  ASSERT_FALSE(asked.outcome);
  EXPECT_EQ(asked.outcome.error().why, dns::ExtendedError::kNetworkError);
  EXPECT_LT(asked.took_ms, 400);
}

TEST_F(ForwarderTest, WithoutAServerTheFailureComesAtOnce) {
  use({});
  const Asked asked = ask("www.example.com");
  ASSERT_FALSE(asked.outcome);
  EXPECT_LT(asked.took_ms, 100);
}

TEST_F(ForwarderTest, RecoversAsSoonAsAServerAnswersAgain) {
  std::atomic<bool> dead = true;
  const ScriptedServer server(
      [&dead](const ScriptedServer::Query& query) { return dead ? Replies() : Replies{{right(query.message)}}; });
  use({server.endpoint()});
  ASSERT_FALSE(ask("one.example.com").outcome);
  dead = false;
  const Asked asked = ask("two.example.com");
  EXPECT_TRUE(asked.holds(kRight));
  EXPECT_LT(asked.took_ms, 200);
}

TEST_F(ForwarderTest, AsksTheServersOfTheLongestZoneThatCoversTheName) {
  const ScriptedServer everything(support::good());
  const ScriptedServer school(support::good());
  const ScriptedServer lab(support::good());
  const auto zone_of = [](const char* name, const ScriptedServer& server) {
    return UpstreamZone{*dns::Name::parse(name), {server.endpoint()}};
  };
  forwarder_ = std::make_unique<Forwarder>(
      loop_, clock_, zone({everything.endpoint()}),
      std::vector<UpstreamZone>{zone_of("lab.school.internal", lab), zone_of("school.internal", school)});
  ask("pc7.lab.school.internal");
  ask("printer.school.internal");
  ask("school.internal");
  ask("notschool.internal");
  EXPECT_EQ(lab.count(), 1U);
  EXPECT_EQ(school.count(), 2U);
  EXPECT_EQ(everything.count(), 1U);
}

TEST_F(ForwarderTest, NoTwoQueriesLookAlikeFromOutside) {
  constexpr std::size_t kQueries = 200;
  const ScriptedServer server(support::good());
  use({server.endpoint()});
  for (std::size_t i = 0; i < kQueries; ++i) ask("a-name-with-enough-letters.example.com");
  std::set<std::uint16_t> ids, ports, differences;
  std::set<std::string> spellings;
  std::size_t upper = 0, letters = 0;
  std::uint16_t last = 0;
  for (const auto& query : server.queries()) {
    ids.insert(query.message.id);
    ports.insert(query.port);
    differences.insert(static_cast<std::uint16_t>(query.message.id - last));
    last = query.message.id;
    spellings.insert(query.message.question->name);
    for (const char letter : query.message.question->name) {
      if (std::isalpha(static_cast<unsigned char>(letter)) != 0) ++letters;
      if (std::isupper(static_cast<unsigned char>(letter)) != 0) ++upper;
    }
  }
  ASSERT_EQ(server.count(), kQueries);
  // Of 200 random 16-bit numbers, five pairs that meet are a one in a million chance.
  EXPECT_GE(ids.size(), kQueries - 5);
  EXPECT_GE(differences.size(), kQueries - 5) << "ids follow a pattern";
  EXPECT_GE(ports.size(), kQueries - 20);
  EXPECT_GE(spellings.size(), kQueries - 5);
  EXPECT_NEAR(static_cast<double>(upper) / static_cast<double>(letters), 0.5, 0.05);
}

TEST_F(ForwarderTest, TheProbeAsksEachServerForItsOwnZone) {
  const ScriptedServer one(support::good());
  const ScriptedServer two(support::silent());
  const ScriptedServer school(support::good());
  forwarder_ =
      std::make_unique<Forwarder>(loop_, clock_, zone({one.endpoint(), two.endpoint()}),
                                  std::vector<UpstreamZone>{{*dns::Name::parse("school"), {school.endpoint()}}});
  forwarder_->probe();
  uv::Timer enough(loop_, [this] { loop_.stop(); });
  enough.start(300);
  loop_.run();
  for (const ScriptedServer* server : {&one, &two, &school}) {
    ASSERT_EQ(server->count(), 1U);
    EXPECT_EQ(server->queries()[0].message.question->type, "NS");
  }
  EXPECT_EQ(one.queries()[0].message.question->name, ".");
  EXPECT_EQ(two.queries()[0].message.question->name, ".");
  EXPECT_EQ(dns::Name::parse(school.queries()[0].message.question->name)->lowered().to_text(), "school");
}

TEST_F(ForwarderTest, ManyQuestionsAtOnceEachGetTheirOwnAnswer) {
  const ScriptedServer server(support::good());
  use({server.endpoint()});
  int left = 300;
  for (int i = 0; i < 300; ++i) {
    const dns::Name name = *dns::Name::parse("n" + std::to_string(i) + ".example.com");
    forwarder_->ask({name, dns::Type::kA, false, false}, [&, name](const UpstreamOutcome& outcome) {
      ASSERT_TRUE(outcome);
      const auto wire = name.wire();
      EXPECT_TRUE(std::equal(wire.begin(), wire.end(), outcome->wire.begin() + 12));
      if (--left == 0) loop_.stop();
    });
  }
  loop_.run();
  EXPECT_EQ(left, 0);
}

TEST_F(ForwarderTest, MayBeDestroyedWithQuestionsInFlight) {
  const ScriptedServer server(support::silent());
  use({server.endpoint()});
  forwarder_->ask({*dns::Name::parse("www.example.com"), dns::Type::kA, false, false},
                  [](const UpstreamOutcome&) { FAIL() << "nobody is there to take this"; });
  uv::Timer soon(loop_, [this] {
    forwarder_.reset();
    loop_.stop();
  });
  soon.start(50);
  loop_.run();
}

}  // namespace
}  // namespace schoolgate::resolver
