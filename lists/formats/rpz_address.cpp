#include "lists/formats/rpz_address.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "lists/formats/words.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

constexpr unsigned kV4MappedBits = 96;

std::vector<std::string_view> labels_of(std::string_view text) {
  std::vector<std::string_view> labels;
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(std::min(text.size(), end + 1))) {
    end = text.find('.');
    labels.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
  }
  return labels;
}

std::string joined_from_end(const std::vector<std::string_view>& labels, char between) {
  std::string text;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    if (!text.empty()) text += between;
    text += *label;
  }
  return text;
}

// In the groups of an IPv6 address "zz" leaves no group behind: "2001:db8:zz" is "2001:db8::".
std::string with_double_colon(std::string text) {
  const auto is_zz = [](std::string_view one) { return equals_in_any_case(one, "zz"); };
  for (std::size_t at = 0; at + 2 <= text.size(); ++at) {
    if (!is_zz(std::string_view(text).substr(at, 2))) continue;
    const bool is_first = at == 0, is_last = at + 2 == text.size();
    return text.replace(at, 2, is_first && is_last ? "::" : is_first || is_last ? ":" : "");
  }
  return text;
}

}  // namespace

base::Result<base::IpNetwork> parse_rpz_network(std::string_view text) {
  const auto wrong = [](const char* why) { return Error(ErrorCode::kInvalid, why); };
  std::vector<std::string_view> labels = labels_of(text);
  const std::string_view length = labels.front();
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (error != std::errc() || end != length.data() + length.size()) return wrong("does not begin with a prefix length");
  labels.erase(labels.begin());
  const auto four = labels.size() == 4 ? base::IpAddress::parse(joined_from_end(labels, '.')) : std::nullopt;
  const auto address = four ? four : base::IpAddress::parse(with_double_colon(joined_from_end(labels, ':')));
  if (!address) return wrong("has no address, written from its end");
  if (bits < 1 || bits > (four ? 32U : 128U)) return wrong("has a prefix length that no such address has");
  const base::IpNetwork network(*address, four ? bits + kV4MappedBits : bits);
  if (network.address() != *address) return wrong("has bits beyond its prefix length");
  return network;
}

}  // namespace schoolgate::lists
