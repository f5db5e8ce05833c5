#include "dns/message_reader.h"

#include <cstring>

#include "dns/wire.h"

namespace schoolgate::dns {
namespace {

constexpr std::uint8_t kPointerBits = 0xc0;
// A name has at most 127 labels, and a pointer that leads to no label is of no use. Strictly backwards is not enough: a
// chain of 8,000 pointers, followed for each of 4,000 records, would be 33 million steps for one message.
constexpr unsigned kMostPointers = 127;

}  // namespace

// Builds a Name from labels; the one place outside name.cpp that may.
class NameReader {
 public:
  // False when the name would be longer than 255 octets.
  bool append(const std::uint8_t* label_with_length) {
    const std::size_t size = *label_with_length + std::size_t{1};
    if (length_ + size + 1 > Name::kMaxWireOctets) return false;
    std::memcpy(name_.octets_.data() + length_, label_with_length, size);
    length_ += size;
    return true;
  }
  Name finish() {
    name_.octets_[length_] = 0;
    name_.length_ = static_cast<std::uint8_t>(length_ + 1);
    return name_;
  }

 private:
  Name name_;
  std::size_t length_ = 0;
};

std::optional<std::uint16_t> MessageReader::u16() {
  if (message_.size() - offset_ < 2) return std::nullopt;
  offset_ += 2;
  return load_u16(message_.data() + offset_ - 2);
}

std::optional<std::uint32_t> MessageReader::u32() {
  if (message_.size() - offset_ < 4) return std::nullopt;
  offset_ += 4;
  return load_u32(message_.data() + offset_ - 4);
}

bool MessageReader::skip(std::size_t octets) {
  if (message_.size() - offset_ < octets) return false;
  offset_ += octets;
  return true;
}

std::optional<Name> MessageReader::name() { return read_name(Pointers::kFollow); }

std::optional<Name> MessageReader::uncompressed_name() { return read_name(Pointers::kRefuse); }

std::optional<Name> MessageReader::read_name(Pointers pointers) {
  NameReader name;
  std::size_t at = offset_;
  std::size_t end = 0;          // where the reader goes on; set at the first pointer
  std::size_t limit = offset_;  // a pointer must point below this: strictly backwards, each time
  unsigned pointers_followed = 0;
  for (;;) {
    if (at >= message_.size()) return std::nullopt;
    const std::uint8_t length = message_[at];
    if (length == 0) break;
    if ((length & kPointerBits) == kPointerBits) {
      if (pointers == Pointers::kRefuse || at + 1 >= message_.size()) return std::nullopt;
      const std::size_t target = load_u16(message_.data() + at) & 0x3fffU;
      if (target < kHeaderOctets || target >= limit || ++pointers_followed > kMostPointers) return std::nullopt;
      if (end == 0) end = at + 2;
      limit = target;
      at = target;
      continue;
    }
    // 0x40 and 0x80 are not label types any more (RFC 6891 §5).
    if (length > Name::kMaxLabelOctets || at + length >= message_.size()) return std::nullopt;
    if (!name.append(message_.data() + at)) return std::nullopt;
    at += length + std::size_t{1};
  }
  offset_ = end != 0 ? end : at + 1;
  return name.finish();
}

std::optional<RecordView> MessageReader::record() {
  RecordView record;
  const auto owner = name();
  if (!owner) return std::nullopt;
  record.owner = *owner;
  const auto type = u16();
  const auto rclass = u16();
  const auto ttl = u32();
  const auto size = u16();
  if (!type || !rclass || !ttl || !size) return std::nullopt;
  record.type = static_cast<Type>(*type);
  record.rclass = static_cast<Class>(*rclass);
  record.ttl = *ttl;
  record.rdata = offset_;
  record.rdata_size = *size;
  if (!skip(*size)) return std::nullopt;
  return record;
}

}  // namespace schoolgate::dns
