// What lies in an image, in the two files beside it, and in those that an image is made of. The frame is sectioned_file.h; numbers
// are little-endian, texts have a u32 count in front, nothing is a pointer.
//
//     PATH         the image: the same rules give the same octets on every machine
//     PATH.lines   every name rule with its line, in the order of its key; only explain() reads it
//     PATH.hs      the patterns compiled for one processor; made again when it is missing or does not fit
//     rules        what one list says, see list_rules.h: wherever who builds keeps it
//
// A format number goes up when a reader of the old one would misread the new one.
#pragma once

#include <cstdint>
#include <string>

#include "filter/file/sectioned_file.h"

namespace schoolgate::filter {

enum class ImageSection : std::uint32_t {
  kTags,           // tag: number u16, kind u8, traits u8 (1 locked, 2 security), id
  kLists,          // list: tag u16, rules u64, opaque u8, action u8, id, version, source
  kTagSets,        // 64 octets each, interned; the first is empty
  kStandings,      // 12 octets each, see standing.h; the first is "no list says anything"
  kStandingLists,  // u16 each, and the answers
  kTrie,           // see trie_format.h
  kPatterns,       // pattern with more in it than names: list u16, exception u8, line u32, expression, text
  kOpaque,         // see opaque_rules.h
  kAnswers,        // see answer.h
  kAddresses,      // see address_rules.h
};
enum class LinesSection : std::uint32_t { kBlocks, kPlaces, kFrames };  // see line_index.h
enum class CompiledSection : std::uint32_t {
  kPlatform,   // see HyperscanDatabase::platform()
  kPlan,       // see patterns/plan_octets.h
  kLiterals,   // a database of Hyperscan
  kAlways,     // likewise
  kTriggered,  // a counted text for each expression that literals trigger: likewise
};

enum class RulesSection : std::uint32_t {
  kCount,
  kNames,
  kFrames,
  kPatterns,
  kAnswers,
  kAddresses,
  kNote
};  // see list_rules.h

// What lies beside the image at `path`.
inline std::string lines_path(const std::string& path) { return path + ".lines"; }
inline std::string compiled_path(const std::string& path) { return path + ".hs"; }

// Nobody writes them in place: they are mapped by the daemon, and a new one comes by rename.
inline constexpr unsigned kPublishedMode = 0440;

inline constexpr FileKind kImageFile{"SGFILTER", "filter image", 6, 10};
inline constexpr FileKind kLinesFile{"SGFLINES", "line index", 4, 3};
inline constexpr FileKind kCompiledFile{"SGFHYPER", "compiled pattern set", 3, 5};
inline constexpr FileKind kRulesFile{"SGFRULES", "rules of a list", 2, 7};

}  // namespace schoolgate::filter
