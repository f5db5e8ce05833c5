// Any octets as an upstream's answer. The input's beginning chooses the question: a type, flags, and then the message, whose
// own question is taken for the name. What is rebuilt is a whole message, reads back as itself, and goes out in any size.
#include <array>

#include "dns/answer.h"
#include "dns/reply.h"
#include "tests/fuzz/expect.h"
#include "tests/support/wire.h"

namespace dns = schoolgate::dns;
using schoolgate::support::is_whole_message;

namespace {

constexpr std::array kTypes = {dns::Type::kA,  dns::Type::kAaaa, dns::Type::kHttps, dns::Type::kCname,
                               dns::Type::kMx, dns::Type::kSrv,  dns::Type::kNaptr, dns::Type::kSoa,
                               dns::Type::kRp, dns::Type::kTxt};

void check_rebuilt(const dns::Answer& answer, const dns::Question& question) {
  EXPECT_ALWAYS(is_whole_message(answer.wire));
  for (const std::uint32_t at : answer.ttl_offsets) {
    EXPECT_ALWAYS(at + 4 <= answer.wire.size() && dns::load_u32(answer.wire.data() + at) <= dns::kMostTtlSeconds);
  }
  EXPECT_ALWAYS(answer.lifetime_seconds <= dns::kMostTtlSeconds);
  // The header of the rebuilt message has no flags, so the rcode and AA of the original are put back.
  std::vector<std::uint8_t> again_wire = answer.wire;
  dns::store_u16(again_wire.data() + 2,
                 static_cast<std::uint16_t>(dns::header::kAa | static_cast<unsigned>(answer.rcode)));
  const auto again = dns::parse_answer(again_wire, question);
  EXPECT_ALWAYS(again.has_value());
  EXPECT_ALWAYS(again->targets == answer.targets && again->rcode == answer.rcode);
  EXPECT_ALWAYS(again->lifetime_seconds == answer.lifetime_seconds);
}

void check_replies(const dns::Answer& answer, const dns::Question& question) {
  dns::Query query;
  query.has_question = true;
  query.qname = query.lower_qname = question.lower_qname;
  query.qtype = question.qtype;
  query.qclass = dns::Class::kIn;
  query.edns = dns::Edns{1232, question.dnssec_ok};
  static std::array<std::uint8_t, 65'535> out;
  for (const std::size_t limit : {std::size_t{512}, dns::kMostUdpOctets, out.size()}) {
    const dns::Freshness freshness{static_cast<std::uint32_t>(limit), 0, dns::ExtendedError::kStaleAnswer};
    const std::size_t size = dns::write_answer(query, answer, freshness, limit, out);
    EXPECT_ALWAYS(size <= limit && is_whole_message(std::span(out).first(size)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  if (size < 2) return 0;
  const std::span<const std::uint8_t> message(octets + 2, size - 2);
  dns::MessageReader reader(message);
  if (!reader.skip(dns::kHeaderOctets)) return 0;
  const auto qname = reader.uncompressed_name();
  if (!qname) return 0;
  const dns::Question question{qname->lowered(), kTypes[octets[0] % kTypes.size()], (octets[1] & 1) != 0,
                               (octets[1] & 2) != 0};
  const auto answer = dns::parse_answer(message, question);
  if (!answer) return 0;
  check_rebuilt(*answer, question);
  check_replies(*answer, question);
  return 0;
}
