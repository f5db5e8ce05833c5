#include "lists/fetch/zone_transfer.h"

#include <sodium.h>

#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "dns/message_writer.h"
#include "dns/wire.h"
#include "lists/fetch/tsig.h"
#include "lists/fetch/zone_connection.h"
#include "lists/fetch/zone_copy.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using dns::Type;
using How = ZoneTransferred::How;
using Octets = std::vector<std::uint8_t>;

constexpr std::size_t kFlagsAt = 2;
constexpr std::size_t kQdcountAt = 4;
constexpr std::size_t kAncountAt = 6;
constexpr std::size_t kNscountAt = 8;
constexpr unsigned kSoaNumbers = 5;

std::uint64_t now_seconds() { return static_cast<std::uint64_t>(std::time(nullptr)); }

// One question to the primary and the messages of its answer, each checked before anybody reads it.
class Exchange {
 public:
  // REQUIRES: all three outlive this.
  Exchange(ZoneConnection& connection, const dns::Name& zone, const std::optional<TsigKey>& key)
      : connection_(connection), zone_(zone) {
    if (key) tsig_.emplace(*key);
  }

  // `kept_serial`: of IXFR, the version that changes are wanted from.
  Status ask(Type qtype, std::optional<std::uint32_t> kept_serial) {
    qtype_ = qtype;
    id_ = static_cast<std::uint16_t>(::randombytes_uniform(0x10000));
    dns::MessageWriter writer;
    writer.set_u16(0, id_);
    writer.set_u16(kQdcountAt, 1);
    writer.name(zone_, dns::MessageWriter::Compress::kNo);
    writer.u16(static_cast<std::uint16_t>(qtype));
    writer.u16(static_cast<std::uint16_t>(dns::Class::kIn));
    if (kept_serial) write_kept_soa(writer, *kept_serial);
    Octets question = writer.take();
    if (tsig_) tsig_->sign(question, now_seconds());
    return connection_.send(question);
  }

  Result<Octets> next() {
    auto message = connection_.receive();
    if (!message) return message;
    if (auto status = check(*message); !status) return status.error();
    return message;
  }

  // After the last message.
  Status finish() const { return tsig_ ? tsig_->finish() : Status(); }

 private:
  // RFC 1995 §3: the SOA of our version in the authority section, of which a primary reads the serial.
  void write_kept_soa(dns::MessageWriter& writer, std::uint32_t serial) const {
    writer.set_u16(kNscountAt, 1);
    writer.name(zone_, dns::MessageWriter::Compress::kNo);
    writer.u16(static_cast<std::uint16_t>(Type::kSoa));
    writer.u16(static_cast<std::uint16_t>(dns::Class::kIn));
    writer.u32(0);  // TTL
    writer.u16(1 + 1 + kSoaNumbers * 4);
    for (int i = 0; i < 2; ++i) writer.name(dns::Name(), dns::MessageWriter::Compress::kNo);
    writer.u32(serial);
    for (unsigned i = 1; i < kSoaNumbers; ++i) writer.u32(0);
  }

  Status check(const Octets& message) {
    if (message.size() < dns::kHeaderOctets) return Error(ErrorCode::kInvalid, "a message without a header");
    const std::uint16_t flags = dns::load_u16(&message[kFlagsAt]);
    const bool is_reply = (flags & dns::header::kQr) != 0 && (flags & dns::header::kOpcodeMask) == 0;
    if (!is_reply || dns::load_u16(message.data()) != id_) {
      return Error(ErrorCode::kInvalid, "a message that answers nothing we asked");
    }
    const auto rcode = static_cast<dns::Rcode>(flags & dns::header::kRcodeMask);
    if (tsig_) {
      // A refusal need not be signed; of what it says, only why is taken.
      auto status = tsig_->take(message, now_seconds());
      if (!status && (rcode == dns::Rcode::kNoError || has_tsig(message))) return status;
    }
    if (rcode != dns::Rcode::kNoError) return refused(rcode);
    if ((flags & dns::header::kTc) != 0) return Error(ErrorCode::kInvalid, "a message cut short over TCP");
    return check_question(message);
  }

  // The primary's word for why it wants no such TSIG comes in one.
  static bool has_tsig(const Octets& message) { return dns::load_u16(&message[dns::kHeaderOctets - 2]) > 0; }

  static Error refused(dns::Rcode rcode) {
    const std::string said = "the primary answers " + dns::to_text(rcode);
    if (rcode == dns::Rcode::kRefused) {
      return Error(ErrorCode::kForbidden,
                   said + ": it must allow transfers of the zone to this machine, or to its TSIG key");
    }
    if (rcode == dns::Rcode::kNotAuth) {
      return Error(ErrorCode::kForbidden, said + ": it does not have the zone, or wants another TSIG key");
    }
    return Error(ErrorCode::kUnavailable, said);
  }

  // Later messages may leave it out (RFC 5936 §2.2.1).
  Status check_question(const Octets& message) {
    const Error another(ErrorCode::kInvalid, "a message that answers another question");
    const unsigned count = dns::load_u16(&message[kQdcountAt]);
    if (count == 0 && !is_first_) return {};
    is_first_ = false;
    dns::MessageReader reader(message, dns::kHeaderOctets);
    const auto name = reader.name();
    const auto qtype = name ? reader.u16() : std::nullopt;
    if (count != 1 || !qtype || name->lowered() != zone_ || *qtype != static_cast<std::uint16_t>(qtype_))
      return another;
    return {};
  }

  ZoneConnection& connection_;
  const dns::Name& zone_;
  std::optional<TsigStream> tsig_;
  Type qtype_{};
  std::uint16_t id_ = 0;
  bool is_first_ = true;
};

class Transfer {
 public:
  explicit Transfer(const ZoneTransferRequest& request)
      : request_(request),
        patience_{std::chrono::steady_clock::now() + std::chrono::milliseconds(request.total_ms), request.stall_ms},
        kept_(read_zone_copy(request.path, request.source.zone, request.limits.octets)) {}

  Result<ZoneTransferred> run() {
    if (auto status = open(); !status) return status.error();
    const auto primary_serial = ask_serial();
    if (!primary_serial) return primary_serial.error();
    outcome_.primary_serial = *primary_serial;
    if (kept_ && !is_newer(*primary_serial, kept_->serial)) return unchanged();
    if (request_.source.kind != dns::ZoneSource::Kind::kIxfr || !kept_) return fetch(Type::kAxfr);
    auto changed = fetch(Type::kIxfr);
    if (changed) return changed;
    outcome_.why_whole = changed.error().message();
    if (auto status = open(); !status) return status.error();
    return fetch(Type::kAxfr);
  }

 private:
  // In the place of the one before: primaries count how many a secondary has.
  Status open() {
    connection_.reset();
    auto connection = ZoneConnection::open(request_.source.host, request_.source.port, patience_);
    if (!connection) return connection.error().within("connecting");
    connection_.emplace(std::move(*connection));
    return {};
  }

  Result<std::uint32_t> ask_serial() {
    Exchange exchange(*connection_, request_.source.zone, request_.key);
    const auto serial = read_serial(exchange);
    if (!serial) return serial.error().within("SOA");
    return serial;
  }

  Result<std::uint32_t> read_serial(Exchange& exchange) const {
    if (auto status = exchange.ask(Type::kSoa, std::nullopt); !status) return status.error();
    const auto message = exchange.next();
    if (!message) return message.error();
    if (auto status = exchange.finish(); !status) return status.error();
    const Error none(ErrorCode::kInvalid,
                     "the primary has no authority for the zone: its answer is not one SOA, or not its own");
    const std::uint16_t flags = dns::load_u16(&(*message)[kFlagsAt]);
    if ((flags & dns::header::kAa) == 0 || dns::load_u16(&(*message)[kAncountAt]) != 1) return none;
    dns::MessageReader reader(*message, dns::kHeaderOctets);
    if (!reader.name() || !reader.skip(4)) return none;
    const auto record = reader.record();
    if (!record) return none;
    const auto soa = to_transferred(reader, *record, request_.source.zone);
    if (!soa || !soa->serial) return none;
    return *soa->serial;
  }

  Result<ZoneTransferred> fetch(Type qtype) {
    auto stored = fetch_and_store(qtype);
    if (!stored) return stored.error().within(dns::to_text(qtype));
    return stored;
  }

  Result<ZoneTransferred> fetch_and_store(Type qtype) {
    const auto kept_serial = qtype == Type::kIxfr ? std::optional(kept_->serial) : std::nullopt;
    Exchange exchange(*connection_, request_.source.zone, request_.key);
    if (auto status = exchange.ask(qtype, kept_serial); !status) return status.error();
    ZoneAnswer answer(request_.source.zone, kept_serial, request_.limits);
    while (!answer.is_complete()) {
      const auto message = exchange.next();
      if (!message) return message.error();
      if (auto status = answer.take(*message); !status) return status.error();
    }
    if (auto status = exchange.finish(); !status) return status.error();
    return store(answer);
  }

  // A primary may have an older version again since it told its SOA, as one of several behind an address.
  Result<ZoneTransferred> store(ZoneAnswer& answer) {
    if (kept_ && !is_newer(answer.serial(), kept_->serial)) return unchanged();
    const auto text = answer.take_text(kept_ ? kept_->records() : std::string_view());
    if (!text) return text.error();
    if (auto status = base::replace_file(request_.path, *text); !status) return status.error();
    outcome_.how = answer.form() == ZoneAnswer::Form::kChanges ? How::kChanges : How::kWhole;
    outcome_.serial = answer.serial();
    return outcome_;
  }

  Result<ZoneTransferred> unchanged() {
    outcome_.how = How::kUnchanged;
    outcome_.serial = kept_->serial;
    return outcome_;
  }

  const ZoneTransferRequest& request_;
  const ZoneConnection::Patience patience_;
  const std::optional<ZoneCopy> kept_;
  std::optional<ZoneConnection> connection_;
  ZoneTransferred outcome_;
};

}  // namespace

Result<ZoneTransferred> transfer_zone(const ZoneTransferRequest& request) {
  auto outcome = Transfer(request).run();
  if (!outcome) return outcome.error().within(request.source.text);
  return outcome;
}

}  // namespace schoolgate::lists
