#include "tests/load/school.h"

#include <array>
#include <numeric>
#include <set>
#include <string_view>

#include <fmt/format.h>

namespace schoolgate::load {
namespace {

constexpr std::uint64_t kSeed = 20'260'907;
constexpr std::array<std::string_view, 20> kSyllables = {"ba",  "co",  "di",  "fu",   "ga", "ho", "in",
                                                         "ke",  "lo",  "mi",  "no",   "pe", "ra", "sta",
                                                         "ter", "vid", "web", "play", "go", "ly"};
constexpr std::array<std::string_view, 6> kEnds = {"example",       "com.example", "org.example",
                                                   "co.uk.example", "net.example", "school.example"};

std::string word(Random& random, std::uint64_t least, std::uint64_t most) {
  std::string text;
  const std::uint64_t syllables = least + random.below(most - least + 1);
  for (std::uint64_t i = 0; i < syllables; ++i) text += kSyllables[random.below(kSyllables.size())];
  return text;
}

// What stands below a zone: from the short ones that people type to those that content networks make up.
std::vector<std::string> hosts(Random& random) {
  return {"www", "api-" + word(random, 1, 2), fmt::format("{:06x}.cdn.{}", random.below(1 << 24), word(random, 1, 2)),
          fmt::format("r{}---sn-{:x}.edge", random.below(20), random.below(std::uint64_t{1} << 48))};
}

std::vector<std::string> make_zones(Random& random) {
  std::set<std::string> seen;
  std::vector<std::string> zones;
  while (zones.size() < School::kZones) {
    const std::string zone = word(random, 2, 5) + "." + std::string(kEnds[random.below(kEnds.size())]);
    if (seen.insert(zone).second) zones.push_back(zone);
  }
  return zones;
}

std::vector<std::string> make_devices() {
  std::vector<std::string> devices;
  for (std::size_t i = 0; i < School::kDevices; ++i) {
    devices.push_back(i % 2 == 0 ? fmt::format("room-{}-pc-{:02}", 100 + i / 32, i % 32 / 2)
                                 : fmt::format("mac:02:00:5e:10:{:02x}:{:02x}", i / 256, i % 256));
  }
  return devices;
}

}  // namespace

School School::make() {
  Random random(kSeed);
  School school;
  school.devices = make_devices();
  std::vector<dns::Name> names;
  for (const std::string& zone : make_zones(random)) {
    school.zones.push_back(*dns::Name::parse(zone));
    names.push_back(school.zones.back());
    for (const std::string& host : hosts(random)) names.push_back(*dns::Name::parse(host + "." + zone));
  }
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  for (const std::size_t at : order) {
    school.names.push_back(names[at]);
    school.zone_of.push_back(at / kNamesPerZone);
  }
  return school;
}

}  // namespace schoolgate::load
