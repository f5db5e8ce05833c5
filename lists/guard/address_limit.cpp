#include "lists/guard/address_limit.h"

#include <cmath>

#include <fmt/format.h>

namespace schoolgate::lists {
namespace {

constexpr unsigned kV4MappedBits = 96;

}  // namespace

std::string AddressLimit::why_set_aside(const filter::AddressTrigger& trigger) {
  struct Least {
    unsigned v4, v6;
  };
  const bool by_client = trigger.trigger == filter::Trigger::kClientIp;
  const Least least = by_client ? Least{16, 48} : Least{8, 16};
  const unsigned bits = trigger.network.prefix_bits_v6();
  const bool is_v4 = trigger.network.address().is_v4() && bits >= kV4MappedBits;
  const double part =
      std::exp2(is_v4 ? static_cast<double>(least.v4) - (bits - kV4MappedBits) : static_cast<double>(least.v6) - bits);
  double& covered = covered_[by_client ? 0 : 1][is_v4 ? 0 : 1];
  if (covered + part > 1) {
    return fmt::format(
        "covers too many addresses: the rules of a list for {} may cover a /{} in all, and of IPv6 a /{}",
        by_client ? "clients" : "answers", least.v4, least.v6);
  }
  covered += part;
  return {};
}

}  // namespace schoolgate::lists
