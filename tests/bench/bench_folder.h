// What bench_names leaves in a folder for the programs that measure:
//
//     rules.tsv     name, list, reach, exception: tabs between, in the order of the keys
//     names.txt     the names alone, for the peers and for other programs
//     zipf.txt, random.txt   queries: "1 name" when the lists block it, else "0 name"
#pragma once

#include <string>

#include "base/result.h"
#include "tests/bench/block_lists.h"
#include "tests/bench/query_mix.h"

namespace schoolgate::bench {

base::Status write_lists(const std::string& folder, const BlockLists& lists);
base::Result<BlockLists> read_lists(const std::string& folder);
base::Status write_queries(const std::string& folder, const std::string& mix, const QueryMix& queries);
base::Result<QueryMix> read_queries(const std::string& folder, const std::string& mix);

}  // namespace schoolgate::bench
