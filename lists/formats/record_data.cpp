#include "lists/formats/record_data.h"

#include <ldns/ldns.h>

#include <memory>
#include <span>
#include <string>

#include <fmt/format.h>

#include "base/ip_address.h"
#include "dns/name.h"
#include "lists/formats/words.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

struct FreeRecord {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};
struct FreeName {
  void operator()(ldns_rdf* name) const { ldns_rdf_deep_free(name); }
};
struct FreeBuffer {
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
};

constexpr std::size_t kMostDataOctets = 4'096;

std::unique_ptr<ldns_rr, FreeRecord> read_record(const std::string& line, const std::string& origin) {
  ldns_rr* record = nullptr;
  ldns_rdf* previous = nullptr;
  const std::unique_ptr<ldns_rdf, FreeName> base(ldns_dname_new_frm_str(origin.c_str()));
  const ldns_status status = ldns_rr_new_frm_str(&record, line.c_str(), 0, base.get(), &previous);
  ldns_rdf_deep_free(previous);
  return std::unique_ptr<ldns_rr, FreeRecord>(status == LDNS_STATUS_OK ? record : nullptr);
}

Error wrong_data() { return Error(ErrorCode::kInvalid, "its data does not fit its type"); }

base::Status read_by_ldns(std::string_view type, std::string_view data, std::string_view origin, RecordData& into) {
  const auto record = read_record(fmt::format("owner. 0 IN {} {}", type, data), std::string(origin));
  if (record == nullptr) return wrong_data();
  const std::unique_ptr<ldns_buffer, FreeBuffer> wire(ldns_buffer_new(kMostDataOctets));
  if (wire == nullptr || ldns_rr_rdata2buffer_wire(wire.get(), record.get()) != LDNS_STATUS_OK) return wrong_data();
  // What it knows no type of, it may read as a type 0 without data.
  if (ldns_rr_get_type(record.get()) == 0 || ldns_buffer_position(wire.get()) == 0) return wrong_data();
  const std::uint8_t* begin = ldns_buffer_begin(wire.get());
  into.type = static_cast<dns::Type>(ldns_rr_get_type(record.get()));
  into.rdata.assign(begin, begin + ldns_buffer_position(wire.get()));
  return {};
}

base::Status read_address(dns::Type type, std::string_view data, RecordData& into) {
  const auto address = base::IpAddress::parse(data);
  if (!address || address->is_v4() != (type == dns::Type::kA)) return wrong_data();
  const auto octets = std::span(address->bytes()).subspan(type == dns::Type::kA ? 12 : 0);
  into.type = type;
  into.rdata.assign(octets.begin(), octets.end());
  return {};
}

}  // namespace

base::Status parse_record_data(std::string_view type, std::string_view data, std::string_view origin,
                               RecordData& record) {
  if (data.size() > kMostDataOctets) return wrong_data();
  if (equals_in_any_case(type, "A")) return read_address(dns::Type::kA, data, record);
  if (equals_in_any_case(type, "AAAA") && data.find('.') == std::string_view::npos) {
    return read_address(dns::Type::kAaaa, data, record);
  }
  const bool is_plain_alias = equals_in_any_case(type, "CNAME") && data.ends_with('.') && data.size() > 1;
  const auto target = is_plain_alias ? dns::Name::parse(data) : base::Result<dns::Name>(wrong_data());
  if (!target) return read_by_ldns(type, data, origin, record);
  record.type = dns::Type::kCname;
  record.rdata.assign(target->wire().begin(), target->wire().end());
  return {};
}

}  // namespace schoolgate::lists
