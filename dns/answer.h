// Answer: what an upstream said, read strictly and built anew from the question's own chain. Nothing else an upstream
// sends can reach a client or the cache.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "dns/types.h"
#include "dns/wire.h"

namespace schoolgate::dns {

// One question as we ask it. Both a key of the cache and what a response must repeat.
struct Question {
  Name lower_qname;
  Type qtype{};
  bool dnssec_ok = false;  // the client wants DNSSEC records
  bool checking_disabled = false;
  bool operator==(const Question&) const = default;
};

struct Answer {
  Rcode rcode = Rcode::kNoError;
  // Header (id and flags left zero, counts set), question in lower case, answer and authority records, compressed;
  // no OPT. The question's name stands at octet 12, so that its case can be patched.
  std::vector<std::uint8_t> wire;
  std::vector<std::uint32_t> ttl_offsets;
  // Seconds this may be kept: the least TTL, or for a negative answer min(SOA TTL, MINIMUM) (RFC 2308 §5); 0: not at all.
  std::uint32_t lifetime_seconds = 0;
  // Names the asked one leads to, lower case, in order: CNAME and DNAME targets, SVCB and HTTPS TargetNames.
  std::vector<Name> targets;
};

inline constexpr std::uint32_t kMostTtlSeconds = 86'400;
inline constexpr std::uint32_t kMostNegativeTtlSeconds = 3'600;
inline constexpr std::size_t kMostChainLinks = 11;

// kInvalid with the reason when the message is malformed, is no answer to the question (a referral, a loop), or its
// rcode is neither NOERROR nor NXDOMAIN. REQUIRES: the caller has matched id, QR, opcode and question.
base::Result<Answer> parse_answer(std::span<const std::uint8_t> message, const Question& question);

// Calls visit(address octets: 4 or 16) for each A and AAAA record.
template <class Visit>
void for_each_address(const Answer& answer, Visit visit) {
  const std::span<const std::uint8_t> wire = answer.wire;
  for (const std::uint32_t at : answer.ttl_offsets) {  // type, class, TTL, size, data
    const auto type = static_cast<Type>(load_u16(wire.data() + at - 4));
    const std::size_t size = load_u16(wire.data() + at + 4);
    if ((type == Type::kA && size == 4) || (type == Type::kAaaa && size == 16)) visit(wire.subspan(at + 6, size));
  }
}

// The answer to a question whose name is an alias for `target`, of which `found` is known for `age_seconds`. The alias has the TTL
// given. kInvalid when it does not fit a message.
base::Result<Answer> answer_by_alias(const Question& question, const Name& target, std::uint32_t ttl_seconds,
                                     const Answer& found, std::uint32_t age_seconds);

}  // namespace schoolgate::dns

template <>
struct std::hash<schoolgate::dns::Question> {
  std::size_t operator()(const schoolgate::dns::Question& question) const noexcept {
    const auto more = (static_cast<std::uint64_t>(question.qtype) << 2) | (question.dnssec_ok ? 2U : 0U) |
                      (question.checking_disabled ? 1U : 0U);
    return static_cast<std::size_t>(schoolgate::dns::hash(question.lower_qname.wire(), more));
  }
};
