#include "dns/message_writer.h"

#include <cstring>

#include "dns/wire.h"

namespace schoolgate::dns {
namespace {

constexpr std::size_t kMostPointerTarget = 0x3fff;
// Bounds the search; later names are written whole, which is correct, if longer.
constexpr std::size_t kMostRememberedNames = 128;
constexpr std::uint16_t kOwnUdpSize = 1232;

}  // namespace

void MessageWriter::u16(std::uint16_t value) {
  wire_.resize(wire_.size() + 2);
  store_u16(wire_.data() + wire_.size() - 2, value);
}

void MessageWriter::u32(std::uint32_t value) {
  wire_.resize(wire_.size() + 4);
  store_u32(wire_.data() + wire_.size() - 4, value);
}

void MessageWriter::octets(std::span<const std::uint8_t> octets) {
  wire_.insert(wire_.end(), octets.begin(), octets.end());
}

void MessageWriter::set_u16(std::size_t at, std::uint16_t value) { store_u16(wire_.data() + at, value); }

// Compares octet by octet, so that compression keeps every name's case.
bool MessageWriter::stands_at(std::size_t at, std::span<const std::uint8_t> suffix) const {
  std::size_t in_suffix = 0;
  while (true) {
    while ((wire_[at] & 0xc0) == 0xc0) at = load_u16(wire_.data() + at) & kMostPointerTarget;
    const std::size_t label = wire_[at] + std::size_t{1};
    if (in_suffix + label > suffix.size() || at + label > wire_.size()) return false;
    if (std::memcmp(wire_.data() + at, suffix.data() + in_suffix, label) != 0) return false;
    if (label == 1) return true;
    at += label;
    in_suffix += label;
  }
}

void MessageWriter::name(const Name& name, Compress compress) {
  const std::span<const std::uint8_t> wire = name.wire();
  const std::size_t start = wire_.size();
  const auto remember = [&](std::size_t written) {  // only once the name stands there whole
    for (std::size_t at = 0; at < written; at += wire[at] + std::size_t{1}) {
      if (start + at > kMostPointerTarget || name_offsets_.size() >= kMostRememberedNames) return;
      name_offsets_.push_back(static_cast<std::uint16_t>(start + at));
    }
  };
  std::size_t at = 0;
  for (; wire[at] != 0; at += wire[at] + std::size_t{1}) {
    const auto rest = wire.subspan(at);
    for (const std::uint16_t known : name_offsets_) {
      if (compress == Compress::kNo || !stands_at(known, rest)) continue;
      u16(static_cast<std::uint16_t>(0xc000 | known));
      return remember(at);
    }
    octets(rest.first(rest[0] + std::size_t{1}));
  }
  wire_.push_back(0);
  remember(at);
}

std::vector<std::uint8_t> build_query(std::uint16_t id, const Name& qname_as_sent, Type qtype, bool dnssec_ok,
                                      bool checking_disabled) {
  MessageWriter message;
  message.set_u16(0, id);
  message.set_u16(2, static_cast<std::uint16_t>(header::kRd | (checking_disabled ? header::kCd : 0)));
  message.set_u16(4, 1);
  message.set_u16(10, 1);
  message.name(qname_as_sent, MessageWriter::Compress::kNo);
  message.u16(static_cast<std::uint16_t>(qtype));
  message.u16(static_cast<std::uint16_t>(Class::kIn));
  message.name(Name(), MessageWriter::Compress::kNo);
  message.u16(static_cast<std::uint16_t>(Type::kOpt));
  message.u16(kOwnUdpSize);
  message.u32(dnssec_ok ? 0x8000 : 0);
  message.u16(0);
  return message.take();
}

}  // namespace schoolgate::dns
