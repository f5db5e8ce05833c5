// The address that a trigger of a response policy zone goes by, as its owner writes it: the prefix length, then the address from
// its end.
//
//     24.0.2.0.192        192.0.2.0/24
//     48.zz.1.db8.2001    2001:db8:1::/48; "zz" stands for "::"
#pragma once

#include <string_view>

#include "base/ip_address.h"
#include "base/result.h"

namespace schoolgate::lists {

// kInvalid with the reason, without quoting the text.
base::Result<base::IpNetwork> parse_rpz_network(std::string_view text);

}  // namespace schoolgate::lists
