#include "lists/formats/format.h"

#include <algorithm>
#include <array>

#include "lists/formats/adblock.h"
#include "lists/formats/dnsmasq.h"
#include "lists/formats/domains.h"
#include "lists/formats/hosts.h"
#include "lists/formats/regex.h"
#include "lists/formats/rpz.h"
#include "lists/formats/squidguard.h"
#include "lists/formats/unbound.h"
#include "lists/formats/wildcard.h"

namespace schoolgate::lists {
namespace {

constexpr std::array kFormats = {
    Format{"domains", claims_domain_line, parse_domains},
    Format{"hosts", claims_hosts_line, parse_hosts},
    Format{"adblock", claims_adblock_line, parse_adblock},
    Format{"regex", claims_regex_line, parse_regex},
    Format{"rpz", claims_rpz_line, parse_rpz},
    Format{"squidguard", claims_squidguard_line, parse_squidguard},
    Format{"dnsmasq", claims_dnsmasq_line, parse_dnsmasq},
    Format{"unbound", claims_unbound_line, parse_unbound},
    // "domains" claims its lines too, and means less by them. A few plain names in it are no reason to read it so.
    Format{"wildcard", claims_wildcard_line, parse_wildcard, 95},
};

// Enough to see past a preamble of localhost lines; the rest of a list is more of the same.
constexpr int kSampledLines = 500;

}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format* find_format(std::string_view name) {
  const auto found =
      std::find_if(kFormats.begin(), kFormats.end(), [name](const Format& format) { return format.name == name; });
  return found == kFormats.end() ? nullptr : &*found;
}

const Format& detect_format(std::string_view text) {
  if (has_file_marks(text)) return *find_format("squidguard");
  std::array<int, kFormats.size()> claimed{};
  int sampled = 0;
  LineReader lines(text);
  for (auto line = lines.next(); line && sampled < kSampledLines; line = lines.next()) {
    if (line->text.empty() || begins_comment(line->text) || !why_unreadable(*line).empty()) continue;
    ++sampled;
    for (std::size_t i = 0; i < kFormats.size(); ++i) claimed[i] += kFormats[i].claims(line->text) ? 1 : 0;
  }
  for (std::size_t i = 0; i < kFormats.size(); ++i) {
    if (kFormats[i].only_from_percent == 0) continue;
    if (sampled > 0 && claimed[i] * 100 >= sampled * kFormats[i].only_from_percent) return kFormats[i];
    claimed[i] = 0;
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
    } else if (const auto why = why_unreadable(*line); !why.empty()) {
      sink.reject(*line, why);
    } else {
      read(*line, sink);
    }
  }
}

}  // namespace schoolgate::lists
