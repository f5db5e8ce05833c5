// Lists that come compressed or in an archive, as UT1 and Shallalist publish theirs. Wraps libarchive; nothing is written to disk.
//
//     adult.txt.gz                the list itself, compressed: gzip, bzip2, xz, zstd
//     adult.tar.gz, adult.zip     one category folder (category_folder.h), or one file: that is the list
//     blacklists.tar.gz#adult     of many category folders the one of that name, or of a path that ends so: #hobby/games
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace schoolgate::lists {

// By what the octets begin with, whatever the file is called.
bool is_archive(std::string_view octets);

// The list in it, category folders joined as read_category_folder() joins them. `folder` may be empty; `what` is for messages.
// Links, devices and files of other names are passed over. kInvalid over so many octets in all, or eight times as many passed over, for
// an archive that is encrypted, has no list, or several and `folder` names none or more than one; kDamaged for one that is cut or
// changed, as far as its kind has checksums: tar and zstd need have none.
base::Result<std::string> read_archive(const std::string& what, std::string_view octets, std::string_view folder,
                                       std::size_t most_octets);

}  // namespace schoolgate::lists
