#include "resolver/special_names.h"

#include <array>
#include <string_view>
#include <utility>

namespace schoolgate::resolver {
namespace {

using dns::Name;
using dns::Rcode;

struct SpecialName {
  Name name;
  LocalAnswer answer;
};

const std::array<SpecialName, 5>& special_names() {
  static const std::array<SpecialName, 5> names = {{
      {*Name::parse("localhost"), LocalAnswer::kLoopback},    // RFC 6761 §6.3
      {*Name::parse("invalid"), LocalAnswer::kNxDomain},      // RFC 6761 §6.4
      {*Name::parse("onion"), LocalAnswer::kNxDomain},        // RFC 7686 §2
      {*Name::parse("alt"), LocalAnswer::kNxDomain},          // RFC 9476
      {*Name::parse("resolver.arpa"), LocalAnswer::kNoData},  // RFC 9462 §6.4: never forwarded; a way round the filter
  }};
  return names;
}

}  // namespace

std::optional<LocalAnswer> local_answer(const dns::Query& query) noexcept {
  for (const SpecialName& special : special_names()) {
    if (query.lower_qname.is_at_or_below(special.name)) return special.answer;
  }
  return std::nullopt;
}

std::optional<Rcode> refusal(const dns::Query& query) noexcept {
  if (query.qclass != dns::Class::kIn) return Rcode::kRefused;
  // Without RD a client asks what is in the cache: other people's lookups.
  if (!query.recursion_desired()) return Rcode::kRefused;
  return dns::refusal_of(query.qtype);
}

}  // namespace schoolgate::resolver
