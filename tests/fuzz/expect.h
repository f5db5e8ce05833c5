// What must hold for any input: the fuzzer stops with the input at hand when it does not.
#pragma once

#include <cstdlib>

#define EXPECT_ALWAYS(condition)    \
  do {                              \
    if (!(condition)) std::abort(); \
  } while (false)
