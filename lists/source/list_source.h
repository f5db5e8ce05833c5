// A list's source as the policy names it, what it is read with, and where the copy of the last good octets lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "lists/fetch/fetched_list.h"
#include "lists/formats/own_answer.h"
#include "lists/guard/guard.h"

namespace schoolgate::lists {

struct Source {
  std::string id;
  std::string category;  // a tag's id
  std::string path;      // a file, a category folder (category_folder.h), an archive, or what was fetched
  std::string format = "auto";
  bool opaque = false;  // its names are stored and shown nowhere: see opaque_source.h
  // A district may mean a list of whole top-level domains.
  Guard::Suffixes suffixes = Guard::Suffixes::kSetAside;
  ListAction action = ListAction::kUnset;       // how its names are answered
  std::optional<Remote> remote = std::nullopt;  // where `path` was fetched from
  std::string folder = "";                      // of an archive with several category folders: see archive.h

  std::string shown_source() const { return (remote ? remote->url : path) + (folder.empty() ? "" : "#" + folder); }
};

// A longer source is refused.
inline constexpr std::size_t kMostSourceBytes = std::size_t{512} << 20;

// What lists are read with, beside their own settings.
struct Ground {
  const Guard& guard;
  std::string state_folder;
  std::int64_t now_us = 0;                         // since the epoch
  std::map<std::string, std::string> stamps = {};  // by list: of its source, when it was read last (source_stamp.h)
};

std::string copy_folder(const std::string& state_folder);  // STATE/lists
std::string copy_path(const std::string& state_folder, const std::string& list);

}  // namespace schoolgate::lists
