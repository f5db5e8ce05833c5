// AddressLimit: how much of the Internet, or of a school's network, the rules of one list may cover by address. What a rule covers is
// counted once for each rule.
//
//     AddressLimit limit;                                // of one list
//     const std::string why = limit.why_set_aside(trigger);   // "": it may go into force
#pragma once

#include <string>

#include "filter/rules/address_rules.h"

namespace schoolgate::lists {

class AddressLimit {
 public:
  // One rule: /8 of IPv4 for answers and /16 for clients, /16 and /48 of IPv6. All together: as much as one such rule.
  std::string why_set_aside(const filter::AddressTrigger& trigger);

 private:
  double covered_[2][2] = {};  // by trigger and version, of what one rule may cover at most
};

}  // namespace schoolgate::lists
