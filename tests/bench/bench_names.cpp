// bench_names FOLDER: makes block lists and the queries on them, from a seed or from real lists, for filter_bench.
#include <cstdio>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tests/bench/bench_folder.h"

namespace schoolgate::bench {
namespace {

struct Options {
  std::string folder;
  std::size_t names = 5'000'000;
  std::size_t queries = 400'000;
  std::uint64_t seed = 1;
  std::string popular = SCHOOLGATE_SOURCE_DIR "/lists/data/popular.txt";
  std::vector<std::string> lists;
};

base::Status make(const Options& options) {
  constexpr std::size_t kPopular = 10'000;
  const auto popular = read_names(options.popular, kPopular);
  if (!popular) return popular.error();
  const auto lists = options.lists.empty() ? BlockLists::generate(options.names, options.seed, *popular)
                                           : BlockLists::read(options.lists, options.names, *popular);
  if (!lists) return lists.error();
  if (auto status = write_lists(options.folder, *lists); !status) return status;
  const QueryMix zipf = zipf_mix(*lists, *popular, options.queries, options.seed + 10);
  const QueryMix random = random_mix(*lists, options.queries, options.seed + 20);
  if (auto status = write_queries(options.folder, "zipf", zipf); !status) return status;
  if (auto status = write_queries(options.folder, "random", random); !status) return status;
  fmt::print("{{\"names\": {}, \"lists\": {}, \"queries\": {}, \"zipf_blocked\": {}, \"random_blocked\": {}}}\n",
             lists->size(), lists->list_count(), options.queries, zipf.blocked_count(), random.blocked_count());
  return {};
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Makes block lists, and queries on them, for filter_bench");
  app.add_option("FOLDER", options.folder, "Where to write them")->required()->check(CLI::ExistingDirectory);
  app.add_option("--names", options.names, "Distinct names")
      ->capture_default_str()
      ->check(CLI::Range(1'000, 50'000'000));
  app.add_option("--queries", options.queries, "Queries of each mix")
      ->capture_default_str()
      ->check(CLI::Range(1'000, 10'000'000));
  app.add_option("--seed", options.seed, "The same seed makes the same")->capture_default_str();
  app.add_option("--popular", options.popular, "Names that are not to be blocked, most popular first")
      ->capture_default_str();
  app.add_option("--lists", options.lists, "Real lists instead: names or hosts lines, a list a file");
  CLI11_PARSE(app, argc, argv);
  if (const auto status = make(options); !status) {
    fmt::print(stderr, "bench_names: {}\n", status.error().message());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace schoolgate::bench

int main(int argc, char** argv) { return schoolgate::bench::run(argc, argv); }
