// Block lists as files of every format, written as their publishers write them, and a policy that names them:
//
//     policy.toml
//     domains.txt  hosts.txt  adblock.txt  wildcard.txt  dnsmasq.conf  unbound.conf  rpz.zone      the names in their order
//     category/domains      the biggest, a folder as UT1's
//     small.txt.gz          the smallest
//     regex.txt             patterns
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tests/bench/block_lists.h"

namespace schoolgate::bench {

struct ListFile {
  std::string_view id;
  std::string_view path;    // in the folder; a category folder's is the folder
  std::string_view format;  // that it is recognised as; of "regex" the policy says so, since nothing is taken for that
};

// In the order of the policy.
std::span<const ListFile> list_files();

// Every name is in one of the files at least, but for an exception: those only Adblock, RPZ, dnsmasq and Unbound can say.
base::Status write_list_files(const std::string& folder, const BlockLists& lists,
                              const std::vector<std::string>& patterns);

}  // namespace schoolgate::bench
