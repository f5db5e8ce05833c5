#include "lists/versions/compressed_file.h"

#include <zstd.h>

#include <memory>

#include <fmt/format.h>

#include "base/file.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

constexpr int kLevel = 1;  // half the time of zstd's own 3

}  // namespace

base::Status write_compressed(const std::string& path, std::string_view octets) {
  const std::size_t room = ZSTD_compressBound(octets.size());
  const auto compressed = std::make_unique_for_overwrite<char[]>(room);  // seldom half of it is touched
  const std::size_t size = ZSTD_compress(compressed.get(), room, octets.data(), octets.size(), kLevel);
  if (ZSTD_isError(size) != 0) return Error(ErrorCode::kUnavailable, path + ": " + ZSTD_getErrorName(size));
  return base::replace_file(path, {compressed.get(), size});
}

base::Result<std::string> read_compressed(const std::string& path, std::size_t most_octets) {
  const auto compressed = base::read_file(path);
  if (!compressed) return compressed.error();
  const auto size = ZSTD_getFrameContentSize(compressed->data(), compressed->size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) {
    return Error(ErrorCode::kDamaged, path + ": is not compressed as we do it");
  }
  if (size > most_octets) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("{}: holds {} octets, over the limit of {}", path, size, most_octets));
  }
  std::string octets(size, '\0');
  const std::size_t read = ZSTD_decompress(octets.data(), octets.size(), compressed->data(), compressed->size());
  if (ZSTD_isError(read) != 0 || read != size) {
    return Error(ErrorCode::kDamaged,
                 path + ": " + (ZSTD_isError(read) != 0 ? ZSTD_getErrorName(read) : "is too short"));
  }
  return octets;
}

}  // namespace schoolgate::lists
