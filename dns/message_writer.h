// MessageWriter: builds a message with name compression (RFC 1035 §4.1.4). Grows a vector; off the hot path.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "dns/name.h"
#include "dns/types.h"

namespace schoolgate::dns {

class MessageWriter {
 public:
  MessageWriter() : wire_(12) {}

  void u16(std::uint16_t value);
  void u32(std::uint32_t value);
  void octets(std::span<const std::uint8_t> octets);
  enum class Compress { kYes, kNo };
  void name(const Name& name, Compress compress);
  void set_u16(std::size_t at, std::uint16_t value);
  std::size_t size() const { return wire_.size(); }
  std::vector<std::uint8_t> take() { return std::move(wire_); }

 private:
  bool stands_at(std::size_t at, std::span<const std::uint8_t> suffix) const;

  std::vector<std::uint8_t> wire_;
  std::vector<std::uint16_t> name_offsets_;  // of every label that starts a name we may point to
};

// A question that we send upstream, built from the parsed one: no octet of a client's message goes further.
std::vector<std::uint8_t> build_query(std::uint16_t id, const Name& qname_as_sent, Type qtype, bool dnssec_ok,
                                      bool checking_disabled);

}  // namespace schoolgate::dns
