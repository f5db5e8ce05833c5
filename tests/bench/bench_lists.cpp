// bench_lists FOLDER: makes block lists of every format from a seed (list_files.h), for tests/bench/lists.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "tests/bench/list_files.h"
#include "tests/bench/pattern_kinds.h"

namespace schoolgate::bench {
namespace {

struct Options {
  std::string folder;
  std::size_t names = 5'000'000;
  std::size_t patterns = 4'000;
  std::uint64_t seed = 1;
};

base::Status make(const Options& options) {
  constexpr std::size_t kPopular = 10'000;
  const auto popular = read_names(SCHOOLGATE_SOURCE_DIR "/lists/data/popular.txt", kPopular);
  if (!popular) return popular.error();
  const BlockLists lists = BlockLists::generate(options.names, options.seed, *popular);
  return write_list_files(options.folder, lists, generate_patterns(options.patterns, options.seed));
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Makes block lists of every format");
  app.add_option("FOLDER", options.folder, "Where to write them")->required()->check(CLI::ExistingDirectory);
  app.add_option("--names", options.names, "Distinct names")
      ->capture_default_str()
      ->check(CLI::Range(1'000, 50'000'000));
  app.add_option("--patterns", options.patterns, "Patterns")->capture_default_str()->check(CLI::Range(1, 100'000));
  app.add_option("--seed", options.seed, "The same seed makes the same")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (const auto status = make(options); !status) {
    fmt::print(stderr, "bench_lists: {}\n", status.error().message());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace schoolgate::bench

int main(int argc, char** argv) { return schoolgate::bench::run(argc, argv); }
