// Names as people write them: in the rules of the policy file, and
// pasted from a browser's address bar. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "dns/name.h"
#include "policy/policy_file.h"

namespace schoolgate::policy {

struct NamePattern {
  dns::Name name;  // lower case
  NameReach reach = NameReach::kBoth;
};

// "example.org", "*.example.org" or "=example.org", with or without
// a final dot, in any case, in any letters: "bücher.example" is read
// as its A-label form. The error says what would be right.
base::Result<NamePattern> parse_name_pattern(std::string_view written);

// What remains of a pasted address when scheme, user, port, path, final dot, case and blanks are taken off:
// " HTTPS://WWW.Example.org:8080/path " is "www.example.org". Anything else is lower-cased, for Name::parse to judge.
std::string bare_name(std::string_view typed);

// The name that somebody typed, pasted or has in a file, in lower case: what bare_name() leaves of it. The error says what is
// wrong in words that go on after the text: "is an address, and should be a domain name".
base::Result<dns::Name> parse_typed_name(std::string_view typed);
// The same, with the text in quotes in front of the error.
base::Result<dns::Name> read_typed_name(std::string_view typed);

// 'TEXT', cut when long and with control characters as \DDD: safe for terminals and logs.
std::string in_quotes(std::string_view text);

// True when `pattern` covers every name that `other` covers.
bool covers(const NameSetting& pattern, const NameSetting& other);
bool covers(const NameSetting& pattern, const dns::Name& lower_name);

}  // namespace schoolgate::policy
