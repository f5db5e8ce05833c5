// Which RDATA holds domain names, and where. Needed to take a record out of one message and put it into another
// (RFC 3597 §4: only the types of RFC 1035 may be sent compressed; some others were, and must be understood).
#pragma once

#include <optional>

#include "dns/message_reader.h"
#include "dns/message_writer.h"

namespace schoolgate::dns {

// Writes the record's RDATA, decompressed where it held names, with its length in front. False: the RDATA does not fit its type.
bool copy_rdata(const MessageReader& message, const RecordView& record, MessageWriter& out);

// The one name that a CNAME or DNAME record is about.
std::optional<Name> target_of_alias(const MessageReader& message, const RecordView& record);
// The TargetName of an SVCB or HTTPS record (RFC 9460 §2.2), when it is not the owner itself (".").
std::optional<Name> target_of_svcb(const MessageReader& message, const RecordView& record);
// Whose signature an RRSIG record is (RFC 4034 §3.1.1); nullopt for any other record.
std::optional<Type> covered_by_rrsig(const MessageReader& message, const RecordView& record);
// min(TTL, MINIMUM) of an SOA record.
std::optional<std::uint32_t> negative_ttl_of_soa(const MessageReader& message, const RecordView& record);

}  // namespace schoolgate::dns
