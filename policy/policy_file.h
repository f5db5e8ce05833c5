// policy.toml, read and checked: what the contract of the policy file says, nothing ignored.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "base/toml.h"
#include "dns/name.h"
#include "filter/rules/tag_table.h"

namespace schoolgate::policy {

// The key that a zone's transfer is signed with (RFC 8945).
struct TsigSetting {
  std::string name;
  std::string algorithm;    // "hmac-sha256" or "hmac-sha512"
  std::string secret_file;  // joined as a list's source is
};

// [[list]]: the policy names lists; the room `lists` reads them.
struct ListSetting {
  std::string id;
  std::string category;  // a tag's id
  // A file path, relative ones to the policy file's folder and come back joined; or "https://…", or
  // a zone of a primary: axfr://host/zone, ixfr://host/zone.
  std::string source;
  bool is_remote = false;           // it is an address
  std::int64_t refresh_s = 0;       // of a remote one: how often it is fetched
  std::string sha256;               // its pinned digest, hex in lower case; empty: none
  std::string minisign;             // the public key that it is signed with; empty: none
  std::string format;               // "auto", or the name of one: lists/formats/format.cpp has the table
  bool opaque = false;              // its names are stored as hashes only, and shown nowhere
  bool may_block_suffixes = false;  // its rules for whole public suffixes ("zip", "co.uk") are meant
  std::string action;  // how its names are answered: "given" by its rules, "block", "nxdomain", …; empty: unset
  std::optional<TsigSetting> tsig;  // of a zone
  base::Place place;
};

// Which names a name rule covers. "example.org" covers itself and what is under it, "*.example.org" only what is under
// it, "=example.org" only itself.
enum class NameReach { kExact, kSubdomains, kBoth };

struct NameSetting {
  dns::Name name;  // lower case
  NameReach reach = NameReach::kBoth;
  bool security = false;  // allow rules only: also lifts a security category, on this exact name
  std::string reason;
  std::string text;  // as written
  base::Place place;
};

enum class Otherwise { kAllow, kBlock };

struct GroupSetting {
  std::string id;
  std::string parent;                  // empty for the root, "everyone"
  std::optional<Otherwise> otherwise;  // absent: the parent's
  std::vector<std::string> block;      // categories
  std::vector<std::string> allow;
  std::vector<NameSetting> block_names;
  std::vector<NameSetting> allow_names;
  std::vector<std::string> locked;  // settings that groups below may not change: "block", "block_names"
  base::Place place;
};

struct DeviceSetting {
  std::string id;
  std::string group;
  std::string person;
  std::optional<base::MacAddress> mac;
  std::optional<base::IpAddress> address;
  std::optional<base::IpNetwork> subnet;
  base::Place place;
};

struct PolicySettings {
  std::string default_group;
  std::vector<dns::Name> protected_names;
  std::vector<ListSetting> lists;
  std::vector<GroupSetting> groups;  // "everyone" is always there, first
  std::vector<DeviceSetting> devices;
  std::string digest;  // of the file's bytes, hex
};

// Every mistake found, a line each: "policy.toml:12:7:
// unknown category 'gamblin' (did you mean 'gambling'?)".
base::Result<PolicySettings> parse_policy(std::string_view text, const std::string& file, const filter::TagTable& tags);
base::Result<PolicySettings> read_policy(const std::string& path, const filter::TagTable& tags);

}  // namespace schoolgate::policy
