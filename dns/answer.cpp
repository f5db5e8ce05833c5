#include "dns/answer.h"

#include <algorithm>
#include <optional>
#include <string>

#include "dns/message_reader.h"
#include "dns/message_writer.h"
#include "dns/rdata.h"
#include "dns/wire.h"

namespace schoolgate::dns {
namespace {

using base::Error;
using base::ErrorCode;

// More records than any honest answer of one UDP or TCP message to a stub has; bounds the work of the chain walk.
constexpr std::size_t kMostRecords = 2'000;
constexpr std::size_t kMostMessageOctets = 65'535;
constexpr std::uint32_t kTopBit = 0x8000'0000;

struct Sections {
  std::vector<RecordView> answer;  // owners lower case
  std::vector<RecordView> authority;
};

std::optional<std::vector<RecordView>> read_section(MessageReader& reader, std::uint16_t count) {
  std::vector<RecordView> records;
  if (count > kMostRecords) return std::nullopt;
  for (std::uint16_t i = 0; i < count; ++i) {
    auto record = reader.record();
    if (!record) return std::nullopt;
    if (record->rclass != Class::kIn) continue;
    record->owner.lower();
    if ((record->ttl & kTopBit) != 0) record->ttl = 0;  // RFC 2181 §8
    record->ttl = std::min(record->ttl, kMostTtlSeconds);
    records.push_back(*record);
  }
  return records;
}

// The upper bits of the rcode, which stand in the OPT record (RFC 6891 §6.1.3); nullopt: a record does not parse.
std::optional<std::uint16_t> read_upper_rcode(MessageReader& reader, std::uint16_t additionals) {
  std::uint16_t upper = 0;
  if (additionals > kMostRecords) return std::nullopt;
  for (std::uint16_t i = 0; i < additionals; ++i) {
    const auto record = reader.record();
    if (!record) return std::nullopt;
    if (record->type == Type::kOpt) upper = static_cast<std::uint16_t>(record->ttl >> 24);
  }
  return upper;
}

// Where `name` leads under a DNAME above it (RFC 6672 §2.2); nullopt when that is no name.
std::optional<Name> substituted(const MessageReader& message, const RecordView& dname, const Name& name) {
  const auto target = target_of_alias(message, dname);
  if (!target) return std::nullopt;
  const auto kept = name.wire().first(name.size() - dname.owner.size());
  std::vector<std::uint8_t> wire(kept.begin(), kept.end());
  wire.insert(wire.end(), target->wire().begin(), target->wire().end());
  auto joined = Name::from_wire(wire);
  if (joined) joined->lower();
  return joined;
}

std::optional<Name> first_alias(const MessageReader& message, const std::vector<RecordView>& records,
                                const Name& owner) {
  const auto found = std::find_if(records.begin(), records.end(), [&](const RecordView& record) {
    return record.type == Type::kCname && record.owner == owner;
  });
  if (found == records.end()) return std::nullopt;
  auto target = target_of_alias(message, *found);
  if (target) target->lower();
  return target;
}

// Walks the chain from the question, keeping what belongs to it, and writes the answer anew.
class Rebuild {
 public:
  Rebuild(const MessageReader& message, const Question& question) : message_(message), question_(question) {
    out_.set_u16(4, 1);
    out_.name(question.lower_qname, MessageWriter::Compress::kYes);
    out_.u16(static_cast<std::uint16_t>(question.qtype));
    out_.u16(static_cast<std::uint16_t>(Class::kIn));
  }

  base::Result<Answer> run(Rcode rcode, bool authoritative, const Sections& sections) {
    auto end_of_chain = follow_chain(sections.answer);
    if (!end_of_chain) return end_of_chain.error();
    answer_.rcode = rcode;
    const bool positive = has_asked_data_ && rcode == Rcode::kNoError;
    const auto denied = take_authority(sections.authority, *end_of_chain);
    if (broken_) return Error(ErrorCode::kInvalid, "a record's data does not fit its type");
    if (!positive && !denied && answers_ == 0 && rcode == Rcode::kNoError && !authoritative &&
        is_referral(sections.authority)) {
      return Error(ErrorCode::kInvalid, "a referral, not an answer");
    }
    answer_.lifetime_seconds = positive ? least_ttl_ : denied ? std::min(least_ttl_, *denied) : 0;
    if (!positive) answer_.lifetime_seconds = std::min(answer_.lifetime_seconds, kMostNegativeTtlSeconds);
    out_.set_u16(6, answers_);
    out_.set_u16(8, authorities_);
    answer_.wire = out_.take();
    if (answer_.wire.size() > kMostMessageOctets) return Error(ErrorCode::kInvalid, "too large once rebuilt");
    return std::move(answer_);
  }

 private:
  // The chain's last name. Aliases are followed only as far as the records in hand go.
  base::Result<Name> follow_chain(const std::vector<RecordView>& records) {
    Name at = question_.lower_qname;
    std::vector<Name> seen{at};
    for (std::size_t link = 0; link <= kMostChainLinks; ++link) {
      take_dname_above(records, at);
      const auto next = take_owned_by(records, at);
      if (!next) return at;
      at = *next;
      if (std::find(seen.begin(), seen.end(), at) != seen.end()) {
        return Error(ErrorCode::kInvalid, "an alias loop at " + at.to_text());
      }
      seen.push_back(at);
      answer_.targets.push_back(at);
    }
    return Error(ErrorCode::kInvalid, "more than " + std::to_string(kMostChainLinks) + " aliases in a row");
  }

  // Puts the records of `owner` that answer the question; returns where an alias leads, when it is one.
  std::optional<Name> take_owned_by(const std::vector<RecordView>& records, const Name& owner) {
    std::optional<Name> next;
    for (const RecordView& record : records) {
      if (!(record.owner == owner)) continue;
      const bool asked = record.type == question_.qtype;
      if (!asked && record.type == Type::kCname && !next) {
        next = target_of_alias(message_, record);
        broken_ = broken_ || !next;
        if (next) next->lower();
        put(record, answers_);
      } else if (asked || (record.type == Type::kRrsig && question_.dnssec_ok)) {
        put(record, answers_);
        has_asked_data_ = has_asked_data_ || asked;
        if (asked && (record.type == Type::kSvcb || record.type == Type::kHttps)) remember_svcb(record);
      }
    }
    return next;
  }

  // The DNAME that the alias of `name` was made from, with its signatures. One that leads elsewhere proves nothing
  // here, and a client that caches could be led astray by it in every other name below.
  void take_dname_above(const std::vector<RecordView>& records, const Name& name) {
    const auto alias = first_alias(message_, records, name);
    if (!alias) return;
    const auto dname = std::find_if(records.begin(), records.end(), [&](const RecordView& record) {
      return record.type == Type::kDname && !(record.owner == name) && name.is_at_or_below(record.owner) &&
             substituted(message_, record, name) == alias;
    });
    if (dname == records.end()) return;
    for (const RecordView& record : records) {
      const bool signature = question_.dnssec_ok && covered_by_rrsig(message_, record) == Type::kDname;
      if (&record != &*dname && !(signature && record.owner == dname->owner)) continue;
      put(record, answers_);
    }
  }

  void remember_svcb(const RecordView& record) {
    auto target = target_of_svcb(message_, record);
    if (!target) return;
    target->lower();
    svcb_targets_.push_back(*target);
  }

  // The SOA that covers the chain's end (and, for DO, the proof beside it); returns its negative TTL.
  std::optional<std::uint32_t> take_authority(const std::vector<RecordView>& records, const Name& end_of_chain) {
    std::optional<std::uint32_t> negative_ttl;
    for (const RecordView& record : records) {
      const bool soa = record.type == Type::kSoa && end_of_chain.is_at_or_below(record.owner);
      if (soa && !negative_ttl && !has_asked_data_) {
        negative_ttl = negative_ttl_of_soa(message_, record);
        RecordView counted = record;  // RFC 2308 §5: with the TTL that counts, so that it can be counted down
        counted.ttl = negative_ttl.value_or(0);
        put(counted, authorities_);
      } else if (question_.dnssec_ok && is_denial(record)) {
        put(record, authorities_);
      }
    }
    for (const Name& target : svcb_targets_) answer_.targets.push_back(target);
    return negative_ttl;
  }

  // A proof that something is not there, or its signature.
  bool is_denial(const RecordView& record) const {
    const Type type = covered_by_rrsig(message_, record).value_or(record.type);
    const bool of_soa = type == Type::kSoa && record.type == Type::kRrsig && !has_asked_data_;
    return of_soa || type == Type::kNsec || type == Type::kNsec3;
  }

  static bool is_referral(const std::vector<RecordView>& authority) {
    return std::any_of(authority.begin(), authority.end(), [](const auto& record) { return record.type == Type::kNs; });
  }

  // `section` is its count.
  void put(const RecordView& record, std::uint16_t& section) {
    out_.name(record.owner, MessageWriter::Compress::kYes);
    out_.u16(static_cast<std::uint16_t>(record.type));
    out_.u16(static_cast<std::uint16_t>(Class::kIn));
    answer_.ttl_offsets.push_back(static_cast<std::uint32_t>(out_.size()));
    out_.u32(record.ttl);
    least_ttl_ = std::min(least_ttl_, record.ttl);
    broken_ = broken_ || !copy_rdata(message_, record, out_);
    ++section;
  }

  const MessageReader& message_;
  const Question& question_;
  MessageWriter out_;
  Answer answer_;
  std::vector<Name> svcb_targets_;
  std::uint32_t least_ttl_ = kMostTtlSeconds;
  std::uint16_t answers_ = 0;
  std::uint16_t authorities_ = 0;
  bool has_asked_data_ = false;  // not only aliases and signatures
  bool broken_ = false;
};

}  // namespace

base::Result<Answer> parse_answer(std::span<const std::uint8_t> message, const Question& question) {
  const auto malformed = [] { return Error(ErrorCode::kInvalid, "a malformed message"); };
  if (message.size() < kHeaderOctets) return malformed();
  const std::uint16_t flags = load_u16(message.data() + 2);
  const auto rcode = static_cast<Rcode>(flags & header::kRcodeMask);
  if (rcode != Rcode::kNoError && rcode != Rcode::kNxDomain) {
    return Error(ErrorCode::kInvalid, "rcode " + to_text(rcode));
  }
  MessageReader reader(message, kHeaderOctets);
  if (!reader.uncompressed_name() || !reader.skip(4)) return malformed();
  auto answer = read_section(reader, load_u16(message.data() + 6));
  if (!answer) return malformed();
  auto authority = read_section(reader, load_u16(message.data() + 8));
  if (!authority) return malformed();
  const auto upper_rcode = read_upper_rcode(reader, load_u16(message.data() + 10));
  if (!upper_rcode) return malformed();
  if (*upper_rcode != 0) {
    const auto whole = static_cast<Rcode>((*upper_rcode << 4) | static_cast<std::uint16_t>(rcode));
    return Error(ErrorCode::kInvalid, "rcode " + to_text(whole));
  }
  return Rebuild(reader, question).run(rcode, (flags & header::kAa) != 0, {std::move(*answer), std::move(*authority)});
}

}  // namespace schoolgate::dns
