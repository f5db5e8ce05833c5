#include <array>
#include <cstdio>

#include "tests/bench/bench_folder.h"
#include "tests/bench/figures.h"
#include "tests/bench/filter_bench.h"
#include "tests/bench/our_image.h"
#include "tests/bench/peers/fingerprint_peer.h"
#include "tests/bench/peers/marisa_peer.h"
#include "tests/bench/peers/sqlite_peer.h"
#include "tests/bench/peers/string_set_peer.h"
#include "tests/bench/timing.h"

namespace schoolgate::bench {
namespace {

constexpr std::array<const char*, 2> kMixes = {"zipf", "random"};

struct Mix {
  std::string id;
  QueryMix queries;
};

base::Result<std::vector<Mix>> read_mixes(const std::string& folder) {
  std::vector<Mix> mixes;
  for (const char* id : kMixes) {
    auto queries = read_queries(folder, id);
    if (!queries) return queries.error();
    mixes.push_back({id, std::move(*queries)});
  }
  return mixes;
}

// prepare(mix, first) makes kBatch queries ready, find(mix, i) looks the i-th one up.
template <class Prepare, class Find>
bool measure(const std::string& who, const std::vector<Mix>& mixes, Prepare prepare, Find find) {
  for (const Mix& mix : mixes) {
    const std::size_t count = mix.queries.names.size() / kBatch * kBatch;
    std::size_t mistakes = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i % kBatch == 0) prepare(mix, i);
      mistakes += find(mix, i) != mix.queries.blocked[i] ? 1 : 0;
    }
    if (mistakes > 0) {
      fmt::print(stderr, "filter_bench: {} is wrong about {} of {} queries, mix {}\n", who, mistakes, count, mix.id);
      return false;
    }
    time_batches(
        "lookup_ns/" + who + "/" + mix.id, count, [&](std::size_t first) { prepare(mix, first); },
        [&](std::size_t i) { return find(mix, i); });
  }
  return true;
}

// One peer after the other is in memory.
template <class Peer, class... More>
bool measure_peer(const std::string& who, const PackedTexts& names, const std::vector<Mix>& mixes, More... more) {
  Peer peer(names, more...);
  print_figure("bytes_a_name/" + who, peer.size_bytes() / static_cast<double>(names.size()));
  // Their texts lie one after the other, and the first touch brings the next ones.
  const auto prepare = [](const Mix& mix, std::size_t first) {
    for (std::size_t i = first; i < first + kBatch; ++i) benchmark::DoNotOptimize(mix.queries.names[i].front());
  };
  return measure(who, mixes, prepare,
                 [&peer](const Mix& mix, std::size_t i) { return peer.find(mix.queries.names[i]); });
}

bool measure_ours(const std::string& path, const std::vector<Mix>& mixes) {
  auto image = OurImage::open(path);
  if (!image) {
    fmt::print(stderr, "filter_bench: {}\n", image.error().message());
    return false;
  }
  std::array<dns::Name, kBatch> names;
  const auto prepare = [&names](const Mix& mix, std::size_t first) {
    for (std::size_t i = 0; i < kBatch; ++i) names[i] = dns::Name::parse(mix.queries.names[first + i]).value();
  };
  return measure("schoolgate", mixes, prepare,
                 [&](const Mix&, std::size_t i) { return image->find(names[i % kBatch]); });
}

}  // namespace

bool run_lookups(const BenchOptions& options) {
  const auto lists = read_lists(options.folder);
  const auto mixes = read_mixes(options.folder);
  if (!lists || !mixes) {
    fmt::print(stderr, "filter_bench: {}\n", lists ? mixes.error().message() : lists.error().message());
    return false;
  }
  const PackedTexts& names = lists->names();
  return measure_ours(options.folder + "/filter.image", *mixes) &&
         measure_peer<MarisaPeer>("marisa-trie", names, *mixes) &&
         measure_peer<StringSetPeer>("flat_hash_set-strings", names, *mixes) &&
         measure_peer<FingerprintPeer>("flat_hash_set-fingerprints", names, *mixes) &&
         measure_peer<SqlitePeer>("sqlite", names, *mixes, options.folder + "/peer.sqlite");
}

}  // namespace schoolgate::bench
