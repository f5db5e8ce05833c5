#include "dns/rdata.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace schoolgate::dns {
namespace {

// RDATA = `before` octets, `names` domain names, `after` octets.
struct NameLayout {
  Type type;
  std::uint8_t before, names, after;
  MessageWriter::Compress compress;
};

constexpr auto kCompress = MessageWriter::Compress::kYes;
constexpr auto kWhole = MessageWriter::Compress::kNo;
constexpr std::array kLayouts = std::to_array<NameLayout>({
    {Type::kNs, 0, 1, 0, kCompress},
    {Type::kCname, 0, 1, 0, kCompress},
    {Type::kPtr, 0, 1, 0, kCompress},
    {Type::kMx, 2, 1, 0, kCompress},
    {Type::kSoa, 0, 2, 20, kCompress},
    {Type::kDname, 0, 1, 0, kWhole},
    {Type::kRp, 0, 2, 0, kWhole},
    {Type::kAfsdb, 2, 1, 0, kWhole},
    {Type::kKx, 2, 1, 0, kWhole},
    {Type::kSrv, 6, 1, 0, kWhole},
});
constexpr std::size_t kSoaMinimumFromEnd = 4;

const NameLayout* layout_of(Type type) {
  const auto found =
      std::find_if(kLayouts.begin(), kLayouts.end(), [type](const auto& row) { return row.type == type; });
  return found == kLayouts.end() ? nullptr : &*found;
}

bool copy_names(const MessageReader& message, const RecordView& record, const NameLayout& layout, MessageWriter& out) {
  const auto whole = message.message();
  if (record.rdata_size < layout.before) return false;
  MessageReader reader(whole.first(record.rdata + record.rdata_size), record.rdata + layout.before);
  out.octets(whole.subspan(record.rdata, layout.before));
  for (int i = 0; i < layout.names; ++i) {
    const auto name = reader.name();
    if (!name) return false;
    out.name(*name, layout.compress);
  }
  if (record.rdata + record.rdata_size - reader.offset() != layout.after) return false;
  out.octets(whole.subspan(reader.offset(), layout.after));
  return true;
}

// order, preference, three character strings, a name (RFC 3403 §4.1).
bool copy_naptr(const MessageReader& message, const RecordView& record, MessageWriter& out) {
  const auto whole = message.message().first(record.rdata + record.rdata_size);
  std::size_t at = record.rdata + 4;
  for (int i = 0; i < 3; ++i) {
    if (at >= whole.size()) return false;
    at += whole[at] + std::size_t{1};
  }
  if (at > whole.size()) return false;
  MessageReader reader(whole, at);
  const auto name = reader.name();
  if (!name || reader.offset() != whole.size()) return false;
  out.octets(whole.subspan(record.rdata, at - record.rdata));
  out.name(*name, kWhole);
  return true;
}

// Priority, a name that may not be compressed, parameters (RFC 9460 §2.2).
std::optional<Name> name_of_svcb(const MessageReader& message, const RecordView& record) {
  MessageReader reader(message.message().first(record.rdata + record.rdata_size), record.rdata);
  if (!reader.u16()) return std::nullopt;
  return reader.uncompressed_name();
}

bool fits_type(const MessageReader& message, const RecordView& record) {
  if (record.type == Type::kA) return record.rdata_size == 4;
  if (record.type == Type::kAaaa) return record.rdata_size == 16;
  if (record.type == Type::kSvcb || record.type == Type::kHttps) return name_of_svcb(message, record).has_value();
  return true;
}

}  // namespace

bool copy_rdata(const MessageReader& message, const RecordView& record, MessageWriter& out) {
  if (!fits_type(message, record)) return false;
  const std::size_t size_at = out.size();
  out.u16(0);
  if (const NameLayout* layout = layout_of(record.type)) {
    if (!copy_names(message, record, *layout, out)) return false;
  } else if (record.type == Type::kNaptr) {
    if (!copy_naptr(message, record, out)) return false;
  } else {
    out.octets(message.message().subspan(record.rdata, record.rdata_size));
  }
  const std::size_t size = out.size() - size_at - 2;
  if (size > 0xffff) return false;
  out.set_u16(size_at, static_cast<std::uint16_t>(size));
  return true;
}

std::optional<Name> target_of_alias(const MessageReader& message, const RecordView& record) {
  MessageReader reader(message.message().first(record.rdata + record.rdata_size), record.rdata);
  const auto name = reader.name();
  if (!name || reader.offset() != record.rdata + record.rdata_size) return std::nullopt;
  return name;
}

std::optional<Name> target_of_svcb(const MessageReader& message, const RecordView& record) {
  const auto name = name_of_svcb(message, record);
  if (!name || name->is_root()) return std::nullopt;
  return name;
}

std::optional<Type> covered_by_rrsig(const MessageReader& message, const RecordView& record) {
  if (record.type != Type::kRrsig) return std::nullopt;
  MessageReader reader(message.message().first(record.rdata + record.rdata_size), record.rdata);
  const auto type = reader.u16();
  if (!type) return std::nullopt;
  return static_cast<Type>(*type);
}

std::optional<std::uint32_t> negative_ttl_of_soa(const MessageReader& message, const RecordView& record) {
  if (record.rdata_size < 20) return std::nullopt;
  MessageReader reader(message.message(), record.rdata + record.rdata_size - kSoaMinimumFromEnd);
  const auto minimum = reader.u32();
  if (!minimum) return std::nullopt;
  return std::min(record.ttl, *minimum);
}

}  // namespace schoolgate::dns
