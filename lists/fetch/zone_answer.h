// The answer to AXFR (RFC 5936) and IXFR (RFC 1995): records over many messages, in the order that says what they mean.
//
//     whole        SOA 7   records…                                    SOA 7
//     changes      SOA 7   SOA 5 gone…  SOA 6 new…   SOA 6 gone…  SOA 7 new…   SOA 7
//     up to date   SOA 7                                               (the only message, to IXFR)
//
// An IXFR may be answered by any of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "dns/message_reader.h"
#include "dns/name.h"
#include "lists/fetch/zone_changes.h"
#include "lists/fetch/zone_record.h"

namespace schoolgate::lists {

class ZoneAnswer {
 public:
  enum class Form : std::uint8_t { kUnknown, kWhole, kChanges, kUpToDate };
  struct Limits {
    std::size_t octets = std::size_t{512} << 20;  // of the records as lines
    std::uint64_t records = 50'000'000;
  };

  // `kept_serial`: an IXFR was asked, from this version on. REQUIRES: `zone` in lower case.
  ZoneAnswer(const dns::Name& zone, std::optional<std::uint32_t> kept_serial, const Limits& limits);

  // The answer section of the next message. kInvalid for what no such answer is, or when it is over a limit.
  base::Status take(std::span<const std::uint8_t> message);
  // No more messages belong to it.
  bool is_complete() const { return state_ == State::kEnd; }

  // REQUIRES from here on: is_complete().
  Form form() const { return form_; }
  std::uint32_t serial() const { return serial_; }
  // The file of the zone (zone_copy.h), once; `kept_records` are the lines of the version that changes begin with.
  // kInvalid: the changes do not fit them. REQUIRES: not kUpToDate.
  base::Result<std::string> take_text(std::string_view kept_records);

 private:
  enum class State : std::uint8_t { kStart, kSecond, kWhole, kGone, kNew, kEnd };

  base::Status take_record(TransferredRecord record);
  base::Status take_second(TransferredRecord record);
  base::Status take_of_whole(TransferredRecord record);
  base::Status take_gone(TransferredRecord record);
  base::Status take_new(TransferredRecord record);
  base::Status end(const std::string& soa_line);
  base::Status count(const TransferredRecord& record);

  dns::Name zone_;
  std::optional<std::uint32_t> kept_serial_;
  Limits limits_;
  State state_ = State::kStart;
  Form form_ = Form::kUnknown;
  std::uint32_t serial_ = 0;
  std::string soa_line_;
  std::uint32_t version_ = 0;  // of changes: the one reached
  ZoneChanges changes_;
  std::string text_;  // of a whole zone
  std::uint64_t record_count_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace schoolgate::lists
