// The tag table and the list table as sections of an image.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "filter/file/octets.h"
#include "filter/rules/rule.h"
#include "filter/rules/tag_table.h"

namespace schoolgate::filter {

void encode_tags(const TagTable& tags, std::string& out);
void encode_lists(const std::vector<ListEntry>& lists, const std::vector<std::uint64_t>& rules, std::string& out);

// False for octets that are no such table; a list whose tag is not in `tags` is none.
bool parse_tags(Octets octets, TagTable& tags);
bool parse_lists(Octets octets, const TagTable& tags, std::vector<ListEntry>& lists, std::vector<std::uint64_t>& rules);

}  // namespace schoolgate::filter
