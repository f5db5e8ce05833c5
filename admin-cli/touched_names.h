// Which of the names that were looked up an update of a list would begin or cease to block.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "admin-cli/looked_up.h"
#include "admin-cli/screen.h"
#include "lists/versions/version_diff.h"
#include "web/json.h"

namespace schoolgate::admin_cli {

struct TouchedNames {
  struct One {
    std::string name;
    std::uint64_t lookups = 0;
    lists::BothVersions::Blocked blocked;
  };
  std::vector<One> most;  // looked up most first; those looked up as often in the order they came
  std::uint64_t count = 0;
  LookedUpTotal of;
};

// `shown`: how many of them; 0: all. REQUIRES: !options.empty().
base::Result<TouchedNames> find_touched(const lists::ListText& before, const lists::ListText& after,
                                        const LookedUpOptions& options, const resolver::Configuration& configuration,
                                        std::size_t shown);

void add_to(web::Json& difference, const TouchedNames& touched);
void print(const TouchedNames& touched, const Screen& screen);

}  // namespace schoolgate::admin_cli
