#include "dns/answer.h"
#include "dns/message_reader.h"
#include "dns/message_writer.h"
#include "dns/rdata.h"

namespace schoolgate::dns {
namespace {

constexpr std::size_t kMostMessageOctets = 65'535;

// Behind an alias that nobody signed it would prove to a validating client that something is wrong.
bool is_proof(Type type) { return type == Type::kRrsig || type == Type::kNsec || type == Type::kNsec3; }

// Writes the found answer's records again behind the alias: their names stand elsewhere now.
class Transcript {
 public:
  Transcript(const Question& question, const Answer& found, std::uint32_t age_seconds)
      : found_(found), reader_(found.wire, kHeaderOctets), age_seconds_(age_seconds) {
    out_.set_u16(4, 1);
    out_.name(question.lower_qname, MessageWriter::Compress::kYes);
    out_.u16(static_cast<std::uint16_t>(question.qtype));
    out_.u16(static_cast<std::uint16_t>(Class::kIn));
  }

  void put_alias(const Name& owner, const Name& target, std::uint32_t ttl_seconds) {
    put_head(owner, Type::kCname, ttl_seconds);
    out_.u16(static_cast<std::uint16_t>(target.size()));
    out_.name(target, MessageWriter::Compress::kNo);
  }

  // False: a record does not parse.
  bool put_found() {
    if (!reader_.uncompressed_name() || !reader_.skip(4)) return false;
    const std::uint16_t answers = load_u16(found_.wire.data() + 6), authorities = load_u16(found_.wire.data() + 8);
    std::uint16_t put[2] = {1, 0};  // in each section, the alias among them
    for (unsigned i = 0; i < unsigned{answers} + authorities; ++i) {
      const auto record = reader_.record();
      if (!record) return false;
      if (is_proof(record->type)) continue;
      ++put[i < answers ? 0 : 1];
      put_head(record->owner, record->type, record->ttl > age_seconds_ ? record->ttl - age_seconds_ : 0);
      if (!copy_rdata(reader_, *record, out_)) return false;
    }
    out_.set_u16(6, put[0]);
    out_.set_u16(8, put[1]);
    return true;
  }

  Answer take() {
    answer_.rcode = found_.rcode;
    answer_.targets = found_.targets;
    answer_.wire = out_.take();
    return std::move(answer_);
  }

 private:
  void put_head(const Name& owner, Type type, std::uint32_t ttl_seconds) {
    out_.name(owner, MessageWriter::Compress::kYes);
    out_.u16(static_cast<std::uint16_t>(type));
    out_.u16(static_cast<std::uint16_t>(Class::kIn));
    answer_.ttl_offsets.push_back(static_cast<std::uint32_t>(out_.size()));
    out_.u32(ttl_seconds);
  }

  const Answer& found_;
  MessageReader reader_;
  std::uint32_t age_seconds_;
  MessageWriter out_;
  Answer answer_;
};

}  // namespace

base::Result<Answer> answer_by_alias(const Question& question, const Name& target, std::uint32_t ttl_seconds,
                                     const Answer& found, std::uint32_t age_seconds) {
  Transcript transcript(question, found, age_seconds);
  transcript.put_alias(question.lower_qname, target, ttl_seconds);
  if (!transcript.put_found()) return base::Error(base::ErrorCode::kInvalid, "a malformed answer");
  Answer answer = transcript.take();
  if (answer.wire.size() > kMostMessageOctets) return base::Error(base::ErrorCode::kInvalid, "too large for a message");
  return answer;
}

}  // namespace schoolgate::dns
