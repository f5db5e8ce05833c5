// MessageReader: walks a DNS message of unknown honesty. Every read is bounds-checked; compression pointers must point
// strictly backwards and past the header (RFC 1035 §4.1.4, RFC 9267), so that no walk can loop.
//
// A failed read returns nullopt and leaves the reader unusable for more; nothing throws.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "dns/name.h"
#include "dns/types.h"

namespace schoolgate::dns {

struct RecordView {
  Name owner;  // decompressed, case as sent
  Type type{};
  Class rclass{};
  std::uint32_t ttl = 0;
  std::size_t rdata = 0;  // offset in the message
  std::size_t rdata_size = 0;
};

class MessageReader {
 public:
  explicit MessageReader(std::span<const std::uint8_t> message, std::size_t offset = 0)
      : message_(message), offset_(offset) {}

  std::optional<std::uint16_t> u16();
  std::optional<std::uint32_t> u32();
  std::optional<Name> name();               // pointers followed
  std::optional<Name> uncompressed_name();  // a pointer is an error: questions, OPT
  bool skip(std::size_t octets);
  std::optional<RecordView> record();

  std::size_t offset() const { return offset_; }
  std::span<const std::uint8_t> message() const { return message_; }

 private:
  enum class Pointers { kFollow, kRefuse };
  std::optional<Name> read_name(Pointers pointers);

  std::span<const std::uint8_t> message_;
  std::size_t offset_;
};

}  // namespace schoolgate::dns
