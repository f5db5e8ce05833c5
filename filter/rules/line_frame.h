// LineFrame: what a line has around its name, "||" and "^" or "0.0.0.0 " and "". A list has few of them and a million names, so a
// rule has the number of its frame, and its line is put together again when somebody asks why a name is blocked.
//
//     section:  count u32 | end u32 … | octets
//     octets:   size of what stands before u16 | before | after, of each frame in its turn
//
// Number 0 is the line that is its name and nothing else.
//
// Thread contract: LineFrames is an immutable view and safe over any octets. LineFrameInterner is not thread-safe.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "filter/file/octets.h"

namespace schoolgate::filter {

using FrameNumber = std::uint32_t;
inline constexpr FrameNumber kNameAlone = 0;
// No frame's: the line is written out.
inline constexpr FrameNumber kWrittenOut = 0xffffffff;

struct LineFrame {
  std::string_view before;
  std::string_view after;
  friend bool operator==(const LineFrame&, const LineFrame&) = default;
};

class LineFrames {
 public:
  LineFrames() = default;
  explicit LineFrames(Octets section);
  std::size_t size() const { return count_; }
  std::optional<LineFrame> find(FrameNumber number) const noexcept;

 private:
  Octets ends_;
  Octets octets_;
  std::size_t count_ = 0;
};

class LineFrameInterner {
 public:
  struct Room {
    std::size_t frames = kWrittenOut;
    std::size_t octets = std::numeric_limits<std::uint32_t>::max();  // of all frames together
  };
  LineFrameInterner() : LineFrameInterner(Room()) {}
  explicit LineFrameInterner(Room room) : room_(room) { intern({}); }
  LineFrameInterner(LineFrameInterner&&) = default;  // a copy would point into the other
  LineFrameInterner& operator=(LineFrameInterner&&) = default;

  // kWrittenOut when there is no room for more.
  FrameNumber intern(const LineFrame& frame);
  // Stays as long as the interner. REQUIRES: a number of one.
  LineFrame frame(FrameNumber number) const { return unpacked(*frames_[number]); }
  // Numbers them anew, by what they are rather than by who came first. Returns the new number of each old one.
  std::vector<FrameNumber> sort();
  void encode(std::string& out) const;

 private:
  static std::string packed(const LineFrame& frame);
  static LineFrame unpacked(std::string_view packed);
  std::unordered_map<std::string, FrameNumber> numbers_;
  std::vector<const std::string*> frames_;  // by number: the keys of numbers_
  std::size_t octets_ = 0;                  // of all frames together
  Room room_;
};

}  // namespace schoolgate::filter
