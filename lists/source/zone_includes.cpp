#include "lists/source/zone_includes.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/formats/lines.h"
#include "lists/formats/words.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Status;

constexpr std::string_view kInclude = "$INCLUDE";
constexpr std::size_t kMostDepth = 10;

std::string_view without_comment(std::string_view line) { return trimmed(line.substr(0, line.find_first_of(";\r\n"))); }

// A name of a file that may be read: of one beside the first, or below.
bool stays_inside(const std::filesystem::path& name) {
  return name.is_relative() && std::ranges::none_of(name, [](const auto& part) { return part == ".."; });
}

class Expansion {
 public:
  Expansion(std::string path, std::size_t most_octets) : path_(std::move(path)), most_octets_(most_octets) {}

  Status add(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      if (const Status added = add_line(text.substr(at, end - at)); !added) return added;
      at = end;
    }
    if (!text_.empty() && text_.back() != '\n') text_ += '\n';
    return {};
  }
  std::string take() { return std::move(text_); }

 private:
  Status add_line(std::string_view line) {
    std::string_view rest = line.starts_with('$') ? without_comment(line) : std::string_view();
    const std::string_view directive = take_word(rest);
    if (equals_in_any_case(directive, kInclude)) return include(rest);
    if (equals_in_any_case(directive, "$ORIGIN")) origin_ = absolute(take_word(rest));
    if (text_.size() + line.size() > most_octets_) {
      return wrong(fmt::format("with what it includes it is larger than {} octets", most_octets_));
    }
    text_ += line;
    return {};
  }

  Status include(std::string_view words) {
    const std::string name(take_word(words));
    const std::string_view origin = take_word(words);
    if (name.empty() || !stays_inside(name)) return wrong("includes '" + name + "', which is not beside it or below");
    if (depth_ == kMostDepth) return wrong(fmt::format("includes more than {} files in each other", kMostDepth));
    const auto folder = std::filesystem::path(path_).parent_path();
    const auto octets = base::read_file((folder / name).string(), most_octets_);
    if (!octets) return octets.error().within(path_ + " includes '" + name + "'");
    const std::optional<std::string> before = origin_;
    if (!origin.empty()) {
      origin_ = absolute(origin);
      if (!origin_) return wrong("includes '" + name + "' with an origin that is relative to none");
      text_ += "$ORIGIN " + *origin_ + "\n";
    }
    ++depth_;
    if (const Status added = add(*octets); !added) return added;
    --depth_;
    return go_back_to(before, name);
  }

  Status go_back_to(const std::optional<std::string>& before, const std::string& name) {
    if (origin_ == before) return {};
    if (!before) return wrong("includes '" + name + "', which sets an origin, and has none itself before that");
    text_ += "$ORIGIN " + *before + "\n";
    origin_ = before;
    return {};
  }

  // With the final dot; nullopt when it is relative to nothing.
  std::optional<std::string> absolute(std::string_view name) const {
    if (name.ends_with('.')) return std::string(name);
    if (!origin_ || name.empty()) return std::nullopt;
    if (name == "@") return origin_;
    return std::string(name) + (*origin_ == "." ? "" : ".") + *origin_;
  }

  Error wrong(const std::string& what) const { return Error(ErrorCode::kInvalid, path_ + ": " + what); }

  const std::string path_;
  const std::size_t most_octets_;
  std::string text_;
  std::optional<std::string> origin_;
  std::size_t depth_ = 0;
};

}  // namespace

bool has_includes(std::string_view text) {
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    if (begins_line && equals_in_any_case(text.substr(at, kInclude.size()), kInclude)) return true;
  }
  return false;
}

base::Result<std::string> expand_includes(const std::string& path, std::string_view text, std::size_t most_octets) {
  Expansion expansion(path, most_octets);
  if (const Status added = expansion.add(text); !added) return added.error();
  return expansion.take();
}

}  // namespace schoolgate::lists
