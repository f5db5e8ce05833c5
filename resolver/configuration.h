// schoolgate.toml: the server's configuration. Policy is not in this file. Read by both programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "dns/name.h"

namespace schoolgate::resolver {

struct UpstreamZone {
  dns::Name name;  // lower case; the root for the servers of everything else
  std::vector<base::Endpoint> servers;
};

struct Configuration {
  // [server]
  std::vector<base::Endpoint> listen;
  unsigned workers = 0;  // after reading: at least 1
  std::vector<base::IpNetwork> allow_from;
  std::string state = "/var/lib/schoolgate";
  std::string user = "schoolgate";
  std::string node;
  std::string site;
  // [policy]
  std::string policy_file;  // relative paths are relative to the configuration's folder and come back joined
  // [upstream]
  UpstreamZone upstream;            // may have no servers: nothing beyond the cache and the filter is answered
  std::vector<UpstreamZone> zones;  // conditional forwarding, longest name first
  // [block]
  base::IpAddress block_ipv4;
  bool has_block_ipv6 = false;
  base::IpAddress block_ipv6;
  std::uint32_t block_ttl_seconds = 10;
  std::vector<base::Endpoint> block_page_http;
  // [history]: one class of record until there are more; 90 days is the contract's figure for what was blocked
  int retention_days = 90;
  // beside the contract: where the shipped data lies (taxonomy.toml); found from the program's own path when empty
  std::string data;

  std::string file;  // as read

  static base::Result<Configuration> read(const std::string& path);
  static base::Result<Configuration> parse(std::string_view text, const std::string& file);

  std::string admin_socket() const { return state + "/admin.sock"; }
  std::string history_folder() const { return state + "/history"; }
  // Where taxonomy.toml lies: `data`, or SHARE beside the program (PREFIX/bin/x → PREFIX/share/schoolgate), or the
  // source tree's lists/data of a build that was not installed.
  std::string data_folder() const;
};

}  // namespace schoolgate::resolver
