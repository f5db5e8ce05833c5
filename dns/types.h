// The numbers of DNS that Schoolgate speaks of by name (IANA "DNS Parameters"). Any other value is legal in each enum.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace schoolgate::dns {

enum class Type : std::uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kHinfo = 13,
  kMx = 15,
  kTxt = 16,
  kRp = 17,
  kAfsdb = 18,
  kAaaa = 28,
  kSrv = 33,
  kNaptr = 35,
  kKx = 36,
  kDname = 39,
  kOpt = 41,
  kDs = 43,
  kRrsig = 46,
  kNsec = 47,
  kDnskey = 48,
  kNsec3 = 50,
  kSvcb = 64,
  kHttps = 65,
  kNxname = 128,
  kTkey = 249,
  kTsig = 250,
  kIxfr = 251,
  kAxfr = 252,
  kMailb = 253,
  kMaila = 254,
  kAny = 255,
};

enum class Class : std::uint16_t { kIn = 1, kChaos = 3, kHesiod = 4, kNone = 254, kAny = 255 };

enum class Opcode : std::uint8_t { kQuery = 0, kIquery = 1, kStatus = 2, kNotify = 4, kUpdate = 5, kDso = 6 };

// With the eight upper bits that EDNS adds.
enum class Rcode : std::uint16_t {
  kNoError = 0,
  kFormErr = 1,
  kServFail = 2,
  kNxDomain = 3,
  kNotImp = 4,
  kRefused = 5,
  kNotAuth = 9,
  kBadVers = 16,
};

// RFC 8914 and its registry.
enum class ExtendedError : std::uint16_t {
  kOther = 0,
  kStaleAnswer = 3,
  kForgedAnswer = 4,
  kCachedError = 13,
  kNotReady = 14,
  kBlocked = 15,
  kCensored = 16,
  kFiltered = 17,
  kProhibited = 18,
  kNotSupported = 21,
  kNoReachableAuthority = 22,
  kNetworkError = 23,
  kInvalidData = 24,
};

// What a question for a type that no client needs gets; nullopt for data and ANY.
std::optional<Rcode> refusal_of(Type type) noexcept;

std::string to_text(Type type);    // "A", "HTTPS", or "TYPE65280" (RFC 3597)
std::string to_text(Rcode rcode);  // "NOERROR", or "RCODE11"
std::string to_text(Class qclass);
std::optional<Type> parse_type(std::string_view text);  // "a", "HTTPS", "TYPE65"

}  // namespace schoolgate::dns
