#include "lists/formats/format.h"

#include <algorithm>
#include <array>

#include "lists/formats/adblock.h"
#include "lists/formats/domains.h"
#include "lists/formats/hosts.h"
#include "lists/formats/regex.h"

namespace schoolgate::lists {
namespace {

constexpr std::array kFormats = {
    Format{"domains", claims_domain_line, parse_domains},
    Format{"hosts", claims_hosts_line, parse_hosts},
    Format{"adblock", claims_adblock_line, parse_adblock},
    Format{"regex", claims_regex_line, parse_regex},
};

// Enough to see past a preamble of localhost lines; the rest of a list is more of the same.
constexpr int kSampledLines = 500;

bool is_readable(std::string_view text) {
  return text.size() <= kMostLineBytes && text.find('\0') == std::string_view::npos;
}

}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format* find_format(std::string_view name) {
  const auto found =
      std::find_if(kFormats.begin(), kFormats.end(), [name](const Format& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : &*found;
}

const Format& detect_format(std::string_view text) {
  std::array<int, kFormats.size()> claimed{};
  int sampled = 0;
  LineReader lines(text);
  for (auto line = lines.next(); line && sampled < kSampledLines; line = lines.next()) {
    if (line->text.empty() || begins_comment(line->text) || !is_readable(line->text)) continue;
    ++sampled;
    for (std::size_t i = 0; i < kFormats.size(); ++i) claimed[i] += kFormats[i].claims(line->text) ? 1 : 0;
  }
  return kFormats[static_cast<std::size_t>(std::max_element(claimed.begin(), claimed.end()) - claimed.begin())];
}

std::string format_names() {
  std::string names = "auto";
  for (const Format& format : kFormats) names.append(", ").append(format.name);
  return names;
}

void read_rule_lines(std::string_view text, RuleSink& sink, const ReadLine& read) {
  LineReader lines(text);
  while (const auto line = lines.next()) {
    if (line->text.empty() || begins_comment(line->text)) {
      sink.skip(*line);
    } else if (line->text.size() > kMostLineBytes) {
      sink.reject(*line, "longer than 4096 bytes: is this a list at all?");
    } else if (line->text.find('\0') != std::string_view::npos) {
      sink.reject(*line, "has a NUL byte: save the file as UTF-8 text");
    } else {
      read(*line, sink);
    }
  }
}

}  // namespace schoolgate::lists
