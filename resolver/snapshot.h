// Snapshot: all that decides a lookup, immutable. A worker holds one at a time; a query in flight keeps the one it
// started with. The control thread makes a new one and posts it; nothing is locked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "dns/reply.h"
#include "filter/classifier.h"
#include "policy/policy.h"

namespace schoolgate::resolver {

struct Snapshot {
  std::uint64_t generation = 0;                // from 1, one more with each
  std::shared_ptr<const filter::Image> image;  // null: no image could be read; names get SERVFAIL, never unfiltered
  std::shared_ptr<const filter::Overlay> local_rules =
      std::make_shared<const filter::Overlay>();  // with the image's tags
  std::shared_ptr<const policy::Policy> policy;
  dns::BlockAddresses block;
  filter::TagSet illegal;  // categories of illegal content: extended error 16 instead of 15
  std::vector<base::IpNetwork> allow_from;
  std::string site;

  // REQUIRES: an image.
  filter::Classifier names() const { return {*image, *local_rules}; }

  bool allows_client(const base::IpAddress& address) const {
    for (const auto& network : allow_from) {
      if (network.contains(address)) return true;
    }
    return false;
  }
};

}  // namespace schoolgate::resolver
