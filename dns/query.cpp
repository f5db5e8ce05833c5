#include "dns/query.h"

#include <algorithm>

#include "dns/message_reader.h"
#include "dns/wire.h"

namespace schoolgate::dns {
namespace {

constexpr std::uint16_t kLeastUdpSize = 512;
constexpr std::uint32_t kDnssecOk = 0x8000;
constexpr std::uint16_t kMostAdditionals = 16;  // a query has an OPT and perhaps a TSIG
constexpr std::uint16_t kMostNews = 16;         // records that a NOTIFY says have changed; one is usual
constexpr std::uint16_t kNotify = static_cast<std::uint16_t>(Opcode::kNotify) << header::kOpcodeShift;

struct Counts {
  std::uint16_t questions, answers, authorities, additionals;
};

Counts load_counts(std::span<const std::uint8_t> message) {
  const std::uint8_t* at = message.data() + 4;
  return {load_u16(at), load_u16(at + 2), load_u16(at + 4), load_u16(at + 6)};
}

bool read_question(MessageReader& reader, Query& query) {
  // No name stands before the question, so a pointer there can only be an attack.
  const auto qname = reader.uncompressed_name();
  if (!qname) return false;
  const auto qtype = reader.u16();
  const auto qclass = reader.u16();
  if (!qtype || !qclass) return false;
  query.qname = *qname;
  query.lower_qname = qname->lowered();
  query.qtype = static_cast<Type>(*qtype);
  query.qclass = static_cast<Class>(*qclass);
  query.has_question = true;
  return true;
}

bool options_are_whole(MessageReader reader, std::size_t end) {
  while (reader.offset() < end) {
    const auto code = reader.u16();
    const auto size = reader.u16();
    if (!code || !size || reader.offset() + *size > end || !reader.skip(*size)) return false;
  }
  return reader.offset() == end;
}

QueryFault read_opt(MessageReader& reader, const RecordView& opt, Query& query) {
  const bool seen_already = query.edns.has_value();
  if (seen_already || !opt.owner.is_root()) return QueryFault::kFormErr;  // RFC 6891 §6.1.1, §6.1.2
  Edns& edns = query.edns.emplace();
  edns.udp_size = std::max(static_cast<std::uint16_t>(opt.rclass), kLeastUdpSize);
  edns.dnssec_ok = (opt.ttl & kDnssecOk) != 0;
  if (!options_are_whole(MessageReader(reader.message(), opt.rdata), opt.rdata + opt.rdata_size)) {
    return QueryFault::kFormErr;
  }
  const auto version = static_cast<std::uint8_t>(opt.ttl >> 16);
  return version == 0 ? QueryFault::kNone : QueryFault::kBadVers;
}

QueryFault read_additionals(MessageReader& reader, std::uint16_t count, Query& query) {
  QueryFault fault = QueryFault::kNone;
  for (std::uint16_t i = 0; i < count; ++i) {
    const auto record = reader.record();
    if (!record) return QueryFault::kFormErr;
    if (record->type == Type::kTsig && i + 1 != count) return QueryFault::kFormErr;  // RFC 8945 §5.1
    if (record->type != Type::kOpt) continue;
    const QueryFault of_opt = read_opt(reader, *record, query);
    if (of_opt == QueryFault::kFormErr) return of_opt;
    if (of_opt != QueryFault::kNone) fault = of_opt;
  }
  return fault;
}

QueryFault parse_notify(std::span<const std::uint8_t> message, Query& query) {
  const Counts counts = load_counts(message);
  MessageReader reader(message, kHeaderOctets);
  if (counts.questions != 1 || !read_question(reader, query)) return QueryFault::kFormErr;
  if (counts.answers > kMostNews || counts.authorities > kMostNews || counts.additionals > kMostAdditionals) {
    return QueryFault::kFormErr;
  }
  for (int i = 0; i < counts.answers + counts.authorities; ++i) {
    if (!reader.record()) return QueryFault::kFormErr;
  }
  const QueryFault fault = read_additionals(reader, counts.additionals, query);
  return fault == QueryFault::kNone ? QueryFault::kNotify : fault;
}

}  // namespace

bool Query::is_notify() const { return (flags & header::kOpcodeMask) == kNotify; }
bool Query::recursion_desired() const { return (flags & header::kRd) != 0; }
bool Query::checking_disabled() const { return (flags & header::kCd) != 0; }

QueryFault parse_query(std::span<const std::uint8_t> message, Query& query) noexcept {
  query.has_question = false;
  query.edns.reset();
  if (message.size() < kHeaderOctets) return QueryFault::kDrop;
  query.id = load_u16(message.data());
  query.flags = load_u16(message.data() + 2);
  if ((query.flags & header::kQr) != 0) return QueryFault::kDrop;
  if ((query.flags & header::kOpcodeMask) != 0) {
    return query.is_notify() ? parse_notify(message, query) : QueryFault::kNotImp;
  }
  const Counts counts = load_counts(message);
  if (counts.questions != 1 || counts.answers != 0 || counts.authorities != 0) return QueryFault::kFormErr;
  MessageReader reader(message, kHeaderOctets);
  if (!read_question(reader, query)) return QueryFault::kFormErr;
  if (counts.additionals > kMostAdditionals) return QueryFault::kFormErr;
  return read_additionals(reader, counts.additionals, query);
}

}  // namespace schoolgate::dns
