#include "filter/line_index.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "filter/file/image_format.h"

namespace schoolgate::filter {
namespace {

constexpr std::uint8_t kReachMask = 3;
constexpr std::uint8_t kExceptionMark = 4;
constexpr std::uint8_t kTextIsNameMark = 8;
constexpr std::size_t kPlaceOctets = 12;
constexpr std::size_t kRulesInBlock = 32;

// Octets of a rule beside its key and its text, at the most.
constexpr std::size_t kMostOctets = 3 + 3 + 5 + 2;

void append_rule(std::string& to, const NameRule& rule, std::size_t shared) {
  unsigned marks = static_cast<unsigned>(rule.reach);
  if (rule.exception == Exception::kYes) marks |= kExceptionMark;
  if (rule.text_is_name) marks |= kTextIsNameMark;
  to += static_cast<char>(shared);
  to += static_cast<char>(rule.key().size() - shared);
  to += static_cast<char>(marks);
  append_varint(to, rule.list);
  append_varint(to, rule.line);
  append_varint(to, static_cast<std::uint32_t>(rule.text_size()));
  to += rule.key().substr(shared);
  rule.append_text(to);
}

std::size_t shared_size(std::string_view left, std::string_view right) {
  const auto part = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return static_cast<std::size_t>(part.first - left.begin());
}

std::size_t most_octets(std::span<const NameRule> rules) {
  std::size_t octets = rules.size() * kPlaceOctets / kRulesInBlock + 2 * kPlaceOctets;
  for (const NameRule& rule : rules) octets += kMostOctets + rule.key().size() + rule.text_size();
  return octets;
}

std::uint32_t check_of(Octets block) { return static_cast<std::uint32_t>(XXH3_64bits(block.data(), block.size())); }

}  // namespace

std::string encode_lines(std::span<const NameRule> rules, const Digest& image) {
  SectionWriter writer(kLinesFile);
  std::string places;
  std::string& blocks = writer.begin_section();
  const std::size_t start = blocks.size();
  // What is not needed of it is never touched; growing would need twice as much, for a moment.
  blocks.reserve(start + most_octets(rules));
  for (std::size_t from = 0; from < rules.size(); from += kRulesInBlock) {
    const auto block = rules.subspan(from, std::min(kRulesInBlock, rules.size() - from));
    const std::size_t place = blocks.size();
    append_rule(blocks, block[0], 0);
    for (std::size_t i = 1; i < block.size(); ++i) {
      append_rule(blocks, block[i], shared_size(block[i - 1].key(), block[i].key()));
    }
    append(places, std::uint64_t{place - start});
    append(places, check_of(octets_of(blocks).subspan(place)));
  }
  writer.begin_section() += places;
  return std::move(writer).finish(image);
}

// Goes through the rules of a block. What the octets do not say is empty, and is_good() says so.
class LineIndex::Cursor {
 public:
  explicit Cursor(Octets rules) : reader_(rules) {}

  // False at the end, and at octets that are no rule.
  bool next() {
    if (reader_.is_at_end()) return false;
    const std::size_t shared = reader_.number<std::uint8_t>();
    const std::size_t more = reader_.number<std::uint8_t>();
    marks_ = reader_.number<std::uint8_t>();
    list_ = reader_.varint();
    line_ = reader_.varint();
    const std::size_t text_size = reader_.varint();
    const Octets octets = reader_.take(more);
    text_ = text_of(reader_.take(text_size));
    is_good_ = reader_.is_good() && shared <= key_size_ && shared + more <= key_.size() &&
               (marks_ & kReachMask) <= static_cast<unsigned>(Reach::kBoth);
    if (!is_good_) return false;
    std::copy(octets.begin(), octets.end(), key_.begin() + static_cast<std::ptrdiff_t>(shared));
    key_size_ = shared + more;
    return true;
  }

  bool is_good() const { return is_good_; }
  std::string_view key() const { return {key_.data(), key_size_}; }
  std::uint32_t list() const { return list_; }
  Reach reach() const { return static_cast<Reach>(marks_ & kReachMask); }
  bool is_exception() const { return (marks_ & kExceptionMark) != 0; }
  std::optional<LineRecord> record() const {
    LineRecord record{static_cast<ListNumber>(list_), reach(), is_exception() ? Exception::kYes : Exception::kNo, line_,
                      std::string(text_)};
    if ((marks_ & kTextIsNameMark) == 0) return record;
    const auto name = name_of_key(key());
    if (!name) return std::nullopt;
    record.text = name->to_text();
    return record;
  }

 private:
  OctetReader reader_;
  bool is_good_ = true;
  std::array<char, dns::Name::kMaxWireOctets> key_;
  std::size_t key_size_ = 0;
  std::string_view text_;
  unsigned marks_ = 0;
  std::uint32_t list_ = 0;
  std::uint32_t line_ = 0;
};

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
  std::vector<LineRecord> found;
  for (std::size_t i = block_before(key); i < blocks(); ++i) {
    if (!is_whole(i)) return damaged_block(i);
    Cursor cursor(block(i));
    while (cursor.next()) {
      if (cursor.key() > key) return found;
      if (cursor.key() != key) continue;
      auto record = cursor.record();
      if (!record) return file_.damaged("a rule's name is no name");
      found.push_back(std::move(*record));
    }
    if (!cursor.is_good()) return no_rule();
  }
  return found;
}

// The keys of the names below stand together, behind the name's own.
base::Result<std::vector<std::uint64_t>> LineIndex::count_below(std::string_view key, std::size_t lists) const {
  if (const base::Status& status = verified(); !status) return status.error();
  std::vector<std::uint64_t> counts(lists);
  for (std::size_t i = block_before(key); i < blocks(); ++i) {
    if (!is_whole(i)) return damaged_block(i);
    Cursor cursor(block(i));
    while (cursor.next()) {
      if (cursor.key() < key) continue;
      if (!cursor.key().starts_with(key)) return counts;
      const bool is_below = cursor.key().size() > key.size() || cursor.reach() == Reach::kSubdomains;
      if (is_below && !cursor.is_exception() && cursor.list() < lists) ++counts[cursor.list()];
    }
    if (!cursor.is_good()) return no_rule();
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
  std::call_once(verify_once_, [this] { verified_ = file_.verify_section(LinesSection::kPlaces); });
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
