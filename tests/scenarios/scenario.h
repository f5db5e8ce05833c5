// Scenario: a text file that says what upstream would answer, what clients ask, and what must come of it. README.md says
// how it is written.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tests/support/fake_upstream.h"
#include "tests/support/rules.h"

namespace schoolgate::scenarios {

struct Neighbour {
  base::IpAddress address;
  base::MacAddress mac;
};

// What is in force: at the first step, and again at each RELOAD.
struct Setting {
  support::Rules rules;
  std::vector<Neighbour> neighbours;
};

enum class Verb {
  kCanned,  // not written as a step: a reply of an [upstream] section, at its place in the file
  kQuery,
  kExpect,
  kAnswer,
  kAuthority,
  kUpstream,
  kTime,
  kExpectUpstream,
  kReload,
  kExpectRecord,
};

struct Step {
  unsigned line = 0;
  unsigned number = 0;
  Verb verb = Verb::kQuery;
  std::string rest;                // after the verb, as written
  std::vector<std::string> words;  // of the rest
  Setting setting;                 // kReload
  support::FakeUpstream::Key key;  // kCanned
  support::Message reply;          // kCanned
};

struct Scenario {
  std::string file;
  Setting start;
  std::vector<Step> steps;
};

// "FILE:LINE: what is wrong".
base::Result<Scenario> read_scenario(const std::string& path);

std::vector<std::string> words_of(const std::string& text);

}  // namespace schoolgate::scenarios
