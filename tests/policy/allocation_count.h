// How often this test program has called operator new: for the promise that the query path allocates nothing.
#pragma once

#include <cstddef>

namespace schoolgate::policy::sample {

std::size_t allocation_count();

}  // namespace schoolgate::policy::sample
