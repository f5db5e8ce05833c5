// The form in which a name is stored: its labels from the right, each with its length in front, no root label.
//
//     \3www\7example\3org\0    →    \3org\7example\3www
//
// The names under example.org are then exactly the keys that begin with \3org\7example: one range of an index. Every
// octet is kept, so any name comes back as it was asked.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dns/name.h"

namespace schoolgate::history {

// Octets that are no name in wire form are kept behind an octet that no label begins with.
std::string name_key(std::span<const std::uint8_t> wire);
// What a key stands for; absent for octets that are no name.
std::optional<dns::Name> name_of(std::string_view key);
// Presentation form of what a key stands for, escaped; octets that are no name come as \DDD each.
std::string name_text(std::string_view key);

// Every key below `key`, itself not included, is greater than `key` and less than this.
std::string end_of_names_under(std::string_view key);

}  // namespace schoolgate::history
