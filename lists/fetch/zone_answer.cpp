#include "lists/fetch/zone_answer.h"

#include <utility>

#include <fmt/format.h>

#include "dns/wire.h"
#include "lists/fetch/zone_copy.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Status;

constexpr std::size_t kQdcountAt = 4;
constexpr std::size_t kAncountAt = 6;
constexpr std::size_t kTypeAndClass = 4;

Error wrong(std::string why) { return Error(ErrorCode::kInvalid, std::move(why)); }

}  // namespace

ZoneAnswer::ZoneAnswer(const dns::Name& zone, std::optional<std::uint32_t> kept_serial, const Limits& limits)
    : zone_(zone), kept_serial_(kept_serial), limits_(limits) {}

Status ZoneAnswer::take(std::span<const std::uint8_t> message) {
  const Error broken = wrong("a message of the transfer cannot be read");
  if (message.size() < dns::kHeaderOctets) return broken;
  dns::MessageReader reader(message, dns::kHeaderOctets);
  for (unsigned left = dns::load_u16(&message[kQdcountAt]); left > 0; --left) {
    if (!reader.name() || !reader.skip(kTypeAndClass)) return broken;
  }
  const unsigned count = dns::load_u16(&message[kAncountAt]);
  const bool is_first = state_ == State::kStart;
  for (unsigned i = 0; i < count; ++i) {
    const auto record = reader.record();
    if (!record) return broken;
    auto transferred = to_transferred(reader, *record, zone_);
    if (!transferred) return transferred.error();
    if (auto status = take_record(std::move(*transferred)); !status) return status;
  }
  if (count == 0) return wrong("a message of the transfer has no records");
  // Up to date: one message with one record (RFC 1995 §2). A newer SOA alone may be the first of more.
  if (is_first && count == 1 && kept_serial_ && !is_newer(serial_, *kept_serial_)) {
    form_ = Form::kUpToDate;
    state_ = State::kEnd;
  }
  return {};
}

Status ZoneAnswer::count(const TransferredRecord& record) {
  octets_ += record.line.size() + 1;
  if (++record_count_ > limits_.records) return wrong(fmt::format("more than {} records", limits_.records));
  if (octets_ > limits_.octets) return wrong(fmt::format("more than {} octets of records", limits_.octets));
  return {};
}

Status ZoneAnswer::take_record(TransferredRecord record) {
  if (auto status = count(record); !status) return status;
  switch (state_) {
    case State::kStart:
      if (!record.serial)
        return wrong("the transfer begins with '" + record.line + "', and should with the zone's SOA");
      serial_ = *record.serial;
      soa_line_ = std::move(record.line);
      state_ = State::kSecond;
      return {};
    case State::kSecond:
      return take_second(std::move(record));
    case State::kWhole:
      return take_of_whole(std::move(record));
    case State::kGone:
      return take_gone(std::move(record));
    case State::kNew:
      return take_new(std::move(record));
    case State::kEnd:
      break;
  }
  return wrong("records come after the SOA that ends the transfer: '" + record.line + "'");
}

// Tells the forms apart.
Status ZoneAnswer::take_second(TransferredRecord record) {
  const bool is_of_kept = kept_serial_ && record.serial == kept_serial_;
  if (is_of_kept && serial_ != *kept_serial_) {
    form_ = Form::kChanges;
    version_ = *record.serial;
    state_ = State::kGone;
    return {};
  }
  form_ = Form::kWhole;
  state_ = State::kWhole;
  text_ = zone_head(zone_, soa_line_);
  return take_of_whole(std::move(record));
}

Status ZoneAnswer::take_of_whole(TransferredRecord record) {
  if (record.serial) return end(record.line);
  text_ += record.line;
  text_ += '\n';
  return {};
}

Status ZoneAnswer::take_gone(TransferredRecord record) {
  if (!record.serial) return changes_.remove(std::move(record.line));
  if (!is_newer(*record.serial, version_)) {
    return wrong(fmt::format("changes lead from version {} to {}, which is not newer", version_, *record.serial));
  }
  version_ = *record.serial;
  state_ = State::kNew;
  return {};
}

Status ZoneAnswer::take_new(TransferredRecord record) {
  if (!record.serial) return changes_.add(std::move(record.line));
  if (version_ == serial_) return end(record.line);
  if (*record.serial != version_) {
    return wrong(fmt::format("changes of version {} come after those that lead to {}", *record.serial, version_));
  }
  state_ = State::kGone;
  return {};
}

Status ZoneAnswer::end(const std::string& soa_line) {
  if (soa_line != soa_line_) {
    return wrong("a second SOA, '" + soa_line + "', that is not the one the transfer began with, '" + soa_line_ + "'");
  }
  state_ = State::kEnd;
  return {};
}

base::Result<std::string> ZoneAnswer::take_text(std::string_view kept_records) {
  if (form_ == Form::kWhole) return std::move(text_);
  auto records = changes_.apply(kept_records);
  if (!records) return records.error();
  std::string text = zone_head(zone_, soa_line_) + *records;
  if (text.size() > limits_.octets) return wrong(fmt::format("more than {} octets of records", limits_.octets));
  return text;
}

}  // namespace schoolgate::lists
