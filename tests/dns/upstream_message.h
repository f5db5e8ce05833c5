// What an upstream says, in the words of a zone file, and what parse_answer makes of it.
#pragma once

#include <string>
#include <vector>

#include "dns/answer.h"
#include "tests/support/message.h"
#include "tests/support/wire.h"

namespace schoolgate::dns {

using Lines = std::vector<std::string>;

enum class DnssecOk { kNo, kYes };

struct UpstreamMessage {
  std::string question = "www.example";
  std::string type = "A";
  Lines answer = {};
  Lines authority = {};
  Lines additional = {};
  unsigned rcode = 0;
  bool authoritative = false;

  std::vector<std::uint8_t> encode() const {
    support::Message message;
    message.flags = static_cast<std::uint16_t>(support::Message::kQr | support::Message::kRa | rcode |
                                               (authoritative ? support::Message::kAa : 0));
    message.question = support::Message::Question{question, type, "IN"};
    message.answer = answer;
    message.authority = authority;
    message.additional = additional;
    message.opt = support::Message::Opt{};
    return message.encode();
  }
  Question asked(DnssecOk dnssec_ok = DnssecOk::kNo) const {
    return {Name::parse(question)->lowered(), *parse_type(type), dnssec_ok == DnssecOk::kYes, false};
  }
};

// An Answer as ldns reads it back.
struct Rebuilt {
  bool ok = false;
  std::string error;
  unsigned rcode = 0;
  std::uint32_t lifetime_seconds = 0;
  Lines targets;
  Lines answer, authority, additional;
};

inline Rebuilt rebuilt_from(const std::vector<std::uint8_t>& octets, const Question& question) {
  Rebuilt rebuilt;
  const auto answer = parse_answer(octets, question);
  if (!answer) {
    rebuilt.error = answer.error().message();
    return rebuilt;
  }
  EXPECT_TRUE(support::is_whole_message(answer->wire));
  const auto message = support::Message::read(answer->wire);
  EXPECT_TRUE(message);
  if (!message) return rebuilt;
  EXPECT_EQ(message->flags, 0);
  EXPECT_FALSE(message->opt);
  rebuilt.ok = true;
  rebuilt.rcode = static_cast<unsigned>(answer->rcode);
  rebuilt.lifetime_seconds = answer->lifetime_seconds;
  for (const Name& target : answer->targets) rebuilt.targets.push_back(target.to_text());
  rebuilt.answer = message->answer;
  rebuilt.authority = message->authority;
  rebuilt.additional = message->additional;
  return rebuilt;
}

inline Rebuilt rebuilt_from(const UpstreamMessage& said, DnssecOk dnssec_ok = DnssecOk::kNo) {
  return rebuilt_from(said.encode(), said.asked(dnssec_ok));
}

}  // namespace schoolgate::dns
