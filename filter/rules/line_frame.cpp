#include "filter/rules/line_frame.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace schoolgate::filter {
namespace {

constexpr std::size_t kEndOctets = sizeof(std::uint32_t);
constexpr std::size_t kSizeOctets = sizeof(std::uint16_t);

}  // namespace

LineFrames::LineFrames(Octets section) {
  OctetReader reader(section);
  const std::size_t count = reader.number<std::uint32_t>();
  if (!reader.is_good() || count > section.size() / kEndOctets) return;
  ends_ = reader.take(count * kEndOctets);
  if (!reader.is_good()) return;
  count_ = count;
  octets_ = section.subspan(kEndOctets + ends_.size());
}

std::optional<LineFrame> LineFrames::find(FrameNumber number) const noexcept {
  if (number >= count_) return std::nullopt;
  const std::uint8_t* at = ends_.data() + std::size_t{number} * kEndOctets;
  const std::size_t end = load<std::uint32_t>(at);
  const std::size_t begin = number == 0 ? 0 : load<std::uint32_t>(at - kEndOctets);
  if (begin > end || end > octets_.size()) return std::nullopt;
  OctetReader reader(octets_.subspan(begin, end - begin));
  const Octets before = reader.take(reader.number<std::uint16_t>());
  if (!reader.is_good()) return std::nullopt;
  return LineFrame{text_of(before), text_of(octets_.subspan(begin, end - begin)).substr(kSizeOctets + before.size())};
}

FrameNumber LineFrameInterner::intern(const LineFrame& frame) {
  std::string octets = packed(frame);
  if (frames_.size() == room_.frames || octets.size() > room_.octets - octets_) {
    const auto known = numbers_.find(octets);
    return known == numbers_.end() ? kWrittenOut : known->second;
  }
  const auto [place, is_new] = numbers_.try_emplace(std::move(octets), static_cast<FrameNumber>(frames_.size()));
  if (is_new) {
    frames_.push_back(&place->first);
    octets_ += place->first.size();
  }
  return place->second;
}

std::vector<FrameNumber> LineFrameInterner::sort() {
  std::vector<const std::string*> sorted = frames_;
  std::ranges::sort(sorted, {}, [](const std::string* one) {
    const LineFrame frame = unpacked(*one);
    return std::pair(frame.before, frame.after);
  });
  std::vector<FrameNumber> numbers(frames_.size());
  for (FrameNumber number = 0; number < sorted.size(); ++number) {
    FrameNumber& known = numbers_.at(*sorted[number]);
    numbers[known] = number;
    known = number;
  }
  frames_ = std::move(sorted);
  return numbers;
}

void LineFrameInterner::encode(std::string& out) const {
  append(out, static_cast<std::uint32_t>(frames_.size()));
  std::size_t end = 0;
  for (const std::string* frame : frames_) append(out, static_cast<std::uint32_t>(end += frame->size()));
  for (const std::string* frame : frames_) out += *frame;
}

std::string LineFrameInterner::packed(const LineFrame& frame) {
  assert(frame.before.size() <= std::numeric_limits<std::uint16_t>::max());
  std::string octets;
  append(octets, static_cast<std::uint16_t>(frame.before.size()));
  octets += frame.before;
  octets += frame.after;
  return octets;
}

LineFrame LineFrameInterner::unpacked(std::string_view packed) {
  const std::size_t size = load<std::uint16_t>(octets_of(packed).data());
  return {packed.substr(kSizeOctets, size), packed.substr(kSizeOctets + size)};
}

}  // namespace schoolgate::filter
