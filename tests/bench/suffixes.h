// What names end in: top-level domains with their shares in block lists, and the parents that thousands share.
#pragma once

#include <string>

#include "tests/bench/random.h"

namespace schoolgate::bench {

// "com", "co.uk", without a dot in front.
const std::string& registry_suffix(Random& random);
// "blogspot.com": a provider whose customers get names below it. The first few hold most.
const std::string& shared_parent(Random& random);
// One of the fifth of them that lists block whole.
const std::string& listed_shared_parent(Random& random);

}  // namespace schoolgate::bench
