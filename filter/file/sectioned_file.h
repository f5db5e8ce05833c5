// The frame that the three files of this room share: a header, then sections one after the other.
//
//     magic 8 | format u32 | sections u32 | file size u64 | digest 16 | header check u64 | {size u64, check u64} … | octets …
//
// Little-endian, no padding: every octet is under a checksum (XXH3), the header and its table under the header's own.
// Checksums find damage, not malice; who made the file is the signature's business.
// The digest is of the image's sections. The files beside an image carry the digest of the image they belong to.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "filter/file/octets.h"

namespace schoolgate::filter {

using Digest = std::array<std::uint8_t, 16>;
std::string to_hex(const Digest& digest);

struct FileKind {
  std::string_view magic;  // 8 octets
  std::string_view name;   // "filter image", for messages
  std::uint32_t format = 1;
  std::uint32_t sections = 0;
};

// kIgnore is for the tests that feed damaged bytes to the look-ups.
enum class Checksums : std::uint8_t { kVerify, kIgnore };

class SectionWriter {
 public:
  explicit SectionWriter(const FileKind& kind);

  // Ends the section before, begins the next: append its octets to what is returned, change nothing before its end.
  std::string& begin_section();
  // REQUIRES: as many sections as the kind has. The first form computes the digest.
  std::string finish() &&;
  std::string finish(const Digest& digest) &&;

 private:
  Octets section(std::size_t index) const;
  FileKind kind_;
  std::string octets_;
  std::vector<std::size_t> starts_;
};

// A view; the octets must outlive it.
class SectionedFile {
 public:
  // The header is verified here, the sections by verify_section(): a large file is mapped before it is read.
  // kDamaged with `path` and what is wrong.
  static base::Result<SectionedFile> read(Octets octets, const FileKind& kind, std::string path, Checksums checksums);
  base::Status verify_sections() const;
  template <class Index>
  base::Status verify_section(Index index) const {
    return verify_section_number(static_cast<std::size_t>(index));
  }

  template <class Index>
  Octets section(Index index) const {
    return sections_[static_cast<std::size_t>(index)].octets;
  }
  Checksums checksums() const { return checksums_; }
  const Digest& digest() const { return digest_; }
  const std::string& path() const { return path_; }
  base::Error damaged(std::string_view what) const;

 private:
  struct Section {
    Octets octets;
    std::uint64_t check = 0;
  };
  base::Status verify_section_number(std::size_t index) const;
  std::string path_;
  Checksums checksums_ = Checksums::kVerify;
  Digest digest_{};
  std::vector<Section> sections_;
};

}  // namespace schoolgate::filter
