// memory_bench FOLDER IMAGE: opens that image, which filter_bench has left in FOLDER, looks a million names up, and prints how
// long until the first answer, and what is in memory. A program of its own: the peers' libraries would count, too.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <vector>

#include "tests/bench/bench_folder.h"
#include "tests/bench/figures.h"
#include "tests/bench/our_image.h"
#include "tests/bench/process_memory.h"

namespace schoolgate::bench {
namespace {

std::vector<dns::Name> parsed(const PackedTexts& texts) {
  std::vector<dns::Name> names;
  names.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) names.push_back(dns::Name::parse(texts[i]).value());
  return names;
}

base::Status run(const std::string& folder, const std::string& image_file) {
  constexpr std::size_t kLookups = 1'000'000;
  constexpr std::size_t kOpenings = 5;
  const std::int64_t of_program = memory_bytes("VmRSS");
  const auto mix = read_queries(folder, "random");
  if (!mix) return mix.error();
  const std::vector<dns::Name> queries = parsed(mix->names);
  const std::int64_t of_queries = memory_bytes("VmRSS") - of_program;

  std::vector<double> seconds;
  std::size_t blocked = 0;
  double resident = 0;
  for (std::size_t opening = 0; opening < kOpenings; ++opening) {
    const Stopwatch watch;
    auto image = OurImage::open(folder + "/" + image_file);
    if (!image) return image.error();
    blocked += image->find(queries[0]) ? 1 : 0;
    seconds.push_back(watch.seconds());
    if (opening > 0) continue;  // memory is that of a process which opens once
    for (std::size_t i = 0; i < kLookups; ++i) blocked += image->find(queries[i % queries.size()]) ? 1 : 0;
    resident = static_cast<double>(memory_bytes("VmRSS") - of_queries) - image->size_bytes();
  }
  std::sort(seconds.begin(), seconds.end());
  print_figure("ready_seconds/" + image_file, seconds[kOpenings / 2]);
  print_figure("resident_above_image_bytes/" + image_file, resident);
  if (blocked == 0) return base::Error(base::ErrorCode::kInvalid, "not one of the queries was blocked");
  return {};
}

}  // namespace
}  // namespace schoolgate::bench

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto status = schoolgate::bench::run(argv[1], argv[2]);
  if (status) return 0;
  std::fprintf(stderr, "memory_bench: %s\n", status.error().message().c_str());
  return 1;
}
