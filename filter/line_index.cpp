#include "filter/line_index.h"

#include <xxhash.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "filter/file/image_format.h"

namespace schoolgate::filter {
namespace {

constexpr std::size_t kPlaceOctets = 12;
constexpr std::size_t kRulesInBlock = 32;

std::uint32_t check_of(Octets block) { return static_cast<std::uint32_t>(XXH3_64bits(block.data(), block.size())); }

}  // namespace

LineIndexBuilder::LineIndexBuilder()
    : writer_(kLinesFile), blocks_(writer_.begin_section()), start_(blocks_.size()), block_start_(start_) {}

void LineIndexBuilder::expect(std::size_t rules, std::size_t octets) {
  // A rule's list takes more when it is one of many, and a block begins with a whole key.
  constexpr std::size_t kMoreOfRule = 2;
  const std::size_t blocks = rules / kRulesInBlock + 1;
  blocks_.reserve(start_ + octets + rules * kMoreOfRule + blocks * (kPlaceOctets + dns::Name::kMaxWireOctets));
}

void LineIndexBuilder::add(std::string_view key, const RuleLine& rule) {
  if (in_block_ == kRulesInBlock) end_block();
  RuleLine line = rule;
  line.answer = answer_of(Action::kBlock);  // the image says it
  append_rule(blocks_, key, in_block_ == 0 ? 0 : shared_size(before_, key), line);
  ++in_block_;
  before_ = key;
}

void LineIndexBuilder::end_block() {
  append(places_, std::uint64_t{block_start_ - start_});
  append(places_, check_of(octets_of(blocks_).subspan(block_start_)));
  block_start_ = blocks_.size();
  in_block_ = 0;
}

std::string LineIndexBuilder::finish(const Digest& image, const LineFrameInterner& frames) && {
  if (in_block_ > 0) end_block();
  writer_.begin_section() += places_;
  frames.encode(writer_.begin_section());
  return std::move(writer_).finish(image);
}

LineIndex::LineIndex(Mapping mapping, SectionedFile file) : mapping_(std::move(mapping)), file_(std::move(file)) {}

base::Result<std::unique_ptr<LineIndex>> LineIndex::open(Mapping mapping, const std::string& path, const Digest& image,
                                                         Checksums checksums) {
  auto file = SectionedFile::read(mapping.octets(), kLinesFile, path, checksums);
  if (!file) return file.error();
  if (file->digest() != image) return file->damaged("it belongs to another image; build the lists again");
  return std::unique_ptr<LineIndex>(new LineIndex(std::move(mapping), std::move(*file)));
}

base::Result<std::vector<LineRecord>> LineIndex::find(std::string_view key) const {
  if (const base::Status& status = verified(); !status) return status.error();
  const LineFrames frames(file_.section(LinesSection::kFrames));
  std::vector<LineRecord> found;
  for (std::size_t i = block_before(key); i < blocks(); ++i) {
    if (!is_whole(i)) return damaged_block(i);
    RuleReader reader(block(i));
    while (reader.next()) {
      if (reader.key() > key) return found;
      if (reader.key() != key) continue;
      const RuleLine& rule = reader.rule();
      const auto frame = frames.find(rule.frame);
      const auto line = frame ? line_of(key, *frame) : std::nullopt;
      if (!line && rule.frame != kWrittenOut) return file_.damaged("a rule's line has no frame");
      found.push_back({rule.list, rule.reach, rule.exception, rule.line, line.value_or(std::string(rule.text))});
    }
    if (!reader.is_good()) return no_rule();
  }
  return found;
}

// The keys of the names below stand together, behind the name's own.
base::Result<std::vector<std::uint64_t>> LineIndex::count_below(std::string_view key, std::size_t lists) const {
  if (const base::Status& status = verified(); !status) return status.error();
  std::vector<std::uint64_t> counts(lists);
  for (std::size_t i = block_before(key); i < blocks(); ++i) {
    if (!is_whole(i)) return damaged_block(i);
    RuleReader reader(block(i));
    while (reader.next()) {
      if (reader.key() < key) continue;
      if (!reader.key().starts_with(key)) return counts;
      const RuleLine& rule = reader.rule();
      const bool is_below = reader.key().size() > key.size() || rule.reach == Reach::kSubdomains;
      if (is_below && rule.exception == Exception::kNo && rule.list < lists) ++counts[rule.list];
    }
    if (!reader.is_good()) return no_rule();
  }
  return counts;
}

// The last block that begins with a smaller key, or the first: in blocks after it there may be the key, in blocks in front
// of it not.
std::size_t LineIndex::block_before(std::string_view key) const {
  std::size_t first = 0;
  for (std::size_t left = blocks(); left > 0;) {
    const std::size_t half = left / 2;
    if (first_key(first + half) < key) {
      first += half + 1;
      left -= half + 1;
    } else {
      left = half;
    }
  }
  return first == 0 ? 0 : first - 1;
}

const base::Status& LineIndex::verified() const {
  std::call_once(verify_once_, [this] {
    verified_ = file_.verify_section(LinesSection::kPlaces);
    if (verified_) verified_ = file_.verify_section(LinesSection::kFrames);
  });
  return verified_;
}

base::Error LineIndex::damaged_block(std::size_t index) const {
  return file_.damaged("the checksum of block " + std::to_string(index + 1) + " is wrong");
}

base::Error LineIndex::no_rule() const { return file_.damaged("there are octets in it that are no rule"); }

std::size_t LineIndex::blocks() const { return file_.section(LinesSection::kPlaces).size() / kPlaceOctets; }

Octets LineIndex::block(std::size_t index) const {
  const Octets rules = file_.section(LinesSection::kBlocks);
  const std::uint8_t* at = file_.section(LinesSection::kPlaces).data() + index * kPlaceOctets;
  const std::uint64_t begin = load<std::uint64_t>(at);
  const std::uint64_t end = index + 1 < blocks() ? load<std::uint64_t>(at + kPlaceOctets) : rules.size();
  return begin <= end && end <= rules.size() ? rules.subspan(begin, end - begin) : Octets();
}

bool LineIndex::is_whole(std::size_t index) const {
  if (file_.checksums() == Checksums::kIgnore) return true;
  const std::uint8_t* at = file_.section(LinesSection::kPlaces).data() + index * kPlaceOctets;
  return check_of(block(index)) == load<std::uint32_t>(at + sizeof(std::uint64_t));
}

std::string_view LineIndex::first_key(std::size_t index) const {
  OctetReader reader(block(index));
  reader.number<std::uint8_t>();  // none is shared
  const std::size_t size = reader.number<std::uint8_t>();
  reader.number<std::uint8_t>();
  for (int i = 0; i < 3; ++i) reader.varint();
  return text_of(reader.take(size));
}

}  // namespace schoolgate::filter
