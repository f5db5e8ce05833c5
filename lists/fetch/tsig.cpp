#include "lists/fetch/tsig.h"

#include <sodium.h>

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "dns/message_reader.h"
#include "dns/wire.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using Octets = std::vector<std::uint8_t>;

constexpr unsigned kMostUnsigned = 99;  // in a row (§5.3.1)
constexpr std::uint16_t kFudgeSeconds = 300;
constexpr std::size_t kArcountAt = 10;

enum class TsigError : std::uint16_t { kNone = 0, kBadSig = 16, kBadKey = 17, kBadTime = 18 };

void put_u16(Octets& to, std::uint16_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}
void put(Octets& to, std::span<const std::uint8_t> octets) { to.insert(to.end(), octets.begin(), octets.end()); }
void put_times(Octets& to, std::uint64_t seconds, std::uint16_t fudge_seconds) {
  put_u16(to, static_cast<std::uint16_t>(seconds >> 32));
  put_u16(to, static_cast<std::uint16_t>(seconds >> 16));
  put_u16(to, static_cast<std::uint16_t>(seconds));
  put_u16(to, fudge_seconds);
}

dns::Name name_of(TsigAlgorithm algorithm) { return *dns::Name::parse(to_text(algorithm)); }

Octets hmac(const TsigKey& key, const Octets& digested) {
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

Error not_signed(std::string why) { return Error(ErrorCode::kForbidden, std::move(why)); }

// What an unsigned error of the primary says (§5.3.2).
Error refused(TsigError error, const TsigKey& key) {
  const std::string name = key.name.to_text();
  if (error == TsigError::kBadKey) return not_signed(fmt::format("the primary does not know the TSIG key '{}'", name));
  if (error == TsigError::kBadSig) {
    return not_signed(fmt::format("the primary has another secret for the TSIG key '{}'", name));
  }
  if (error == TsigError::kBadTime) {
    return not_signed("the primary's clock differs from ours by more than five minutes: TSIG needs both right");
  }
  return not_signed(fmt::format("the primary answers with TSIG error {}", static_cast<unsigned>(error)));
}

}  // namespace

// The record as it stands in a message.
struct TsigStream::Signature {
  std::size_t at = 0;  // of the record in its message
  dns::Name name;
  dns::Name algorithm;
  std::uint64_t seconds = 0;
  std::uint16_t fudge_seconds = 0;
  std::span<const std::uint8_t> mac;
  std::uint16_t original_id = 0;
  TsigError error = TsigError::kNone;
  std::span<const std::uint8_t> other;

  // False: not as §4.2 has it.
  bool read(std::span<const std::uint8_t> message, const dns::RecordView& record) {
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

  static bool read_counted(dns::MessageReader& reader, std::span<const std::uint8_t>& octets) {
    const auto size = reader.u16();
    if (!size) return false;
    const std::size_t start = reader.offset();
    if (!reader.skip(*size)) return false;
    octets = reader.message().subspan(start, *size);
    return true;
  }

  // The message's signature; absent when it has none. kForbidden when the record is ill-formed or not the last.
  static base::Result<std::optional<Signature>> find(std::span<const std::uint8_t> message) {
    const Error broken = not_signed("a message that cannot be read, or whose TSIG record is not its last one");
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
      Signature signature;
      signature.at = start;
      if (i + 1 != records || header[5] == 0 || !signature.read(message, *record)) return broken;
      if (reader.offset() != message.size()) return broken;
      return signature;
    }
    return std::optional<Signature>();
  }
};

void TsigStream::append_variables(Octets& digested, const Signature& signature) const {
  if (is_first_) {
    put(digested, key_.name.wire());
    put_u16(digested, static_cast<std::uint16_t>(dns::Class::kAny));
    put_u16(digested, 0);  // TTL
    put_u16(digested, 0);
    put(digested, name_of(key_.algorithm).wire());
  }
  put_times(digested, signature.seconds, signature.fudge_seconds);
  if (!is_first_) return;
  put_u16(digested, static_cast<std::uint16_t>(signature.error));
  put_u16(digested, static_cast<std::uint16_t>(signature.other.size()));
  put(digested, signature.other);
}

void TsigStream::sign(Octets& question, std::uint64_t now_seconds) {
  Signature signature;
  signature.seconds = now_seconds;
  signature.fudge_seconds = kFudgeSeconds;
  Octets digested = question;
  append_variables(digested, signature);
  mac_ = hmac(key_, digested);

  Octets rdata;
  put(rdata, name_of(key_.algorithm).wire());
  put_times(rdata, now_seconds, kFudgeSeconds);
  put_u16(rdata, static_cast<std::uint16_t>(mac_.size()));
  put(rdata, mac_);
  put(rdata, std::span(question).first(2));  // the id
  put_u16(rdata, 0);                         // no error
  put_u16(rdata, 0);                         // no other data
  put(question, key_.name.wire());
  put_u16(question, static_cast<std::uint16_t>(dns::Type::kTsig));
  put_u16(question, static_cast<std::uint16_t>(dns::Class::kAny));
  put_u16(question, 0);  // TTL
  put_u16(question, 0);
  put_u16(question, static_cast<std::uint16_t>(rdata.size()));
  put(question, rdata);
  const std::uint16_t count = dns::load_u16(&question[kArcountAt]);
  dns::store_u16(&question[kArcountAt], static_cast<std::uint16_t>(count + 1));
}

base::Status TsigStream::take_unsigned(std::span<const std::uint8_t> message) {
  if (is_first_) return not_signed("the primary's answer is not signed with TSIG");
  if (++unsigned_count_ > kMostUnsigned) {
    return not_signed(fmt::format("more than {} messages in a row without a TSIG record", kMostUnsigned));
  }
  put(unsigned_, message);
  return {};
}

base::Status TsigStream::take(std::span<const std::uint8_t> message, std::uint64_t now_seconds) {
  const auto signature = Signature::find(message);
  if (!signature) return signature.error();
  if (!*signature) return take_unsigned(message);
  return verify(message, **signature, now_seconds);
}

base::Status TsigStream::verify(std::span<const std::uint8_t> message, const Signature& signature,
                                std::uint64_t now_seconds) {
  const bool is_unsigned_error = signature.mac.empty() && signature.error != TsigError::kNone;
  if (is_unsigned_error) return refused(signature.error, key_);
  if (signature.name != key_.name || signature.algorithm != name_of(key_.algorithm)) {
    return not_signed("the primary's answer is signed with another TSIG key");
  }
  // The message as it was before it was signed, behind the MAC before it and the unsigned ones since.
  Octets digested;
  put_u16(digested, static_cast<std::uint16_t>(mac_.size()));
  put(digested, mac_);
  put(digested, unsigned_);
  const std::size_t start = digested.size();
  put(digested, message.first(signature.at));
  dns::store_u16(&digested[start], signature.original_id);
  const std::uint16_t count = dns::load_u16(&message[kArcountAt]);
  dns::store_u16(&digested[start + kArcountAt], static_cast<std::uint16_t>(count - 1));
  append_variables(digested, signature);
  Octets mac = hmac(key_, digested);
  if (mac.size() != signature.mac.size() || ::sodium_memcmp(mac.data(), signature.mac.data(), mac.size()) != 0) {
    return not_signed("the TSIG of the primary's answer is wrong: another secret, or somebody changed it on the way");
  }
  // Signed, and an error: BADTIME (§5.2.3).
  if (signature.error != TsigError::kNone) return refused(signature.error, key_);
  const std::uint64_t apart = std::max(now_seconds, signature.seconds) - std::min(now_seconds, signature.seconds);
  if (apart > signature.fudge_seconds) {
    return not_signed(fmt::format("the primary's TSIG is {} seconds from our clock: both clocks must be right", apart));
  }
  mac_ = std::move(mac);
  unsigned_.clear();
  unsigned_count_ = 0;
  is_first_ = false;
  return {};
}

base::Status TsigStream::finish() const {
  if (!is_first_ && unsigned_count_ == 0) return {};
  return not_signed("the last message of the primary's answer is not signed with TSIG");
}

}  // namespace schoolgate::lists
