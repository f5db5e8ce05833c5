// [[list]] sections, put into the text of a policy file and taken out of it: every other octet stays as it was.
// Both give a text alone; whoever writes it to a file lets parse_policy() check it first.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "policy/policy_file.h"

namespace schoolgate::policy {

struct ListSection {
  std::string id;
  std::string category;
  std::string source;        // as it is to be written: relative to the policy file's folder, absolute, or an address
  std::string format;        // empty: not written
  std::string comment;       // one line, what the list is
  std::string refresh = "";  // of an address, how often it is fetched: "6h"; empty: not written
};

// At the end of the text, with its comment above it.
std::string put_list(std::string_view text, const ListSection& section);

struct TakenList {
  std::string rest;
  std::string taken;        // the section and the comment lines right above it
  unsigned first_line = 0;  // of `taken`, from 1
  unsigned last_line = 0;
};

// Takes out the section that `list` was read from. What a comment right above says goes with it, unless it begins the file.
// REQUIRES: `list` is one that parse_policy() read from `text`.
// kInvalid when the list is written in another way than as a [[list]] section with simple values: left to a person.
base::Result<TakenList> take_list(std::string_view text, const ListSetting& list);

}  // namespace schoolgate::policy
