#include "admin-cli/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <limits>

#include <fmt/format.h>

namespace schoolgate::admin_cli {
namespace {

constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

struct CodePoint {
  char32_t value = 0;
  std::size_t octets = 0;  // 0: no UTF-8
};

// The first code point of a text (RFC 3629): shortest form only, no surrogates.
CodePoint first_code_point(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = octet(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t octets = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < octets) return {};
  char32_t value = lead & (0xffU >> (octets + 1));
  for (std::size_t i = 1; i < octets; ++i) {
    if ((octet(i) & 0xc0) != 0x80) return {};
    value = (value << 6) | (octet(i) & 0x3fU);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kLeast[octets] || value > 0x10ffff || is_surrogate) return {};
  return {value, octets};
}

bool is_shown_as_it_is(char32_t c) {
  const bool is_control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
  const bool is_invisible = c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
                            (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
                            (c >= 0xe0000 && c <= 0xe0fff);
  return !is_control && !is_invisible;
}

std::string_view code_of(Ink ink) {
  switch (ink) {
    case Ink::kStrong:
      return "1";
    case Ink::kSoft:
      return "2";
    case Ink::kGood:
      return "1;32";
    case Ink::kBad:
      return "1;31";
    case Ink::kWarning:
      return "33";
    case Ink::kPlain:
      break;
  }
  return "";
}

}  // namespace

Screen Screen::of_process() {
  Screen screen{std::cout, std::cerr};
  screen.errors_are_seen = ::isatty(STDERR_FILENO) != 0;
  if (::isatty(STDOUT_FILENO) == 0) {
    screen.columns = std::numeric_limits<unsigned>::max();
    return screen;
  }
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) screen.columns = size.ws_col;
  const char* no_color = std::getenv("NO_COLOR");
  screen.colours = no_color == nullptr || *no_color == '\0';
  return screen;
}

std::string Screen::paint(Ink ink, std::string_view text) const {
  if (!colours || ink == Ink::kPlain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(ink), text);
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const std::size_t octets = std::max<std::size_t>(point.octets, 1);
    if (point.octets != 0 && is_shown_as_it_is(point.value)) {
      shown += text.substr(0, octets);
    } else {
      for (const char c : text.substr(0, octets)) shown += fmt::format("\\{:03}", static_cast<unsigned char>(c));
    }
    text.remove_prefix(octets);
  }
  return shown;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string cut(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t end = 0;
  for (std::size_t left = columns - 1; left > 0; --left) {
    end += std::max<std::size_t>(first_code_point(text.substr(end)).octets, 1);
  }
  return std::string(text.substr(0, end)) + std::string(kEllipsis);
}

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

std::string plural(std::uint64_t number, std::string_view one) {
  return fmt::format("{} {}{}", with_commas(number), one, number == 1 ? "" : "s");
}

std::string bytes_in_words(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  return unit == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string labelled(std::string_view label, std::string_view text) { return fmt::format("{:<12}{}\n", label, text); }

}  // namespace schoolgate::admin_cli
