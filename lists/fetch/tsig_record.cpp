#include "lists/fetch/tsig_record.h"

#include <sodium.h>

#include <array>
#include <utility>

#include "dns/wire.h"

namespace schoolgate::lists {
namespace {

using Octets = TsigRecord::Octets;

constexpr std::size_t kArcountAt = 10;

void put_u16(Octets& to, std::uint16_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}
void put(Octets& to, std::span<const std::uint8_t> octets) { to.insert(to.end(), octets.begin(), octets.end()); }
void put_counted(Octets& to, std::span<const std::uint8_t> octets) {
  put_u16(to, static_cast<std::uint16_t>(octets.size()));
  put(to, octets);
}

dns::Name name_of(TsigAlgorithm algorithm) { return *dns::Name::parse(to_text(algorithm)); }

bool read_counted(dns::MessageReader& reader, std::span<const std::uint8_t>& octets) {
  const auto size = reader.u16();
  if (!size) return false;
  const std::size_t start = reader.offset();
  if (!reader.skip(*size)) return false;
  octets = reader.message().subspan(start, *size);
  return true;
}

}  // namespace

TsigRecord TsigRecord::of(const TsigKey& key, std::uint64_t now_seconds) {
  TsigRecord record;
  record.name = key.name;
  record.algorithm = name_of(key.algorithm);
  record.seconds = now_seconds;
  return record;
}

bool TsigRecord::is_by(const TsigKey& key) const { return name == key.name && algorithm == name_of(key.algorithm); }

// False: not as §4.2 has it.
bool TsigRecord::read(std::span<const std::uint8_t> message, const dns::RecordView& record) {
  name = record.owner.lowered();
  dns::MessageReader reader(message.first(record.rdata + record.rdata_size), record.rdata);
  const auto algorithm_name = reader.name();
  const auto high = reader.u16();
  const auto low = high ? reader.u32() : std::nullopt;
  const auto fudge = low ? reader.u16() : std::nullopt;
  if (!algorithm_name || !fudge || record.rclass != dns::Class::kAny || record.ttl != 0) return false;
  algorithm = algorithm_name->lowered();
  seconds = std::uint64_t{*high} << 32 | *low;
  fudge_seconds = *fudge;
  if (!read_counted(reader, mac)) return false;
  const auto id = reader.u16();
  const auto code = id ? reader.u16() : std::nullopt;
  if (!code || !read_counted(reader, other)) return false;
  original_id = *id;
  error = static_cast<TsigError>(*code);
  return reader.offset() == record.rdata + record.rdata_size;
}

base::Result<std::optional<TsigRecord>> TsigRecord::find(std::span<const std::uint8_t> message) {
  const base::Error broken(base::ErrorCode::kForbidden,
                           "a message that cannot be read, or whose TSIG record is not its last one");
  dns::MessageReader reader(message);
  std::array<std::uint16_t, 6> header{};
  for (auto& word : header) {
    const auto read = reader.u16();
    if (!read) return broken;
    word = *read;
  }
  for (unsigned i = 0; i < header[2]; ++i) {
    if (!reader.name() || !reader.skip(4)) return broken;
  }
  const unsigned records = unsigned{header[3]} + header[4] + header[5];
  for (unsigned i = 0; i < records; ++i) {
    const std::size_t start = reader.offset();
    const auto record = reader.record();
    if (!record) return broken;
    if (record->type != dns::Type::kTsig) continue;
    TsigRecord found;
    found.at = start;
    if (i + 1 != records || header[5] == 0 || !found.read(message, *record)) return broken;
    if (reader.offset() != message.size()) return broken;
    return found;
  }
  return std::optional<TsigRecord>();
}

void TsigRecord::append_to(Octets& message) const {
  Octets rdata;
  put(rdata, algorithm.wire());
  digest_times(rdata);
  put_counted(rdata, mac);
  put_u16(rdata, original_id);
  put_u16(rdata, static_cast<std::uint16_t>(error));
  put_counted(rdata, other);
  put(message, name.wire());
  put_u16(message, static_cast<std::uint16_t>(dns::Type::kTsig));
  put_u16(message, static_cast<std::uint16_t>(dns::Class::kAny));
  put_u16(message, 0);  // TTL
  put_u16(message, 0);
  put_counted(message, rdata);
  const std::uint16_t count = dns::load_u16(&message[kArcountAt]);
  dns::store_u16(&message[kArcountAt], static_cast<std::uint16_t>(count + 1));
}

void TsigRecord::digest_message(std::span<const std::uint8_t> message, Octets& digested) const {
  const std::size_t start = digested.size();
  put(digested, message.first(at));
  dns::store_u16(&digested[start], original_id);
  const std::uint16_t count = dns::load_u16(&message[kArcountAt]);
  dns::store_u16(&digested[start + kArcountAt], static_cast<std::uint16_t>(count - 1));
}

void TsigRecord::digest_variables(Octets& digested) const {
  put(digested, name.wire());
  put_u16(digested, static_cast<std::uint16_t>(dns::Class::kAny));
  put_u16(digested, 0);  // TTL
  put_u16(digested, 0);
  put(digested, algorithm.wire());
  digest_times(digested);
  put_u16(digested, static_cast<std::uint16_t>(error));
  put_counted(digested, other);
}

void TsigRecord::digest_times(Octets& digested) const {
  put_u16(digested, static_cast<std::uint16_t>(seconds >> 32));
  put_u16(digested, static_cast<std::uint16_t>(seconds >> 16));
  put_u16(digested, static_cast<std::uint16_t>(seconds));
  put_u16(digested, fudge_seconds);
}

void digest_mac(std::span<const std::uint8_t> mac, Octets& digested) { put_counted(digested, mac); }

Octets tsig_mac(const TsigKey& key, const Octets& digested) {
  if (key.algorithm == TsigAlgorithm::kHmacSha256) {
    Octets mac(crypto_auth_hmacsha256_BYTES);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.secret.data(), key.secret.size());
    crypto_auth_hmacsha256_update(&state, digested.data(), digested.size());
    crypto_auth_hmacsha256_final(&state, mac.data());
    return mac;
  }
  Octets mac(crypto_auth_hmacsha512_BYTES);
  crypto_auth_hmacsha512_state state;
  crypto_auth_hmacsha512_init(&state, key.secret.data(), key.secret.size());
  crypto_auth_hmacsha512_update(&state, digested.data(), digested.size());
  crypto_auth_hmacsha512_final(&state, mac.data());
  return mac;
}

bool is_same_mac(std::span<const std::uint8_t> one, std::span<const std::uint8_t> other) {
  return one.size() == other.size() && ::sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace schoolgate::lists
