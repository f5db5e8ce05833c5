#include "dns/types.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <utility>

namespace schoolgate::dns {
namespace {

constexpr Type kReservedLow{0};  // RFC 6895 §3.1
constexpr Type kReservedHigh{65535};

constexpr std::array kTypes = std::to_array<std::pair<Type, std::string_view>>({
    {Type::kA, "A"},         {Type::kNs, "NS"},       {Type::kCname, "CNAME"}, {Type::kSoa, "SOA"},
    {Type::kPtr, "PTR"},     {Type::kHinfo, "HINFO"}, {Type::kMx, "MX"},       {Type::kTxt, "TXT"},
    {Type::kRp, "RP"},       {Type::kAfsdb, "AFSDB"}, {Type::kAaaa, "AAAA"},   {Type::kSrv, "SRV"},
    {Type::kNaptr, "NAPTR"}, {Type::kKx, "KX"},       {Type::kDname, "DNAME"}, {Type::kOpt, "OPT"},
    {Type::kDs, "DS"},       {Type::kRrsig, "RRSIG"}, {Type::kNsec, "NSEC"},   {Type::kDnskey, "DNSKEY"},
    {Type::kNsec3, "NSEC3"}, {Type::kSvcb, "SVCB"},   {Type::kHttps, "HTTPS"}, {Type::kNxname, "NXNAME"},
    {Type::kTkey, "TKEY"},   {Type::kTsig, "TSIG"},   {Type::kIxfr, "IXFR"},   {Type::kAxfr, "AXFR"},
    {Type::kMailb, "MAILB"}, {Type::kMaila, "MAILA"}, {Type::kAny, "ANY"},
});

constexpr std::array kRcodes = std::to_array<std::pair<Rcode, std::string_view>>({
    {Rcode::kNoError, "NOERROR"},
    {Rcode::kFormErr, "FORMERR"},
    {Rcode::kServFail, "SERVFAIL"},
    {Rcode::kNxDomain, "NXDOMAIN"},
    {Rcode::kNotImp, "NOTIMP"},
    {Rcode::kRefused, "REFUSED"},
    {Rcode::kNotAuth, "NOTAUTH"},
    {Rcode::kBadVers, "BADVERS"},
});

bool same_word(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
    if (upper(left[i]) != upper(right[i])) return false;
  }
  return true;
}

}  // namespace

std::optional<Rcode> refusal_of(Type type) noexcept {
  if (type == kReservedLow) return Rcode::kFormErr;
  if (type == kReservedHigh) return Rcode::kRefused;
  switch (type) {
    case Type::kNxname:  // RFC 9824 §3.5
    case Type::kOpt:
      return Rcode::kFormErr;
    case Type::kTkey:
    case Type::kTsig:
    case Type::kAxfr:
    case Type::kIxfr:
      return Rcode::kRefused;
    case Type::kMaila:
    case Type::kMailb:
      return Rcode::kNotImp;
    default:
      return std::nullopt;
  }
}

std::string to_text(Type type) {
  for (const auto& [value, text] : kTypes) {
    if (value == type) return std::string(text);
  }
  return "TYPE" + std::to_string(static_cast<unsigned>(type));
}

std::string to_text(Rcode rcode) {
  for (const auto& [value, text] : kRcodes) {
    if (value == rcode) return std::string(text);
  }
  return "RCODE" + std::to_string(static_cast<unsigned>(rcode));
}

std::string to_text(Class qclass) {
  switch (qclass) {
    case Class::kIn:
      return "IN";
    case Class::kChaos:
      return "CH";
    case Class::kHesiod:
      return "HS";
    case Class::kNone:
      return "NONE";
    case Class::kAny:
      return "ANY";
  }
  return "CLASS" + std::to_string(static_cast<unsigned>(qclass));
}

std::optional<Type> parse_type(std::string_view text) {
  for (const auto& [value, name] : kTypes) {
    if (same_word(name, text)) return value;
  }
  if (text.size() < 5 || !same_word(text.substr(0, 4), "TYPE")) return std::nullopt;
  const std::string_view digits = text.substr(4);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return static_cast<Type>(number);
}

}  // namespace schoolgate::dns
