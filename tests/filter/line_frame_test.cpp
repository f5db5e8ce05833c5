#include "filter/rules/line_frame.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace schoolgate::filter {
namespace {

std::string encoded(const LineFrameInterner& interner) {
  std::string octets;
  interner.encode(octets);
  return octets;
}

TEST(LineFrame, TheFirstIsTheNameAlone) {
  LineFrameInterner interner;
  EXPECT_EQ(interner.intern({}), kNameAlone);
  interner.intern({"", "^"});
  interner.sort();
  EXPECT_EQ(interner.intern({}), kNameAlone);
  const std::string octets = encoded(interner);
  EXPECT_EQ(LineFrames(octets_of(octets)).find(kNameAlone), LineFrame());
}

TEST(LineFrame, WhatStandsBeforeIsToldFromWhatStandsAfter) {
  LineFrameInterner interner;
  const LineFrame frames[] = {{"||", "^"}, {"||^", ""}, {"", "||^"}, {"|", "|^"}, {"x\0y", "\0"}};
  for (const LineFrame& frame : frames) interner.intern(frame);
  const std::string octets = encoded(interner);
  const LineFrames read(octets_of(octets));
  ASSERT_EQ(read.size(), 6u);
  for (FrameNumber i = 0; i < 5; ++i) {
    EXPECT_EQ(read.find(i + 1), frames[i]);
    EXPECT_EQ(interner.frame(i + 1), frames[i]);
    EXPECT_EQ(interner.intern(frames[i]), i + 1);
  }
  EXPECT_EQ(read.find(6), std::nullopt);
  EXPECT_EQ(read.find(kWrittenOut), std::nullopt);
}

TEST(LineFrame, SortedTheyAreTheSameWhoeverCameFirst) {
  std::vector<std::string> before = {"0.0.0.0 ", "||", "address=/", "127.0.0.1 "};
  std::string first;
  do {
    LineFrameInterner interner;
    std::vector<FrameNumber> was;
    for (const std::string& one : before) was.push_back(interner.intern({one, "/"}));
    const std::vector<FrameNumber> numbers = interner.sort();
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(interner.frame(numbers[was[i]]).before, before[i]);
      EXPECT_EQ(interner.intern({before[i], "/"}), numbers[was[i]]);
    }
    if (first.empty()) first = encoded(interner);
    ASSERT_EQ(encoded(interner), first);
  } while (std::ranges::next_permutation(before).found);
}

TEST(LineFrame, WithoutRoomTheKnownAreStillKnown) {
  LineFrameInterner few({.frames = 2});
  EXPECT_EQ(few.intern({"||", "^"}), 1u);
  EXPECT_EQ(few.intern({"|", "|"}), kWrittenOut);
  EXPECT_EQ(few.intern({"||", "^"}), 1u);
  EXPECT_EQ(few.intern({}), kNameAlone);
  LineFrameInterner small({.octets = 12});
  EXPECT_EQ(small.intern({"12345678", "9"}), kWrittenOut);
  EXPECT_EQ(small.intern({"1234", "5678"}), 1u);
  EXPECT_EQ(small.intern({"|", "|"}), kWrittenOut);
}

TEST(LineFrame, AnyOctetsAreSafe) {
  LineFrameInterner interner;
  for (const char* one : {"a", "bb", "ccc"}) interner.intern({one, one});
  const std::string whole = encoded(interner);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char other : {'\0', '\x01', '\xff'}) {
        // With nothing behind them.
        std::vector<char> octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        octets[at] = other;
        const LineFrames read(octets_of({octets.data(), octets.size()}));
        for (FrameNumber i = 0; i < 6; ++i) {
          const LineFrame found = read.find(i).value_or(LineFrame());
          EXPECT_LE(found.before.size() + found.after.size(), size);
        }
      }
    }
  }
}

}  // namespace
}  // namespace schoolgate::filter
