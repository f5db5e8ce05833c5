#include "tests/support/message.h"

#include <ldns/ldns.h>

#include <cstdlib>
#include <memory>

namespace schoolgate::support {
namespace {

constexpr std::uint16_t kExtendedErrorOption = 15;

struct FreeRecord {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};
struct FreePacket {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};
using Record = std::unique_ptr<ldns_rr, FreeRecord>;

Record parse_record(std::string_view text) {
  ldns_rr* record = nullptr;
  ldns_rr_new_frm_str(&record, std::string(text).c_str(), 0, nullptr, nullptr);
  return Record(record);
}

std::string text_of(const ldns_rr* record) {
  const std::unique_ptr<char, FreeMemory> text(ldns_rr2str(record));
  std::string line;
  for (const char* at = text.get(); *at != '\0' && *at != '\n'; ++at) line += *at == '\t' ? ' ' : *at;
  return line;
}

std::vector<std::string> lines_of(const ldns_rr_list* records) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < ldns_rr_list_rr_count(records); ++i)
    lines.push_back(text_of(ldns_rr_list_rr(records, i)));
  return lines;
}

void put_u16(Octets& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put_record(Octets& out, const ldns_rr* record, ldns_pkt_section section) {
  std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  if (record == nullptr || ldns_rr2wire(&octets, record, section, &size) != LDNS_STATUS_OK) std::abort();
  const std::unique_ptr<std::uint8_t, FreeMemory> owned(octets);
  out.insert(out.end(), octets, octets + size);
}

void put_question(Octets& out, const Message::Question& question) {
  const Record record(ldns_rr_new());
  ldns_rr_set_owner(record.get(), ldns_dname_new_frm_str(question.name.c_str()));
  ldns_rr_set_type(record.get(), ldns_get_rr_type_by_name(question.type.c_str()));
  ldns_rr_set_class(record.get(), ldns_get_rr_class_by_name(question.qclass.c_str()));
  ldns_rr_set_question(record.get(), true);
  put_record(out, record.get(), LDNS_SECTION_QUESTION);
}

std::optional<std::uint16_t> extended_error_of(const ldns_pkt* packet) {
  const ldns_rdf* options = ldns_pkt_edns_data(packet);
  if (options == nullptr) return std::nullopt;
  const std::uint8_t* octets = ldns_rdf_data(options);
  const std::size_t size = ldns_rdf_size(options);
  for (std::size_t at = 0; at + 4 <= size;) {
    const unsigned code = octets[at] << 8 | octets[at + 1];
    const std::size_t length = static_cast<std::size_t>(octets[at + 2] << 8 | octets[at + 3]);
    if (code == kExtendedErrorOption && length >= 2 && at + 6 <= size) {
      return static_cast<std::uint16_t>(octets[at + 4] << 8 | octets[at + 5]);
    }
    at += 4 + length;
  }
  return std::nullopt;
}

std::optional<Message::Question> question_of(const ldns_pkt* packet) {
  const ldns_rr_list* questions = ldns_pkt_question(packet);
  if (ldns_rr_list_rr_count(questions) == 0) return std::nullopt;
  const ldns_rr* record = ldns_rr_list_rr(questions, 0);
  const std::unique_ptr<char, FreeMemory> name(ldns_rdf2str(ldns_rr_owner(record)));
  const std::unique_ptr<char, FreeMemory> type(ldns_rr_type2str(ldns_rr_get_type(record)));
  const std::unique_ptr<char, FreeMemory> qclass(ldns_rr_class2str(ldns_rr_get_class(record)));
  std::string qname = name.get();
  if (qname.size() > 1) qname.pop_back();
  return Message::Question{qname, type.get(), qclass.get()};
}

}  // namespace

Octets Message::encode() const {
  Octets out;
  put_u16(out, id);
  put_u16(out, flags);
  put_u16(out, question ? 1 : 0);
  put_u16(out, static_cast<unsigned>(answer.size()));
  put_u16(out, static_cast<unsigned>(authority.size()));
  put_u16(out, static_cast<unsigned>(additional.size() + (opt ? 1 : 0)));
  if (question) put_question(out, *question);
  for (const auto* section : {&answer, &authority, &additional}) {
    for (const std::string& line : *section) put_record(out, parse_record(line).get(), LDNS_SECTION_ANSWER);
  }
  if (opt) {
    out.push_back(0);
    put_u16(out, 41);
    put_u16(out, opt->udp_size);
    put_u16(out, opt->version);
    put_u16(out, opt->dnssec_ok ? 0x8000 : 0);
    put_u16(out, 0);
  }
  return out;
}

std::optional<Message> Message::read(std::span<const std::uint8_t> octets) {
  ldns_pkt* raw = nullptr;
  if (ldns_wire2pkt(&raw, octets.data(), octets.size()) != LDNS_STATUS_OK) return std::nullopt;
  const std::unique_ptr<ldns_pkt, FreePacket> packet(raw);
  Message message;
  message.id = ldns_pkt_id(raw);
  message.flags = static_cast<std::uint16_t>(octets[2] << 8 | octets[3]);
  message.rcode = ldns_pkt_get_rcode(raw) | static_cast<unsigned>(ldns_pkt_edns_extended_rcode(raw) << 4);
  message.question = question_of(raw);
  message.answer = lines_of(ldns_pkt_answer(raw));
  message.authority = lines_of(ldns_pkt_authority(raw));
  message.additional = lines_of(ldns_pkt_additional(raw));
  if (ldns_pkt_edns(raw)) message.opt = Opt{ldns_pkt_edns_udp_size(raw), ldns_pkt_edns_do(raw), extended_error_of(raw)};
  return message;
}

std::string zone_line(std::string_view text) {
  const Record record = parse_record(text);
  return record == nullptr ? "" : text_of(record.get());
}

Message query_for(std::string_view name, std::string_view type, std::uint16_t id) {
  Message message;
  message.id = id;
  message.flags = Message::kRd;
  message.question = Message::Question{std::string(name), std::string(type), "IN"};
  message.opt = Message::Opt{};
  return message;
}

Message reply_to(const Message& query, std::vector<std::string> answer, unsigned rcode) {
  Message message;
  message.id = query.id;
  message.flags = static_cast<std::uint16_t>(Message::kQr | Message::kRa | (query.flags & Message::kRd) | rcode);
  message.question = query.question;
  message.answer = std::move(answer);
  return message;
}

}  // namespace schoolgate::support
