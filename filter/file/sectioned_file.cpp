#include "filter/file/sectioned_file.h"

#include <xxhash.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace schoolgate::filter {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kHeaderOctets = 48;
constexpr std::size_t kFormatAt = 8;
constexpr std::size_t kHeaderCheckAt = 40;
constexpr std::size_t kTableEntryOctets = 16;

std::size_t body_start(const FileKind& kind) { return kHeaderOctets + kind.sections * kTableEntryOctets; }

std::uint64_t check_of(Octets octets) { return XXH3_64bits(octets.data(), octets.size()); }

// Over everything before the sections, but for the checksum's own place.
std::uint64_t header_check(Octets head) {
  std::string covered(text_of(head.first(kHeaderCheckAt)));
  covered += text_of(head.subspan(kHeaderOctets));
  return check_of(octets_of(covered));
}

template <std::unsigned_integral T>
void put(std::string& octets, std::size_t at, T value) {
  value = in_little_endian(value);
  std::memcpy(octets.data() + at, &value, sizeof value);
}

}  // namespace

std::string to_hex(const Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t octet : digest) {
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

SectionWriter::SectionWriter(const FileKind& kind) : kind_(kind), octets_(body_start(kind), '\0') {}

std::string& SectionWriter::begin_section() {
  starts_.push_back(octets_.size());
  return octets_;
}

Octets SectionWriter::section(std::size_t index) const {
  const std::size_t end = index + 1 < starts_.size() ? starts_[index + 1] : octets_.size();
  return octets_of(octets_).subspan(starts_[index], end - starts_[index]);
}

std::string SectionWriter::finish() && {
  // The table is part of it: the same octets cut in another way are another image.
  std::string sizes;
  for (std::size_t i = 0; i < starts_.size(); ++i) append(sizes, std::uint64_t{section(i).size()});
  const Octets body = octets_of(octets_).subspan(body_start(kind_));
  const XXH128_hash_t hash = XXH3_128bits_withSeed(body.data(), body.size(), check_of(octets_of(sizes)));
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  Digest digest;
  std::copy(std::begin(canonical.digest), std::end(canonical.digest), digest.begin());
  return std::move(*this).finish(digest);
}

std::string SectionWriter::finish(const Digest& digest) && {
  assert(starts_.size() == kind_.sections);
  std::memcpy(octets_.data(), kind_.magic.data(), kFormatAt);
  put(octets_, kFormatAt, kind_.format);
  put(octets_, 12, kind_.sections);
  put(octets_, 16, std::uint64_t{octets_.size()});
  std::memcpy(octets_.data() + 24, digest.data(), digest.size());
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    const std::size_t entry = kHeaderOctets + i * kTableEntryOctets;
    put(octets_, entry, std::uint64_t{section(i).size()});
    put(octets_, entry + 8, check_of(section(i)));
  }
  put(octets_, kHeaderCheckAt, header_check(octets_of(octets_).first(body_start(kind_))));
  return std::move(octets_);
}

base::Result<SectionedFile> SectionedFile::read(Octets octets, const FileKind& kind, std::string path,
                                                Checksums checksums) {
  SectionedFile file;
  file.path_ = std::move(path);
  file.checksums_ = checksums;
  OctetReader reader(octets);
  const std::string_view magic = text_of(reader.take(kFormatAt));
  if (magic != kind.magic) return file.damaged("not a Schoolgate " + std::string(kind.name));
  const auto format = reader.number<std::uint32_t>();
  const auto sections = reader.number<std::uint32_t>();
  const auto size = reader.number<std::uint64_t>();
  const Octets digest = reader.take(file.digest_.size());
  const auto check = reader.number<std::uint64_t>();
  if (!reader.is_good()) return file.damaged("cut short in its header");
  if (format != kind.format) {
    return file.damaged("its format is " + std::to_string(format) + ", and this version reads " +
                        std::to_string(kind.format) +
                        (format > kind.format ? "; it was made by a newer one" : "; build the lists again"));
  }
  if (sections != kind.sections) return file.damaged("its header is damaged");
  if (size != octets.size()) {
    return file.damaged("it has " + std::to_string(octets.size()) + " octets, and its header says " +
                        std::to_string(size));
  }
  std::copy(digest.begin(), digest.end(), file.digest_.begin());
  OctetReader table(reader.take(sections * kTableEntryOctets));
  if (!reader.is_good()) return file.damaged("cut short in its header");
  if (checksums == Checksums::kVerify && check != header_check(octets.first(body_start(kind)))) {
    return file.damaged("its header is damaged");
  }
  for (std::uint32_t i = 0; i < sections; ++i) {
    const Octets section = reader.take(table.number<std::uint64_t>());
    file.sections_.push_back({section, table.number<std::uint64_t>()});
  }
  if (!reader.is_good() || !reader.is_at_end()) return file.damaged("its sections do not fill it");
  return file;
}

base::Status SectionedFile::verify_sections() const {
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    if (const base::Status status = verify_section_number(i); !status) return status;
  }
  return {};
}

base::Status SectionedFile::verify_section_number(std::size_t index) const {
  const Section& section = sections_[index];
  if (checksums_ == Checksums::kIgnore || check_of(section.octets) == section.check) return {};
  return damaged("the checksum of section " + std::to_string(index + 1) + " is wrong");
}

Error SectionedFile::damaged(std::string_view what) const {
  return Error(ErrorCode::kDamaged, path_ + ": " + std::string(what));
}

}  // namespace schoolgate::filter
