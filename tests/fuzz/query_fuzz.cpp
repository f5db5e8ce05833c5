// Any octets as a query: no fault but those of the table, and every reply to it is a whole message of a bounded size.
#include <array>

#include "dns/query.h"
#include "dns/reply.h"
#include "tests/fuzz/expect.h"
#include "tests/support/wire.h"

namespace dns = schoolgate::dns;

namespace {

using Room = std::array<std::uint8_t, dns::kLeastReplyRoom>;
constexpr std::size_t kOptOctets = 11, kExtendedErrorOctets = 6;

void check_reply(const dns::Query& query, const Room& out, std::size_t size) {
  EXPECT_ALWAYS(size <= out.size());
  const std::span<const std::uint8_t> reply(out.data(), size);
  EXPECT_ALWAYS(schoolgate::support::is_whole_message(reply));
  EXPECT_ALWAYS(dns::load_u16(reply.data()) == query.id);
  EXPECT_ALWAYS((reply[2] & 0x80) != 0);  // QR: nobody answers a reply
  dns::Query ignored;
  EXPECT_ALWAYS(dns::parse_query(reply, ignored) == dns::QueryFault::kDrop);
}

void check_good(const dns::Query& query, Room& out) {
  const dns::BlockAddresses block{{10, 0, 0, 2}, std::array<std::uint8_t, 16>{}, 10};
  check_reply(query, out, dns::write_blocked(query, block, dns::ExtendedError::kBlocked, out));
  check_reply(query, out, dns::write_nodata(query, dns::Rcode::kNxDomain, 60, out));
  check_reply(query, out, dns::write_address(query, *block.ipv6, 60, out));
  check_reply(query, out, dns::write_any(query, out));
  EXPECT_ALWAYS(dns::udp_limit(query) >= 512 && dns::udp_limit(query) <= dns::kMostUdpOctets);
  EXPECT_ALWAYS(query.lower_qname == query.qname.lowered());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  dns::Query query;
  const dns::QueryFault fault = dns::parse_query({octets, size}, query);
  if (fault == dns::QueryFault::kDrop) return 0;
  Room out{};
  const std::size_t error = dns::write_error(query, dns::Rcode::kBadVers, dns::ExtendedError::kOther, out);
  check_reply(query, out, error);
  EXPECT_ALWAYS(error <= size + kOptOctets + kExtendedErrorOctets);
  EXPECT_ALWAYS(query.is_notify() || fault != dns::QueryFault::kNotify);
  if (fault == dns::QueryFault::kNone) check_good(query, out);
  if (fault == dns::QueryFault::kNotify) {
    EXPECT_ALWAYS(query.has_question);
    const std::size_t taken = dns::write_notify_answer(query, dns::Rcode::kNoError, out);
    check_reply(query, out, taken);
    EXPECT_ALWAYS(taken <= size);  // nobody gains by having it sent to another
  }
  return 0;
}
