#include "dns/reply.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "dns/wire.h"

namespace schoolgate::dns {
namespace {

constexpr std::uint16_t kQuestionPointer = 0xc000 | kHeaderOctets;
constexpr std::uint16_t kExtendedErrorOption = 15;  // RFC 8914 §2
constexpr std::uint32_t kHinfoTtlSeconds = 3600;

// Appends to a message; the caller made sure of the room.
class Appender {
 public:
  explicit Appender(std::span<std::uint8_t> out) : out_(out) { assert(out.size() >= kLeastReplyRoom); }

  void u8(std::uint8_t value) { out_[size_++] = value; }
  void u16(std::uint16_t value) {
    store_u16(out_.data() + size_, value);
    size_ += 2;
  }
  void u32(std::uint32_t value) {
    store_u32(out_.data() + size_, value);
    size_ += 4;
  }
  void octets(std::span<const std::uint8_t> octets) {
    std::memcpy(out_.data() + size_, octets.data(), octets.size());
    size_ += octets.size();
  }
  void count(std::size_t section, std::uint16_t value) { store_u16(out_.data() + 4 + 2 * section, value); }
  std::size_t size() const { return size_; }

 private:
  std::span<std::uint8_t> out_;
  std::size_t size_ = 0;
};

enum Section : std::size_t { kQuestions = 0, kAnswers = 1, kAuthorities = 2, kAdditionals = 3 };

// QR and RA set, opcode, RD and CD from the query (RFC 1035 §4.1.1, RFC 4035 §3.2.2); AA, AD and Z clear.
std::uint16_t reply_flags(const Query& query, Rcode rcode) {
  const auto copied = static_cast<std::uint16_t>(query.flags & (header::kOpcodeMask | header::kRd | header::kCd));
  return static_cast<std::uint16_t>(header::kQr | header::kRa | copied |
                                    (static_cast<std::uint16_t>(rcode) & header::kRcodeMask));
}

void put_head(Appender& out, const Query& query, Rcode rcode) {
  out.u16(query.id);
  out.u16(reply_flags(query, rcode));
  for (int section = 0; section < 4; ++section) out.u16(0);
  if (!query.has_question) return;
  out.count(kQuestions, 1);
  out.octets(query.qname.wire());
  out.u16(static_cast<std::uint16_t>(query.qtype));
  out.u16(static_cast<std::uint16_t>(query.qclass));
}

std::size_t opt_octets(const Query& query, std::optional<ExtendedError> extended) {
  if (!query.edns) return 0;
  return 11 + (extended ? 6 : 0);
}

void put_opt(Appender& out, const Query& query, Rcode rcode, std::optional<ExtendedError> extended) {
  if (!query.edns) return;  // RFC 6891 §7: no OPT to who sent none
  out.u8(0);
  out.u16(static_cast<std::uint16_t>(Type::kOpt));
  out.u16(static_cast<std::uint16_t>(kMostUdpOctets));
  out.u8(static_cast<std::uint8_t>(static_cast<std::uint16_t>(rcode) >> 4));
  out.u8(0);  // version
  out.u16(query.edns->dnssec_ok ? 0x8000 : 0);
  out.u16(extended ? 6 : 0);
  if (extended) {
    out.u16(kExtendedErrorOption);
    out.u16(2);
    out.u16(static_cast<std::uint16_t>(*extended));
  }
  out.count(kAdditionals, 1);
}

constexpr std::size_t kRecordHeadOctets = 12;  // with a pointer for its owner

void put_record_head(Appender& out, Type type, std::uint32_t ttl_seconds, std::size_t rdata_size) {
  out.u16(kQuestionPointer);
  out.u16(static_cast<std::uint16_t>(type));
  out.u16(static_cast<std::uint16_t>(Class::kIn));
  out.u32(ttl_seconds);
  out.u16(static_cast<std::uint16_t>(rdata_size));
}

// RFC 2308 §3: a negative answer is cached for min(TTL, MINIMUM) of its SOA; both are ours.
void put_soa(Appender& out, std::uint32_t ttl_seconds) {
  static constexpr std::uint8_t kServer[] = "\nschoolgate\7invalid";  // mname, with its root label
  static constexpr std::uint8_t kMailbox[] = "\nhostmaster";          // rname: hostmaster.<mname>
  const std::size_t mname_size = sizeof kServer;
  const std::size_t rname_size = sizeof kMailbox - 1 + 2;
  put_record_head(out, Type::kSoa, ttl_seconds, mname_size + rname_size + 20);
  const auto mname_at = static_cast<std::uint16_t>(out.size());
  out.octets({kServer, mname_size});
  out.octets({kMailbox, sizeof kMailbox - 1});
  out.u16(static_cast<std::uint16_t>(0xc000 | mname_at));
  out.u32(1);            // serial
  out.u32(3600);         // refresh
  out.u32(600);          // retry
  out.u32(86400);        // expire
  out.u32(ttl_seconds);  // minimum
  out.count(kAuthorities, 1);
}

}  // namespace

std::size_t udp_limit(const Query& query) {
  if (!query.edns) return 512;  // RFC 1035 §4.2.1
  return std::min<std::size_t>(query.edns->udp_size, kMostUdpOctets);
}

std::size_t write_error(const Query& query, Rcode rcode, std::optional<ExtendedError> extended,
                        std::span<std::uint8_t> out) noexcept {
  Appender message(out);
  put_head(message, query, rcode);
  put_opt(message, query, rcode, extended);
  return message.size();
}

std::size_t write_notify_answer(const Query& notify, Rcode rcode, std::span<std::uint8_t> out) noexcept {
  const std::size_t size = write_error(notify, rcode, std::nullopt, out);
  const auto flags = static_cast<std::uint16_t>(load_u16(out.data() + 2) & ~header::kRa);
  store_u16(out.data() + 2, rcode == Rcode::kNoError ? flags | header::kAa : flags);
  return size;
}

std::size_t write_address(const Query& query, std::span<const std::uint8_t> address, std::uint32_t ttl_seconds,
                          std::span<std::uint8_t> out) noexcept {
  Appender message(out);
  put_head(message, query, Rcode::kNoError);
  put_record_head(message, address.size() == 4 ? Type::kA : Type::kAaaa, ttl_seconds, address.size());
  message.octets(address);
  message.count(kAnswers, 1);
  put_opt(message, query, Rcode::kNoError, std::nullopt);
  return message.size();
}

std::size_t write_nodata(const Query& query, Rcode rcode, std::uint32_t ttl_seconds, std::span<std::uint8_t> out,
                         std::optional<ExtendedError> why) noexcept {
  Appender message(out);
  put_head(message, query, rcode);
  put_soa(message, ttl_seconds);
  put_opt(message, query, rcode, why);
  return message.size();
}

std::size_t write_truncated(const Query& query, std::span<std::uint8_t> out) noexcept {
  const std::size_t size = write_error(query, Rcode::kNoError, std::nullopt, out);
  out[2] = static_cast<std::uint8_t>(out[2] | (header::kTc >> 8));
  return size;
}

std::size_t write_local_data(const Query& query, std::span<const LocalRecord> records, std::uint32_t ttl_seconds,
                             std::size_t limit, std::span<std::uint8_t> out) noexcept {
  std::size_t whole = kHeaderOctets + query.qname.size() + 4 + opt_octets(query, std::nullopt);
  for (const LocalRecord& record : records) whole += kRecordHeadOctets + record.rdata.size();
  if (whole > std::min(limit, out.size())) return write_truncated(query, out);
  Appender message(out);
  put_head(message, query, Rcode::kNoError);
  for (const LocalRecord& record : records) {
    put_record_head(message, record.type, ttl_seconds, record.rdata.size());
    message.octets(record.rdata);
  }
  message.count(kAnswers, static_cast<std::uint16_t>(records.size()));
  put_opt(message, query, Rcode::kNoError, std::nullopt);
  return message.size();
}

std::size_t write_any(const Query& query, std::span<std::uint8_t> out) noexcept {
  static constexpr std::uint8_t kRdata[] = {7, 'R', 'F', 'C', '8', '4', '8', '2', 0};
  Appender message(out);
  put_head(message, query, Rcode::kNoError);
  put_record_head(message, Type::kHinfo, kHinfoTtlSeconds, sizeof kRdata);
  message.octets(kRdata);
  message.count(kAnswers, 1);
  put_opt(message, query, Rcode::kNoError, std::nullopt);
  return message.size();
}

std::size_t write_blocked(const Query& query, const BlockAddresses& block, ExtendedError why,
                          std::span<std::uint8_t> out) noexcept {
  Appender message(out);
  put_head(message, query, Rcode::kNoError);
  if (query.qtype == Type::kA) {
    put_record_head(message, Type::kA, block.ttl_seconds, block.ipv4.size());
    message.octets(block.ipv4);
    message.count(kAnswers, 1);
  } else if (query.qtype == Type::kAaaa && block.ipv6) {
    put_record_head(message, Type::kAaaa, block.ttl_seconds, block.ipv6->size());
    message.octets(*block.ipv6);
    message.count(kAnswers, 1);
  } else {
    put_soa(message, block.ttl_seconds);
  }
  put_opt(message, query, Rcode::kNoError, why);
  return message.size();
}

std::size_t write_answer(const Query& query, const Answer& answer, const Freshness& freshness, std::size_t limit,
                         std::span<std::uint8_t> out) noexcept {
  const std::size_t whole = answer.wire.size() + opt_octets(query, freshness.extended);
  Appender message(out);
  if (whole > limit || whole > out.size()) {
    put_head(message, query, answer.rcode);
    put_opt(message, query, answer.rcode, freshness.extended);
    out[2] = static_cast<std::uint8_t>(out[2] | (header::kTc >> 8));
    return message.size();
  }
  message.octets(answer.wire);
  store_u16(out.data(), query.id);
  store_u16(out.data() + 2, reply_flags(query, answer.rcode));
  std::memcpy(out.data() + kHeaderOctets, query.qname.wire().data(), query.qname.size());
  for (const std::uint32_t at : answer.ttl_offsets) {
    const std::uint32_t ttl = load_u32(out.data() + at);
    const std::uint32_t left = ttl > freshness.age_seconds ? ttl - freshness.age_seconds : 0;
    store_u32(out.data() + at, std::max(left, freshness.least_ttl_seconds));
  }
  put_opt(message, query, answer.rcode, freshness.extended);
  return message.size();
}

}  // namespace schoolgate::dns
