#include <array>
#include <cstdio>
#include <span>
#include <string_view>
#include <vector>

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

using Blocked = std::array<bool, kBatch>;

// prepare(mix, first) makes kBatch queries ready, find(mix, first, blocked) looks them up. Every answer is compared first.
template <class Prepare, class Find>
bool measure(const std::string& figure, const std::vector<Mix>& mixes, Prepare prepare, Find find) {
  for (const Mix& mix : mixes) {
    const std::size_t count = mix.queries.names.size() / kBatch * kBatch;
    Blocked blocked{};
    std::size_t mistakes = 0;
    for (std::size_t first = 0; first < count; first += kBatch) {
      prepare(mix, first);
      find(mix, first, blocked);
      for (std::size_t i = 0; i < kBatch; ++i) mistakes += blocked[i] != mix.queries.blocked[first + i] ? 1 : 0;
    }
    if (mistakes > 0) {
      fmt::print(stderr, "filter_bench: {}: wrong about {} of {} queries, mix {}\n", figure, mistakes, count, mix.id);
      return false;
    }
    time_batches(
        figure + "/" + mix.id, count, [&](std::size_t first) { prepare(mix, first); },
        [&](std::size_t first) {
          find(mix, first, blocked);
          benchmark::DoNotOptimize(blocked);
        });
  }
  return true;
}

template <class Peer>
concept FindsManyAtOnce = requires(Peer peer, const std::vector<std::string_view> names, Blocked& blocked) {
  peer.find(std::span(names), std::span(blocked));
};

// One peer after the other is in memory.
template <class Peer, class... More>
bool measure_peer(const std::string& who, const PackedTexts& names, const std::vector<Mix>& mixes, More... more) {
  Peer peer(names, more...);
  print_figure("bytes_a_name/" + who, peer.size_bytes() / static_cast<double>(names.size()));
  std::vector<std::string_view> batch(kBatch);
  // The texts lie one after the other, and the first touch brings the next ones.
  const auto prepare = [&](const Mix& mix, std::size_t first) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      batch[i] = mix.queries.names[first + i];
      benchmark::DoNotOptimize(batch[i].front());
    }
  };
  const auto one_by_one = [&](const Mix&, std::size_t, Blocked& blocked) {
    for (std::size_t i = 0; i < kBatch; ++i) blocked[i] = peer.find(batch[i]);
  };
  if (!measure("lookup_ns/" + who, mixes, prepare, one_by_one)) return false;
  if constexpr (FindsManyAtOnce<Peer>) {
    return measure("lookup_together_ns/" + who, mixes, prepare,
                   [&](const Mix&, std::size_t, Blocked& blocked) { peer.find(std::span(batch), std::span(blocked)); });
  }
  return true;
}

bool measure_ours(const std::string& path, const std::vector<Mix>& mixes) {
  auto image = OurImage::open(path);
  if (!image) {
    fmt::print(stderr, "filter_bench: {}\n", image.error().message());
    return false;
  }
  std::array<dns::Name, kBatch> names;
  std::array<const dns::Name*, kBatch> pointers;
  for (std::size_t i = 0; i < kBatch; ++i) pointers[i] = &names[i];
  const auto prepare = [&names](const Mix& mix, std::size_t first) {
    for (std::size_t i = 0; i < kBatch; ++i) names[i] = dns::Name::parse(mix.queries.names[first + i]).value();
  };
  return measure("lookup_ns/schoolgate", mixes, prepare,
                 [&](const Mix&, std::size_t, Blocked& blocked) {
                   for (std::size_t i = 0; i < kBatch; ++i) blocked[i] = image->find(names[i]);
                 }) &&
         measure("lookup_together_ns/schoolgate", mixes, prepare,
                 [&](const Mix&, std::size_t, Blocked& blocked) { image->find(pointers, blocked); });
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
