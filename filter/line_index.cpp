#include "filter/line_index.h"

#include <optional>
#include <utility>

#include "filter/image_format.h"

namespace schoolgate::filter {
namespace {

constexpr std::uint8_t kReachMask = 3;
constexpr std::uint8_t kExceptionMark = 4;
constexpr std::uint8_t kTextIsNameMark = 8;
constexpr std::size_t kPlaceOctets = 8;
constexpr std::size_t kRecordHeadOctets = 12;

void append_record(std::string& to, const NameRule& rule) {
  unsigned marks = static_cast<unsigned>(rule.reach);
  if (rule.exception == Exception::kYes) marks |= kExceptionMark;
  if (rule.text_is_name) marks |= kTextIsNameMark;
  append(to, static_cast<std::uint8_t>(rule.key().size()));
  append(to, static_cast<std::uint8_t>(marks));
  append(to, rule.list);
  append(to, rule.line);
  append(to, static_cast<std::uint32_t>(rule.text().size()));
  to += rule.key();
  to += rule.text();
}

// nullopt for octets that are no record.
std::optional<LineRecord> read_record(Octets octets) {
  OctetReader reader(octets);
  const auto key_size = reader.number<std::uint8_t>();
  const auto marks = reader.number<std::uint8_t>();
  LineRecord record;
  record.list = reader.number<ListNumber>();
  record.line = reader.number<std::uint32_t>();
  const auto text_size = reader.number<std::uint32_t>();
  const std::string_view key = text_of(reader.take(key_size));
  record.text = text_of(reader.take(text_size));
  if (!reader.is_good() || (marks & kReachMask) > static_cast<unsigned>(Reach::kBoth)) return std::nullopt;
  record.reach = static_cast<Reach>(marks & kReachMask);
  record.exception = (marks & kExceptionMark) != 0 ? Exception::kYes : Exception::kNo;
  if ((marks & kTextIsNameMark) != 0) {
    const auto name = name_of_key(key);
    if (!name) return std::nullopt;
    record.text = name->to_text();
  }
  return record;
}

}  // namespace

std::string encode_lines(std::span<const NameRule> rules, const Digest& image) {
  SectionWriter writer(kLinesFile);
  std::string& places = writer.begin_section();
  std::uint64_t place = 0;
  for (const NameRule& rule : rules) {
    append(places, place);
    place += kRecordHeadOctets + rule.key().size() + rule.text().size();
  }
  std::string& records = writer.begin_section();
  records.reserve(records.size() + place);
  for (const NameRule& rule : rules) append_record(records, rule);
  return std::move(writer).finish(image);
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
  std::vector<LineRecord> found;
  for (std::size_t i = first_not_before(key); i < size(); ++i) {
    if (key_of(i) != key) break;
    auto line = read_record(record(i));
    if (!line) return file_.damaged("record " + std::to_string(i) + " is no rule");
    found.push_back(std::move(*line));
  }
  return found;
}

std::size_t LineIndex::first_not_before(std::string_view key) const {
  std::size_t first = 0;
  for (std::size_t left = size(); left > 0;) {
    const std::size_t half = left / 2;
    if (key_of(first + half) < key) {
      first += half + 1;
      left -= half + 1;
    } else {
      left = half;
    }
  }
  return first;
}

const base::Status& LineIndex::verified() const {
  std::call_once(verify_once_, [this] { verified_ = file_.verify_sections(); });
  return verified_;
}

std::size_t LineIndex::size() const { return file_.section(LinesSection::kPlaces).size() / kPlaceOctets; }

Octets LineIndex::record(std::size_t index) const {
  const auto place = load<std::uint64_t>(file_.section(LinesSection::kPlaces).data() + index * kPlaceOctets);
  const Octets records = file_.section(LinesSection::kRecords);
  return place < records.size() ? records.subspan(place) : Octets();
}

std::string_view LineIndex::key_of(std::size_t index) const {
  OctetReader reader(record(index));
  const auto size = reader.number<std::uint8_t>();
  reader.take(kRecordHeadOctets - sizeof size);
  return text_of(reader.take(size));
}

}  // namespace schoolgate::filter
