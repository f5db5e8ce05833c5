// ListNames: names as real block lists have them, one after the other from a seed: the lengths, the suffixes, the shared
// parents, and labels that are as hard to guess. Text of our own: of the real lists only these figures are used, measured
// over the 723,854 distinct names of 28 public lists (UT1, HaGeZi, ShadowWhisperer, StevenBlack and others), and over as
// many made here with seed 1:
//
//                                                         real      made
//     octets a name                                      18.31     18.32
//     labels a name: 2 / 3 / 4 / 5 or more   %   70.1/23.5/3.2/3.3  70.7/23.6/3.3/2.5
//     .com / .net / .info / .tk / .xyz / .org   %  47.6/5.6/5.2/5.1/2.1/2.1, from a table of 70 and 21 like co.uk
//     hosts: names below a registered one   %             27.4      27.8
//     names below another listed name   %                  9.5      10.4
//     hosts that nothing listed is above   %              18.0      17.5
//     names with a parent that 1,000 or more share   %     7.5       5.7
//       that 100 to 999 share / 10 to 99   %           2.3/3.2   4.2/3.7
//     registered names with a digit / mostly digits   %  14.6/5.0  17.0/4.3
//       with a hyphen / that look like a hash   %       13.8/4.2  13.2/5.4
//     distinct nodes (a label at its place) a name         1.106     1.137
//     octets a node's label                               10.44     10.44
//     their entropy, bits an octet: order 0                4.674     4.615
//       order 1 (given the octet before)                   4.146     4.066
//       order 2 (given two)                                3.682     3.667
//     octets that the name before does not share, sorted   7.08      7.24
//     octets a name as marisa-trie / sorted through xz   5.74/4.44 6.72/5.15
//
// So these are a little harder to pack than real ones of that number; repetitions that span words are what is missing.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/random.h"

namespace schoolgate::bench {

class ListNames {
 public:
  explicit ListNames(std::uint64_t seed) : random_(seed) {}
  // May come twice.
  std::string draw();

 private:
  std::string registered();
  std::string below_shared();
  std::string below_known();
  std::string host();

  Random random_;
  std::vector<std::string> known_;  // registered names to put hosts below and relatives beside, a sample
};

}  // namespace schoolgate::bench
