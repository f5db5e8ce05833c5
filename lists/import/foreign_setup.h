// ForeignSetup: what a school had with another filter, as far as it can be taken over: Pi-hole's gravity.db and AdGuard
// Home's configuration. Read once, by `schoolgate lists import`; neither is trusted.
// Thread-safe: functions of their input.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace schoolgate::lists {

struct ForeignList {
  std::string name;     // as people there called it; may be empty
  std::string address;  // https://…
};

// What is not taken over, and why; or what means less here than it did there.
struct LeftOut {
  std::string what;
  std::string reason;
};

struct ForeignSetup {
  std::string product;             // "pihole", "adguard"
  std::vector<ForeignList> lists;  // the enabled ones
  std::vector<std::string> rules;  // the school's own, a line each, of format "adblock"
  std::vector<LeftOut> left_out;
};

// Of a file of either kind: SQLite's mark says which. kNotFound or kForbidden when it cannot be opened, kDamaged or kInvalid
// when it is neither, holds more than we read, or takes too long.
base::Result<ForeignSetup> read_foreign_setup(const std::string& path);

// The two, by themselves.
constexpr std::chrono::milliseconds kPiholePatience{10'000};
base::Result<ForeignSetup> read_pihole(const std::string& path, std::chrono::milliseconds patience = kPiholePatience);
base::Result<ForeignSetup> parse_adguard_home(const std::string& text, const std::string& file);

// Takes the list into the setup, or leaves it out with the reason.
void take_list_address(ForeignSetup& setup, const std::string& name, const std::string& address);

}  // namespace schoolgate::lists
