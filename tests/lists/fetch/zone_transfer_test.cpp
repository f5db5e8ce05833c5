#include "lists/fetch/zone_transfer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/lists/fetch/primary.h"
#include "tests/lists/fetch/tsig_peer.h"
#include "tests/lists/fetch/zone_messages.h"
#include "tests/lists/full_disk.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;
using How = ZoneTransferred::How;
using support::Message;
using support::Octets;

const std::string kOrigin = "$ORIGIN rpz.example.\n";

Octets reply(const Message& query, std::vector<std::string> answer, unsigned rcode = 0) {
  Message message = support::reply_to(query, std::move(answer), rcode);
  message.flags |= Message::kAa;
  return message.encode();
}

class ZoneTransfer : public testing::Test {
 protected:
  // What a primary of that version answers, a message each; to AXFR and IXFR alike when `changes` is empty.
  static Primary::Script serving(unsigned serial, std::vector<std::string> zone,
                                 std::vector<std::string> changes = {}) {
    return [=](const Message& query, const Octets&) {
      if (query.question->type == "SOA") return Primary::Reply{{reply(query, {soa(serial)})}};
      if (query.question->type == "IXFR" && !changes.empty()) return Primary::Reply{{reply(query, changes)}};
      return Primary::Reply{{reply(query, zone)}};
    };
  }
  // A good SOA, and then that.
  static Primary::Script but(std::function<Primary::Reply(const Message& query)> transfer) {
    return [transfer](const Message& query, const Octets&) {
      return query.question->type == "SOA" ? Primary::Reply{{reply(query, {soa(7)})}} : transfer(query);
    };
  }

  ZoneTransferRequest request(const Primary& primary, const std::string& scheme = "axfr") const {
    ZoneTransferRequest request;
    request.source = *dns::parse_zone_source(fmt::format("{}://127.0.0.1:{}/rpz.example", scheme, primary.port()));
    request.path = folder_.file("zone");
    request.stall_ms = 500;
    return request;
  }
  std::string text() const { return folder_.read("zone"); }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }
  void keep(unsigned serial, const std::string& records) const {
    folder_.write("zone", kOrigin + soa_line(serial) + records);
  }
  // The error of a transfer without the source in front; a zone kept before must be as it was.
  std::string error_of(const ZoneTransferRequest& request, ErrorCode code) const {
    const std::string before = text();
    const auto outcome = transfer_zone(request);
    if (outcome) return "transferred";
    EXPECT_EQ(outcome.error().code(), code) << outcome.error().message();
    EXPECT_EQ(text(), before);
    EXPECT_LE(files(), 1U) << "nothing is left behind";
    const std::string source = request.source.text + ": ";
    EXPECT_TRUE(outcome.error().message().starts_with(source)) << outcome.error().message();
    return outcome.error().message().substr(std::min(source.size(), outcome.error().message().size()));
  }
  std::string error_of(Primary::Script script, ErrorCode code) const {
    keep(5, "old CNAME .\n");
    const Primary primary(std::move(script));
    return error_of(request(primary), code);
  }

  support::TemporaryFolder folder_;
};

TEST_F(ZoneTransfer, WritesTheZone) {
  const Primary primary(serving(7, {soa(7), block("a"), block("*.b"), soa(7)}));
  const auto outcome = transfer_zone(request(primary));
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(outcome->how, How::kWhole);
  EXPECT_EQ(outcome->serial, 7U);
  EXPECT_EQ(text(), kOrigin + soa_line(7) + "a CNAME .\n*.b CNAME .\n");
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(primary.connections(), 1);
}

TEST_F(ZoneTransfer, AsksForNoZoneThatIsNotNewer) {
  for (const unsigned serial : {7U, 6U, 7U + 0x80000000U}) {
    keep(7, "old CNAME .\n");
    const Primary primary([serial](const Message& query, const Octets&) {
      EXPECT_EQ(query.question->type, "SOA");
      return Primary::Reply{{reply(query, {soa(serial)})}};
    });
    const auto outcome = transfer_zone(request(primary, "ixfr"));
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->how, How::kUnchanged);
    EXPECT_EQ(outcome->serial, 7U);
    EXPECT_EQ(outcome->primary_serial, serial);
    EXPECT_EQ(text(), kOrigin + soa_line(7) + "old CNAME .\n");
  }
}

TEST_F(ZoneTransfer, OfAnotherZoneOrADamagedFileBeginsAnew) {
  for (const std::string& kept : {std::string("$ORIGIN other.example.\n") + soa_line(9), std::string("\x01\x02")}) {
    folder_.write("zone", kept);
    const Primary primary(serving(7, {soa(7), block("a"), soa(7)}));
    ASSERT_EQ(transfer_zone(request(primary, "ixfr"))->how, How::kWhole);
    EXPECT_EQ(text(), kOrigin + soa_line(7) + "a CNAME .\n");
  }
}

TEST_F(ZoneTransfer, OfChangesChangesTheFile) {
  keep(5, "a CNAME .\nb CNAME .\n");
  const Primary primary([](const Message& query, const Octets& octets) {
    if (query.question->type == "SOA") return Primary::Reply{{reply(query, {soa(7)})}};
    EXPECT_EQ(query.question->type, "IXFR");
    EXPECT_EQ(query.authority, std::vector<std::string>{"rpz.example. 0 IN SOA . . 5 0 0 0 0"});
    EXPECT_EQ(octets[2] & 0x7b, 0) << "a query without RD";
    return Primary::Reply{{reply(query, {soa(7), soa(5), block("a"), soa(7), block("c"), soa(7)})}};
  });
  const auto outcome = transfer_zone(request(primary, "ixfr"));
  ASSERT_TRUE(outcome) << outcome.error().message();
  EXPECT_EQ(outcome->how, How::kChanges);
  EXPECT_EQ(outcome->why_whole, "");
  EXPECT_EQ(text(), kOrigin + soa_line(7) + "b CNAME .\nc CNAME .\n");
}

TEST_F(ZoneTransfer, AnIxfrMayBeAnsweredWhole) {
  keep(5, "a CNAME .\n");
  const Primary primary(serving(7, {soa(7), block("c"), soa(7)}));
  const auto outcome = transfer_zone(request(primary, "ixfr"));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->how, How::kWhole);
  EXPECT_EQ(primary.connections(), 1);
  EXPECT_EQ(text(), kOrigin + soa_line(7) + "c CNAME .\n");
}

TEST_F(ZoneTransfer, WithoutItsIxfrIsWhole) {
  const std::vector<std::string> zone = {soa(7), block("c"), soa(7)};
  const auto transferred = [&](std::function<Primary::Reply(const Message&)> ixfr) {
    keep(5, "a CNAME .\n");
    const Primary primary(but([&](const Message& query) {
      return query.question->type == "IXFR" ? ixfr(query) : Primary::Reply{{reply(query, zone)}};
    }));
    const auto outcome = transfer_zone(request(primary, "ixfr"));
    if (!outcome) return outcome.error().message();
    EXPECT_EQ(outcome->how, How::kWhole);
    EXPECT_EQ(text(), kOrigin + soa_line(7) + "c CNAME .\n");
    EXPECT_EQ(primary.connections(), 2);
    return outcome->why_whole;
  };
  EXPECT_EQ(transferred([](const Message& query) { return Primary::Reply{{reply(query, {}, 4)}}; }),
            "IXFR: the primary answers NOTIMP");
  EXPECT_EQ(transferred([](const Message&) {
              return Primary::Reply{{}, true};
            }),
            "IXFR: the primary ends the connection");
  EXPECT_EQ(transferred([](const Message&) { return Primary::Reply{}; }), "IXFR: the primary is silent for 500 ms");
  EXPECT_EQ(transferred([](const Message& query) {
              return Primary::Reply{{reply(query, {soa(7), soa(5), block("x"), soa(7), soa(7)})}};
            }),
            "IXFR: the changes do not fit the zone that we have: 'x CNAME .' is removed, and not there");
}

TEST_F(ZoneTransfer, ThatIsRefusedSaysWhatToDo) {
  const auto answering = [](unsigned rcode) {
    return [rcode](const Message& query) { return Primary::Reply{{reply(query, {}, rcode)}}; };
  };
  EXPECT_EQ(
      error_of(but(answering(5)), ErrorCode::kForbidden),
      "AXFR: the primary answers REFUSED: it must allow transfers of the zone to this machine, or to its TSIG key");
  EXPECT_EQ(error_of(but(answering(9)), ErrorCode::kForbidden),
            "AXFR: the primary answers NOTAUTH: it does not have the zone, or wants another TSIG key");
  EXPECT_EQ(error_of(but(answering(2)), ErrorCode::kUnavailable), "AXFR: the primary answers SERVFAIL");
  EXPECT_EQ(
      error_of([&](const Message& query, const Octets&) { return answering(5)(query); }, ErrorCode::kForbidden),
      "SOA: the primary answers REFUSED: it must allow transfers of the zone to this machine, or to its TSIG key");
}

TEST_F(ZoneTransfer, FromWhoHasNoAuthorityIsRefused) {
  const std::string none = "SOA: the primary has no authority for the zone: its answer is not one SOA, or not its own";
  const auto soa_answer = [&](std::vector<std::string> answer, std::uint16_t flags = Message::kAa) {
    return error_of(
        [=](const Message& query, const Octets&) {
          Message message = support::reply_to(query, answer);
          message.flags |= flags;
          return Primary::Reply{{message.encode()}};
        },
        ErrorCode::kInvalid);
  };
  EXPECT_EQ(soa_answer({soa(7)}, 0), none) << "without AA: a resolver's";
  EXPECT_EQ(soa_answer({}), none);
  EXPECT_EQ(soa_answer({soa(7), soa(8)}), none);
  EXPECT_EQ(soa_answer({block("a")}), none);
  EXPECT_EQ(soa_answer({"example. 300 IN SOA a. b. 7 1 1 1 1"}), none);
}

TEST_F(ZoneTransfer, ThatEndsEarlyLeavesTheZoneThatIsThere) {
  EXPECT_EQ(error_of(but([](const Message& query) {
                       return Primary::Reply{{reply(query, {soa(7), block("a")})}, true};
                     }),
                     ErrorCode::kUnavailable),
            "AXFR: the primary ends the connection");
  EXPECT_EQ(error_of(but([](const Message& query) {
                       return Primary::Reply{{reply(query, {soa(7), block("a"), soa(7)})}, true, false, 1};
                     }),
                     ErrorCode::kUnavailable),
            "AXFR: the primary ends the connection");
  EXPECT_EQ(error_of(but([](const Message& query) {
                       return Primary::Reply{{reply(query, {soa(7), block("a")})}};
                     }),
                     ErrorCode::kUnavailable),
            "AXFR: the primary is silent for 500 ms");
}

TEST_F(ZoneTransfer, OfOtherThanTheZoneLeavesTheZoneThatIsThere) {
  const auto answer = [&](std::vector<std::string> records) {
    return error_of(but([records](const Message& query) { return Primary::Reply{{reply(query, records)}}; }),
                    ErrorCode::kInvalid);
  };
  EXPECT_EQ(answer({block("a"), soa(7)}), "AXFR: the transfer begins with 'a CNAME .', and should with the zone's SOA");
  EXPECT_EQ(answer({soa(7), block("a"), soa(8)}).substr(0, 24), "AXFR: a second SOA, '@ S");
  EXPECT_EQ(answer({soa(7), "bad.example. 300 IN CNAME .", soa(7)}),
            "AXFR: the CNAME record of bad.example is not in the zone");
}

TEST_F(ZoneTransfer, OfMessagesThatAnswerNothingIsRefused) {
  const auto changed = [&](std::function<void(Message&)> change) {
    return error_of(but([change](const Message& query) {
                      Message message = support::reply_to(query, {soa(7), soa(7)});
                      message.flags |= Message::kAa;
                      change(message);
                      return Primary::Reply{{message.encode()}};
                    }),
                    ErrorCode::kInvalid);
  };
  EXPECT_EQ(changed([](Message& message) { ++message.id; }), "AXFR: a message that answers nothing we asked");
  EXPECT_EQ(changed([](Message& message) { message.flags ^= Message::kQr; }),
            "AXFR: a message that answers nothing we asked");
  EXPECT_EQ(changed([](Message& message) { message.flags |= 4 << 11; }),
            "AXFR: a message that answers nothing we asked");
  EXPECT_EQ(changed([](Message& message) { message.flags |= Message::kTc; }), "AXFR: a message cut short over TCP");
  EXPECT_EQ(changed([](Message& message) { message.question->type = "IXFR"; }),
            "AXFR: a message that answers another question");
  EXPECT_EQ(changed([](Message& message) { message.question->name = "other.example."; }),
            "AXFR: a message that answers another question");
  EXPECT_EQ(changed([](Message& message) { message.question.reset(); }),
            "AXFR: a message that answers another question");
  EXPECT_EQ(error_of(but([](const Message&) { return Primary::Reply{{Octets(11)}}; }), ErrorCode::kInvalid),
            "AXFR: a message without a header");
}

TEST_F(ZoneTransfer, LaterMessagesMayLeaveTheQuestionOut) {
  const Primary primary(but([](const Message& query) {
    return Primary::Reply{{reply(query, {soa(7)}), message_of({block("a")}, query.id), message_of({soa(7)}, query.id)}};
  }));
  ASSERT_TRUE(transfer_zone(request(primary)));
  EXPECT_EQ(text(), kOrigin + soa_line(7) + "a CNAME .\n");
}

TEST_F(ZoneTransfer, OfAZoneThatNeverEndsIsCutOff) {
  keep(5, "old CNAME .\n");
  const Primary primary(but([](const Message& query) {
    return Primary::Reply{{reply(query, {soa(7)}), reply(query, {block("a")})}, true, true};
  }));
  auto limited = request(primary);
  limited.limits.records = 1'000;
  EXPECT_EQ(error_of(limited, ErrorCode::kInvalid), "AXFR: more than 1000 records");
  limited.limits = {2'000, 1'000'000};
  EXPECT_EQ(error_of(limited, ErrorCode::kInvalid), "AXFR: more than 2000 octets of records");
  limited.limits = {};
  limited.total_ms = 300;
  EXPECT_EQ(error_of(limited, ErrorCode::kUnavailable), "AXFR: not done in the time it may take");
}

TEST_F(ZoneTransfer, OfNobodySaysSo) {
  keep(5, "old CNAME .\n");
  ZoneTransferRequest nobody;
  {
    const Primary primary(serving(7, {}));
    nobody = request(primary);
  }
  EXPECT_EQ(error_of(nobody, ErrorCode::kUnavailable), "connecting: cannot connect: Connection refused");
  nobody.source = *dns::parse_zone_source("axfr://nobody.invalid/rpz.example");
  EXPECT_TRUE(error_of(nobody, ErrorCode::kUnavailable).starts_with("connecting: no address of nobody.invalid: "));
}

TEST_F(ZoneTransfer, ToAFullDiskLeavesTheZoneThatIsThere) {
  keep(5, "old CNAME .\n");
  const Primary primary(serving(7, {soa(7), block("a"), soa(7)}));
  const FullDisk full(10);
  EXPECT_EQ(error_of(request(primary), ErrorCode::kUnavailable),
            "AXFR: cannot write " + folder_.file("zone") + ": File too large");
}

class SignedTransfer : public ZoneTransfer {
 protected:
  // Signs what `serving()` has, a message a record.
  Primary::Script signing(TsigPeer peer_template, std::vector<std::string> zone, std::size_t unsigned_at = 1'000) {
    auto peer = std::make_shared<TsigPeer>(std::move(peer_template));
    return [=](const Message& query, const Octets& octets) {
      EXPECT_TRUE(peer->take_question(octets));
      if (query.question->type == "SOA") return Primary::Reply{{peer->sign(reply(query, {soa(7)}))}};
      Primary::Reply made;
      for (std::size_t i = 0; i < zone.size(); ++i) {
        const Octets message = reply(query, {zone[i]});
        made.messages.push_back(i == unsigned_at ? message : peer->sign(message));
      }
      return made;
    };
  }
  ZoneTransferRequest signed_request(const Primary& primary,
                                     TsigAlgorithm algorithm = TsigAlgorithm::kHmacSha256) const {
    auto made = request(primary);
    made.key = tsig_key(algorithm);
    return made;
  }
  const std::vector<std::string> zone_ = {soa(7), block("a"), block("b"), soa(7)};
};

TEST_F(SignedTransfer, IsCheckedMessageByMessage) {
  for (const TsigAlgorithm algorithm : {TsigAlgorithm::kHmacSha256, TsigAlgorithm::kHmacSha512}) {
    const Primary primary(signing(TsigPeer(algorithm), zone_));
    keep(5, "");
    const auto outcome = transfer_zone(signed_request(primary, algorithm));
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(text(), kOrigin + soa_line(7) + "a CNAME .\nb CNAME .\n");
  }
}

TEST_F(SignedTransfer, WithAnUnsignedEndIsRefused) {
  keep(5, "old CNAME .\n");
  const Primary primary(signing(TsigPeer(), zone_, 3));
  EXPECT_EQ(error_of(signed_request(primary), ErrorCode::kForbidden),
            "AXFR: the last message of the primary's answer is not signed with TSIG");
}

TEST_F(SignedTransfer, WithAMessageSlippedInIsRefused) {
  keep(5, "old CNAME .\n");
  const Primary primary(signing(TsigPeer(), zone_, 1));
  EXPECT_EQ(error_of(signed_request(primary), ErrorCode::kForbidden),
            "AXFR: the TSIG of the primary's answer is wrong: another secret, or somebody changed it on the way");
}

TEST_F(SignedTransfer, FromWhoDoesNotSignIsRefused) {
  keep(5, "old CNAME .\n");
  const Primary primary(serving(7, zone_));
  EXPECT_EQ(error_of(signed_request(primary), ErrorCode::kForbidden),
            "SOA: the primary's answer is not signed with TSIG");
  const Primary refusing([](const Message& query, const Octets&) { return Primary::Reply{{reply(query, {}, 5)}}; });
  EXPECT_EQ(
      error_of(signed_request(refusing), ErrorCode::kForbidden),
      "SOA: the primary answers REFUSED: it must allow transfers of the zone to this machine, or to its TSIG key");
}

}  // namespace
}  // namespace schoolgate::lists
