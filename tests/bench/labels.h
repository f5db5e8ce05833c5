// Labels as block lists have them: words and what sounds like words, with digits and hyphens, some of pure chance.
#pragma once

#include <string>
#include <string_view>

#include "tests/bench/random.h"

namespace schoolgate::bench {

// What a person registered: "freebonus24", "my-shop".
std::string registered_label(Random& random);
// Another one of the same owner: "freebonus24" has "freebonus7" and "freebonanza". REQUIRES: not empty.
std::string cousin_of(std::string_view label, Random& random);
// What stands below that: "www", "ads3", "d2k9v0sxwlcqe4".
std::string host_label(Random& random);
// One that thousands of customers of one provider have: a site's name, or a number of chance.
std::string customer_label(Random& random);
// One of the few that stand in the middle of long names.
std::string middle_label(Random& random);

}  // namespace schoolgate::bench
