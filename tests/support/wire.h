// Wire: writes messages octet by octet, honest ones and others. And a reader that is stricter than any client.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "dns/message_reader.h"
#include "dns/wire.h"

namespace schoolgate::support {

class Wire {
 public:
  Wire() = default;
  // A header: id 0x1234, these flags and counts.
  explicit Wire(std::uint16_t flags, std::initializer_list<int> counts) {
    u16(0x1234).u16(flags);
    for (const int count : counts) u16(count);
  }

  Wire& u8(unsigned value) {
    octets_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  Wire& u16(unsigned value) { return u8(value >> 8).u8(value & 0xff); }
  Wire& u32(std::uint32_t value) { return u16(value >> 16).u16(value & 0xffff); }
  Wire& raw(std::string_view octets) {
    octets_.insert(octets_.end(), octets.begin(), octets.end());
    return *this;
  }
  // "www.example": a label for each part, then the root.
  Wire& name(std::string_view dotted) { return labels(dotted).u8(0); }
  Wire& labels(std::string_view dotted) {
    while (!dotted.empty()) {
      const std::string_view label = dotted.substr(0, dotted.find('.'));
      u8(static_cast<unsigned>(label.size())).raw(label);
      dotted.remove_prefix(label.size() < dotted.size() ? label.size() + 1 : label.size());
    }
    return *this;
  }
  Wire& pointer(std::size_t target) { return u16(0xc000U | static_cast<unsigned>(target)); }
  Wire& question(std::string_view dotted, unsigned type = 1, unsigned rclass = 1) {
    return name(dotted).u16(type).u16(rclass);
  }
  // Type, class IN, TTL and RDATA with its length; the owner stands before it.
  Wire& record(unsigned type, std::uint32_t ttl, const Wire& rdata) { return record(type, 1, ttl, rdata); }
  Wire& record(unsigned type, unsigned rclass, std::uint32_t ttl, const Wire& rdata) {
    u16(type).u16(rclass).u32(ttl).u16(static_cast<unsigned>(rdata.size()));
    octets_.insert(octets_.end(), rdata.octets_.begin(), rdata.octets_.end());
    return *this;
  }
  Wire& opt(std::string_view options = {}, unsigned udp_size = 1232, std::uint32_t ttl = 0) {
    return u8(0).record(41, udp_size, ttl, Wire().raw(options));
  }

  std::size_t size() const { return octets_.size(); }
  const std::vector<std::uint8_t>& octets() const { return octets_; }

 private:
  std::vector<std::uint8_t> octets_;
};

// Every record that the header counts is there, parses, and nothing follows.
inline bool is_whole_message(std::span<const std::uint8_t> message) {
  dns::MessageReader reader(message);
  if (!reader.skip(4)) return false;
  const auto questions = reader.u16(), answers = reader.u16(), authorities = reader.u16(), additionals = reader.u16();
  if (!questions || !answers || !authorities || !additionals) return false;
  for (unsigned i = 0; i < *questions; ++i) {
    if (!reader.uncompressed_name() || !reader.skip(4)) return false;
  }
  const unsigned records = unsigned{*answers} + *authorities + *additionals;
  for (unsigned i = 0; i < records; ++i) {
    if (!reader.record()) return false;
  }
  return reader.offset() == message.size();
}

}  // namespace schoolgate::support
