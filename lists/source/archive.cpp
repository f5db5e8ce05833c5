#include "lists/source/archive.h"

#include <archive.h>
#include <archive_entry.h>
#define ZLIB_CONST  // what goes in is not changed
#include <zlib.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "lists/source/category_folder.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kMostEntries = 100'000;
// What is passed over is unpacked too, to get behind it: so many times the octets that a list may have.
constexpr std::size_t kMostPassedOver = 8;
constexpr std::size_t kMostNamed = 20;  // folders, in a message
constexpr std::size_t kPieceOctets = std::size_t{64} << 10;
constexpr std::size_t kTarMarkAt = 257;
constexpr std::size_t kTarBlockOctets = 512;
constexpr std::string_view kGzipMark = "\x1f\x8b";

using Reader = std::unique_ptr<struct archive, decltype(&archive_read_free)>;

// What is in an archive, as far as it can be a list.
struct Contents {
  std::map<std::string, CategoryFiles> folders;  // by path
  std::map<std::string, std::string> others;     // other regular files, the first two
  std::size_t octets = 0;
  std::size_t passed_over = 0;  // octets
};

Reader open(std::string_view octets) {
  Reader reader(archive_read_new(), &archive_read_free);
  if (!reader) return reader;
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  archive_read_support_format_raw(reader.get());
  // Of a failure the first header tells, too.
  archive_read_open_memory(reader.get(), octets.data(), octets.size());
  return reader;
}

Error damaged(const std::string& what, archive* reader) {
  const char* why = archive_error_string(reader);
  return Error(ErrorCode::kDamaged,
               fmt::format("{}: cannot be unpacked: {}", what, why == nullptr ? "it is damaged" : why));
}

// `before`: octets of the entries before it.
Result<std::string> read_entry(const std::string& what, archive* reader, std::size_t before, std::size_t most_octets) {
  std::string octets;
  std::vector<char> piece(kPieceOctets);
  for (;;) {
    const la_ssize_t size = archive_read_data(reader, piece.data(), piece.size());
    if (size < 0) return damaged(what, reader);
    if (size == 0) return octets;
    if (before + octets.size() + static_cast<std::size_t>(size) > most_octets) {
      return Error(ErrorCode::kInvalid,
                   fmt::format("{}: holds more than {} MiB, and was not unpacked further", what, most_octets >> 20));
    }
    octets.append(piece.data(), static_cast<std::size_t>(size));
  }
}

// "adult/domains" is in "adult"; "./adult/domains" too.
struct Path {
  std::string folder, name;
};

Path take_apart(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {"", std::string(path)};
  return {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

std::string_view last_part(std::string_view folder) { return folder.substr(folder.rfind('/') + 1); }

bool ends_with_folder(std::string_view path, std::string_view wanted) {
  return path == wanted || (path.ends_with(wanted) && path.substr(0, path.size() - wanted.size()).ends_with('/'));
}

Error too_much_beside(const std::string& what, std::size_t most_octets) {
  return Error(ErrorCode::kInvalid,
               fmt::format("{}: holds more than {} MiB beside the list, and was not unpacked further", what,
                           kMostPassedOver * most_octets >> 20));
}

base::Status pass_over(const std::string& what, archive_entry* entry, std::size_t most_octets, Contents& contents) {
  const la_int64_t size = archive_entry_size(entry);
  if (size <= 0) return {};
  if (static_cast<std::uint64_t>(size) > kMostPassedOver * most_octets - contents.passed_over) {
    return too_much_beside(what, most_octets);
  }
  contents.passed_over += static_cast<std::size_t>(size);
  return {};
}

// A wanted folder's files, or any when none is wanted. What else is there is not unpacked.
base::Status take(const std::string& what, archive* reader, archive_entry* entry, std::string_view wanted,
                  std::size_t most_octets, Contents& contents) {
  const char* pathname = archive_entry_pathname(entry);
  if (pathname == nullptr || archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) {
    return pass_over(what, entry, most_octets, contents);
  }
  const Path path = take_apart(pathname);
  const bool is_of_category = is_category_file(path.name);
  if (!wanted.empty() && !ends_with_folder(path.folder, wanted)) {
    if (is_of_category) contents.folders.try_emplace(path.folder);  // for the message, should the wanted one be missing
    return pass_over(what, entry, most_octets, contents);
  }
  if (!is_of_category && contents.others.size() > 1) return pass_over(what, entry, most_octets, contents);
  // Until one is chosen a folder is known by its name alone: an archive of all of them has gigabytes.
  if (is_of_category && wanted.empty() && !contents.folders.empty() && !contents.folders.contains(path.folder)) {
    contents.folders.try_emplace(path.folder);
    return pass_over(what, entry, most_octets, contents);
  }
  auto octets = read_entry(what, reader, contents.octets, most_octets);
  if (!octets) return octets.error();
  contents.octets += octets->size();
  if (is_of_category) {
    contents.folders[path.folder][path.name] = std::move(*octets);
  } else {
    contents.others.emplace(pathname, std::move(*octets));
  }
  return {};
}

Result<Contents> unpack(const std::string& what, std::string_view octets, std::string_view wanted,
                        std::size_t most_octets) {
  const Reader reader = open(octets);
  if (!reader) return Error(ErrorCode::kUnavailable, what + ": libarchive cannot start");
  Contents contents;
  for (std::size_t entries = 0;; ++entries) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return contents;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damaged(what, reader.get());
    if (entries == kMostEntries) return Error(ErrorCode::kInvalid, what + ": has too many files");
    if (archive_entry_is_encrypted(entry) != 0) return Error(ErrorCode::kInvalid, what + ": is encrypted");
    const bool is_raw = archive_format(reader.get()) == ARCHIVE_FORMAT_RAW;
    if (is_raw && archive_filter_code(reader.get(), 0) == ARCHIVE_FILTER_NONE) return damaged(what, reader.get());
    const auto taken = take(what, reader.get(), entry, wanted, most_octets, contents);
    if (!taken) return taken.error();
    // With nothing but a filter around it, the list is the whole.
    if (is_raw) return contents;
  }
}

using Folders = std::map<std::string, CategoryFiles>;

std::string named(const Folders& folders) {
  std::string text;
  std::size_t count = 0;
  for (const auto& [path, files] : folders) {
    if (count++ == kMostNamed) return text + ", …";
    text += (text.empty() ? "" : ", ") + std::string(last_part(path));
  }
  return text;
}

// The one of exactly this path, or else the only one whose path ends so.
Result<CategoryFiles> choose_folder(const std::string& what, Folders& folders, std::string_view wanted) {
  if (const auto exact = folders.find(std::string(wanted)); exact != folders.end()) return std::move(exact->second);
  std::vector<std::string_view> paths;
  for (const auto& [path, files] : folders) {
    if (ends_with_folder(path, wanted)) paths.push_back(path);
  }
  if (paths.size() == 1) return std::move(folders.find(std::string(paths.front()))->second);
  if (paths.empty()) {
    return Error(ErrorCode::kNotFound, fmt::format("{}: has no category folder '{}'; it has {}", what, wanted,
                                                   folders.empty() ? "none" : named(folders)));
  }
  return Error(ErrorCode::kInvalid,
               fmt::format("{}: has several category folders '{}', and the source should say which, as '…#{}': {}",
                           what, wanted, paths.front(), fmt::join(paths, ", ")));
}

bool is_tar(std::string_view octets) {
  return octets.size() > kTarMarkAt && octets.substr(kTarMarkAt).starts_with("ustar");
}

// A tar ends with blocks of nothing.
bool has_end_of_tar(std::string_view tar) {
  return tar.size() > kTarBlockOctets &&
         tar.substr(tar.size() - kTarBlockOctets).find_first_not_of('\0') == std::string_view::npos;
}

// Every member against its checksum.
base::Status check_gzip(const std::string& what, std::string_view octets, std::size_t most_octets) {
  z_stream stream{};
  constexpr int kGzipOfAnyWindow = 16 + MAX_WBITS;
  if (inflateInit2(&stream, kGzipOfAnyWindow) != Z_OK)
    return Error(ErrorCode::kUnavailable, what + ": zlib cannot start");
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> ended(&stream, &inflateEnd);
  std::vector<Bytef> piece(kPieceOctets);
  stream.next_in = reinterpret_cast<const Bytef*>(octets.data());
  stream.avail_in = static_cast<uInt>(octets.size());
  for (std::size_t left = (kMostPassedOver + 1) * most_octets;;) {
    stream.next_out = piece.data();
    stream.avail_out = static_cast<uInt>(piece.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    const std::size_t unpacked = piece.size() - stream.avail_out;
    if (unpacked > left) return too_much_beside(what, most_octets);
    left -= unpacked;
    if (status == Z_STREAM_END) {
      const std::string_view rest = octets.substr(octets.size() - stream.avail_in);
      if (!rest.starts_with(kGzipMark)) return {};  // other octets behind it are no part of it
      inflateReset(&stream);
    } else if (status != Z_OK) {
      return Error(ErrorCode::kDamaged, fmt::format("{}: cannot be unpacked: {}", what,
                                                    stream.msg == nullptr ? "it is cut off" : stream.msg));
    }
  }
}

Result<std::string> choose(const std::string& what, Contents contents, std::string_view wanted,
                           std::size_t most_octets) {
  std::erase_if(contents.folders, [](const auto& one) { return one.second.empty() && one.first.empty(); });
  if (!wanted.empty()) {
    const auto folder = choose_folder(what, contents.folders, wanted);
    return folder ? join_category_files(what, *folder, most_octets) : folder.error();
  }
  if (contents.folders.size() > 1) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("{}: has several category folders, and the source should say which, as "
                             "'…#{}': {}",
                             what, last_part(contents.folders.begin()->first), named(contents.folders)));
  }
  if (!contents.folders.empty()) return join_category_files(what, contents.folders.begin()->second, most_octets);
  if (contents.others.size() == 1) return std::move(contents.others.begin()->second);
  return Error(ErrorCode::kInvalid,
               contents.others.empty()
                   ? what + ": there is no file in it"
                   : what + ": has several files, and none is called 'domains', 'urls' or 'expressions'");
}

}  // namespace

bool is_archive(std::string_view octets) {
  constexpr std::array<std::string_view, 4> kMarks = {kGzipMark,
                                                      "\xfd"
                                                      "7zXZ",
                                                      "\x28\xb5\x2f\xfd", "PK\x03\x04"};
  // "BZh" alone may begin a name.
  const bool is_bzip2 = octets.starts_with("BZh") && octets.substr(0, 10).ends_with("1AY&SY");
  return is_bzip2 || std::ranges::any_of(kMarks, [&octets](auto mark) { return octets.starts_with(mark); }) ||
         is_tar(octets);
}

Result<std::string> read_archive(const std::string& what, std::string_view octets, std::string_view folder,
                                 std::size_t most_octets) {
  // libarchive takes the end of the octets for that of a tar, and does not compare the checksum of a gzip.
  if (is_tar(octets) && !has_end_of_tar(octets)) return Error(ErrorCode::kDamaged, what + ": is cut off");
  auto contents = unpack(what, octets, folder, most_octets);
  if (!contents) return contents.error();
  if (octets.starts_with(kGzipMark)) {
    if (const auto whole = check_gzip(what, octets, most_octets); !whole) return whole.error();
  }
  return choose(what, std::move(*contents), folder, most_octets);
}

}  // namespace schoolgate::lists
