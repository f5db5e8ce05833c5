// What EXPECT and EXPECT_RECORD compare, word by word.
#pragma once

#include <string>
#include <vector>

#include "tests/scenarios/runner.h"

namespace schoolgate::scenarios {

// What does not hold of the reply, a line each; empty: all does. `words` come in pairs: "rcode NOERROR ede 15".
std::string mismatch(const Reply& reply, const std::vector<std::string>& words);

// The same for "device=lab-pc-07 verdict=blocked".
std::string mismatch(const history::LookupRecord& record, const std::vector<std::string>& words);

}  // namespace schoolgate::scenarios
