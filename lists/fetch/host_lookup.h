// HostLookup: the addresses of the hosts that lists come from, asked of the upstream servers directly, so that fetching works when
// this machine's own resolver, which may be us, does not. Wraps ldns.
//
// Thread contract: blocks; one thread.
#pragma once

#include <string>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace schoolgate::lists {

class HostLookup {
 public:
  explicit HostLookup(std::vector<base::Endpoint> servers) : servers_(std::move(servers)) {}

  // IPv4 first. A name that the servers do not have, or without servers, is asked of the system (/etc/hosts). kUnavailable when
  // nobody has it.
  base::Result<std::vector<base::IpAddress>> find(const std::string& host) const;

 private:
  std::vector<base::Endpoint> servers_;
};

}  // namespace schoolgate::lists
