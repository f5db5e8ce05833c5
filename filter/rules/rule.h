// What a rule is, wherever it comes from: its list, which names it covers, and whether it is an exception.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "filter/rules/answer.h"
#include "filter/rules/tag_set.h"

namespace schoolgate::filter {

using ListNumber = std::uint16_t;

// Which names a name rule covers: the name, the names under it, or both (the usual case).
enum class Reach : std::uint8_t { kExact = 0, kSubdomains = 1, kBoth = 2 };
// An exception (@@) lifts its own list's rules from the names it covers; no other list's.
enum class Exception : std::uint8_t { kNo = 0, kYes = 1 };

// What the names of opaque lists are hashed with: secret, and the same for builder and reader.
using OpaqueKey = std::array<std::uint8_t, 16>;

struct ListEntry {
  std::string id;
  TagNumber tag = 0;               // what its rules say of a name
  std::string version;             // digest of the source, hex
  std::string source;              // where it came from, as configured
  bool opaque = false;             // its names may not be stored: see opaque_rules.h
  Action action = Action::kBlock;  // of its rules that do not say one themselves
  bool operator==(const ListEntry&) const = default;
};

// A rule that could not be taken, and why. Never dropped in silence, never fatal to the rest of its list.
struct RejectedRule {
  std::string list;
  std::uint32_t line = 0;
  std::string text;
  std::string reason;
  bool guarded = false;  // nothing is wrong with it but that it would block what must not be blocked
};

}  // namespace schoolgate::filter
