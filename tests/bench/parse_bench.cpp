// parse_bench [FORMAT=]LIST…: how fast lists are parsed, on one core and with their octets in memory: files, category folders,
// archives, each as what it is recognised as, unless it is said. What is mostly no list is passed over.
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <map>
#include <vector>

#include "base/file.h"
#include "lists/formats/format.h"
#include "lists/source/archive.h"
#include "lists/source/category_folder.h"
#include "lists/source/list_source.h"
#include "tests/bench/figures.h"

namespace schoolgate::bench {
namespace {

class CountingSink final : public lists::RuleSink {
 public:
  void take(const lists::Line&, filter::Reach, filter::Exception, const dns::Name& name) override {
    ++rules;
    octets += name.size();
  }
  void take_pattern(const lists::Line&, filter::Exception, std::string_view expression) override {
    ++rules;
    octets += expression.size();
  }
  void reject(const lists::Line&, std::string_view) override { ++rejected; }
  void skip(const lists::Line&) override {}
  std::size_t rules = 0, rejected = 0, octets = 0;
};

struct Speed {
  double octets = 0, rules = 0, seconds = 0;
};

base::Result<std::string> read(const std::string& path) {
  if (std::filesystem::is_directory(path)) return lists::read_category_folder(path, lists::kMostSourceBytes);
  auto octets = base::read_file(path, lists::kMostSourceBytes);
  if (!octets || !lists::is_archive(*octets)) return octets;
  return lists::read_archive(path, *octets, "", lists::kMostSourceBytes);
}

// The processor's seconds for one time, the median of some; a small list is read again and again for one of them.
double seconds_of(const lists::Format& format, const std::string& text) {
  constexpr std::size_t kRepetitions = 5, kLeastOctets = std::size_t{4} << 20;
  const std::size_t times = 1 + kLeastOctets / std::max<std::size_t>(text.size(), 1);
  std::vector<double> seconds;
  for (std::size_t repetition = 0; repetition < kRepetitions; ++repetition) {
    const std::clock_t start = std::clock();
    for (std::size_t i = 0; i < times; ++i) {
      CountingSink sink;
      format.parse(text, sink);
    }
    seconds.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / static_cast<double>(times));
  }
  std::ranges::sort(seconds);
  return seconds[kRepetitions / 2];
}

// "regex=patterns.txt": that one is never guessed.
const lists::Format* take_format(std::string& word) {
  const std::size_t equals = word.find('=');
  const lists::Format* format = equals == std::string::npos ? nullptr : lists::find_format(word.substr(0, equals));
  if (format != nullptr) word.erase(0, equals + 1);
  return format;
}

bool run(std::vector<std::string> words) {
  std::map<std::string_view, Speed> speeds;
  for (std::string& path : words) {
    const lists::Format* told = take_format(path);
    const auto text = read(path);
    if (!text) {
      fmt::print(stderr, "parse_bench: {}\n", text.error().message());
      return false;
    }
    const lists::Format& format = told == nullptr ? lists::detect_format(*text) : *told;
    CountingSink sink;
    format.parse(*text, sink);
    if (sink.rules <= sink.rejected) continue;
    Speed& speed = speeds[format.name];
    speed.octets += static_cast<double>(text->size());
    speed.rules += static_cast<double>(sink.rules);
    speed.seconds += seconds_of(format, *text);
  }
  for (const auto& [format, speed] : speeds) {
    print_figure(fmt::format("parse_octets/{}", format), speed.octets);
    print_figure(fmt::format("parse_rules/{}", format), speed.rules);
    print_figure(fmt::format("parse_octets_a_second/{}", format), speed.octets / speed.seconds);
  }
  return true;
}

}  // namespace
}  // namespace schoolgate::bench

int main(int argc, char** argv) { return schoolgate::bench::run({argv + 1, argv + argc}) ? 0 : 1; }
