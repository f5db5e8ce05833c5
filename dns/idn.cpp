#include "dns/idn.h"

#include <idn2.h>

#include <algorithm>
#include <memory>

namespace schoolgate::dns {
namespace {

using base::Error;
using base::ErrorCode;

// More octets of UTF-8 make no name: four of the longest labels, of four octets a character, are less. It bounds what a
// hostile line costs.
constexpr std::size_t kMostOctets = 1024;

struct Free {
  void operator()(std::uint8_t* text) const { idn2_free(text); }
};

// In our words, not idn2_strerror's: those follow the locale.
std::string_view why(int code) {
  switch (code) {
    case IDN2_ENCODING_ERROR:
      return "it is not UTF-8";
    case IDN2_TOO_BIG_LABEL:
    case IDN2_PUNYCODE_BIG_OUTPUT:
      return "a label is longer than 63 octets";
    case IDN2_TOO_BIG_DOMAIN:
      return "longer than 255 octets";
    case IDN2_BIDI:
      return "it mixes letters of both directions";
    case IDN2_MALLOC:
      return "there is no memory to read it";
    default:
      return "its characters beyond ASCII make no international name";
  }
}

Error no_name(std::string_view why) { return Error(ErrorCode::kInvalid, "is not a domain name: " + std::string(why)); }

}  // namespace

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

base::Result<std::string> to_a_labels(std::string_view utf8) {
  if (utf8.size() > kMostOctets) return no_name("longer than 255 octets");
  if (utf8.find('\0') != std::string_view::npos) return no_name("there is a NUL in it");
  const std::string terminated(utf8);
  std::uint8_t* found = nullptr;
  const int code = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(terminated.c_str()), &found,
                                  IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<std::uint8_t, Free> owned(found);
  if (code != IDN2_OK) return no_name(why(code));
  return std::string(reinterpret_cast<const char*>(found));
}

}  // namespace schoolgate::dns
