// Screen: where a verb prints. Everything that came from a name, a file or the daemon goes through printable() first.
//
// Thread contract: one thread.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace schoolgate::admin_cli {

enum class Ink { kPlain, kStrong, kSoft, kGood, kBad, kWarning };

struct Screen {
  std::ostream& out;
  std::ostream& err;
  unsigned columns = 100;
  bool colours = false;
  bool errors_are_seen = false;  // `err` is a terminal

  // As wide as the terminal that standard output is; colours only there, and not with NO_COLOR (no-color.org). A file or
  // another program gets every word whole.
  static Screen of_process();
  std::string paint(Ink ink, std::string_view text) const;
};

// Control characters, invisible ones and those that turn the reading direction come as \DDD, byte by byte, and so do
// bytes that are no UTF-8: what a device asked for can neither move the cursor nor disguise itself.
std::string printable(std::string_view text);
// How many columns printable text takes: one a code point.
std::size_t width_of(std::string_view text);
// Cut to `columns`, the last one an ellipsis when something is missing.
std::string cut(std::string_view text, std::size_t columns);

std::string with_commas(std::uint64_t number);                   // "1,234,567"
std::string plural(std::uint64_t number, std::string_view one);  // "1 rule", "1,204 rules"
std::string bytes_in_words(std::uint64_t bytes);                 // "12.3 MiB"
// A summary's line: "Listening   127.0.0.1:53".
std::string labelled(std::string_view label, std::string_view text);

}  // namespace schoolgate::admin_cli
