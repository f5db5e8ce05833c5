// Rules: a policy and lists written as text, made into the snapshot that the resolver works with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "resolver/snapshot.h"

namespace schoolgate::support {

struct Rules {
  struct List {
    std::string id;
    std::string category;            // of the shipped taxonomy
    std::vector<std::string> names;  // "name", "=exact", "*.subdomains", "@@exception"; or of a zone its lines
    bool is_zone = false;            // a response policy zone, answered as it says
  };

  struct Local {
    std::string category;
    std::string name;  // as of a list; an exception lifts
  };

  std::string policy = "default_group = \"everyone\"\n";  // policy.toml
  std::vector<List> lists;
  std::vector<Local> local;
  bool has_image = true;  // false: no image could be read
  std::string block_ipv4 = "10.0.0.2";
  std::string block_ipv6;  // empty: none
  std::uint32_t block_ttl_seconds = 10;
  std::vector<std::string> allow_from = {"127.0.0.0/8", "10.0.0.0/8", "fd00::/8"};
  std::string site;
};

// kInvalid with what is wrong in the text.
base::Result<std::shared_ptr<const resolver::Snapshot>> make_snapshot(const Rules& rules, std::uint64_t generation);

}  // namespace schoolgate::support
