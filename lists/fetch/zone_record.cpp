#include "lists/fetch/zone_record.h"

#include <fmt/format.h>

#include "base/ip_address.h"
#include "dns/message_writer.h"
#include "dns/rdata.h"
#include "dns/wire.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;
using base::Result;
using dns::Name;
using dns::Type;

constexpr std::size_t kSoaNumbersOctets = 20;

// Anything but these could mean something in a zone file.
bool is_plain(std::uint8_t octet) {
  return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') || octet == '-' || octet == '_' ||
         octet == '*';
}

// The first `octets` of a name's wire form as labels with dots between; in lower case.
void append_labels(std::string& to, std::span<const std::uint8_t> wire) {
  for (std::size_t at = 0; at < wire.size() && wire[at] != 0; at += wire[at] + std::size_t{1}) {
    if (at > 0) to += '.';
    for (std::size_t i = at + 1; i <= at + wire[at]; ++i) {
      const std::uint8_t octet = dns::lower_octet(wire[i]);
      if (is_plain(octet)) {
        to += static_cast<char>(octet);
      } else {
        fmt::format_to(std::back_inserter(to), "\\{:03}", octet);
      }
    }
  }
}

void append_absolute(std::string& to, const Name& name) {
  append_labels(to, name.wire());
  to += '.';
}

// Owners stand in a zone file relative to its $ORIGIN: shorter, and read faster.
void append_owner(std::string& to, const Name& owner, const Name& zone) {
  if (owner.size() == zone.size()) {
    to += '@';
  } else {
    append_labels(to, owner.wire().first(owner.size() - zone.size()));
  }
}

bool append_one_name(std::string& to, dns::MessageReader reader, std::size_t end) {
  const auto name = reader.name();
  if (!name || reader.offset() != end) return false;
  append_absolute(to, *name);
  return true;
}

bool append_soa(TransferredRecord& record, dns::MessageReader reader, std::size_t end) {
  for (int i = 0; i < 2; ++i) {
    const auto name = reader.name();
    if (!name) return false;
    append_absolute(record.line, *name);
    record.line += ' ';
  }
  if (reader.offset() > end || end - reader.offset() != kSoaNumbersOctets) return false;
  const std::uint8_t* at = reader.message().data() + reader.offset();
  record.serial = dns::load_u32(at);
  for (std::size_t i = 0; i < kSoaNumbersOctets; i += 4) record.line += fmt::format("{} ", dns::load_u32(at + i));
  record.line.pop_back();
  return true;
}

bool append_address(std::string& to, std::span<const std::uint8_t> rdata, Type type) {
  if (type == Type::kA) {
    if (rdata.size() != 4) return false;
    to += base::IpAddress::v4(dns::load_u32(rdata.data())).to_text();
    return true;
  }
  std::array<std::uint8_t, 16> bytes{};
  if (rdata.size() != bytes.size()) return false;
  std::copy(rdata.begin(), rdata.end(), bytes.begin());
  to += base::IpAddress::v6(bytes).to_text();
  return true;
}

// "\# LENGTH HEX" (RFC 3597 §5).
bool append_unknown(std::string& to, const dns::MessageReader& message, const dns::RecordView& record) {
  dns::MessageWriter writer;
  if (!dns::copy_rdata(message, record, writer)) return false;
  const auto written = writer.take();
  const auto rdata = std::span(written).subspan(dns::kHeaderOctets + 2);
  fmt::format_to(std::back_inserter(to), "\\# {} ", rdata.size());
  for (const std::uint8_t octet : rdata) fmt::format_to(std::back_inserter(to), "{:02x}", octet);
  return true;
}

bool append_rdata(TransferredRecord& made, const dns::MessageReader& message, const dns::RecordView& record) {
  const std::size_t end = record.rdata + record.rdata_size;
  const dns::MessageReader reader(message.message().first(end), record.rdata);
  switch (record.type) {
    case Type::kSoa:
      return append_soa(made, reader, end);
    case Type::kCname:
    case Type::kNs:
    case Type::kPtr:
    case Type::kDname:
      return append_one_name(made.line, reader, end);
    case Type::kA:
    case Type::kAaaa:
      return append_address(made.line, message.message().subspan(record.rdata, record.rdata_size), record.type);
    default:
      return append_unknown(made.line, message, record);
  }
}

// Of a question or a message, and of no zone (RFC 6895 §3.1).
bool is_data(Type type) {
  const auto number = static_cast<std::uint16_t>(type);
  return number != 0 && type != Type::kOpt && (number < 128 || number > 255);
}

}  // namespace

Result<TransferredRecord> to_transferred(const dns::MessageReader& message, const dns::RecordView& record,
                                         const Name& zone) {
  const auto wrong = [&](std::string_view why) {
    return base::Error(ErrorCode::kInvalid,
                       fmt::format("the {} record of {} {}", dns::to_text(record.type), record.owner.to_text(), why));
  };
  if (!record.owner.lowered().is_at_or_below(zone)) return wrong("is not in the zone");
  if (record.rclass != dns::Class::kIn || !is_data(record.type)) return wrong("is none of a zone");
  TransferredRecord made;
  append_owner(made.line, record.owner, zone);
  made.line += ' ' + dns::to_text(record.type) + ' ';
  if (!append_rdata(made, message, record)) return wrong("cannot be read");
  if (made.serial && record.owner.size() != zone.size()) return wrong("is not at the zone's own name");
  return made;
}

}  // namespace schoolgate::lists
