#include "resolver/daemon/list_builder.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace schoolgate::daemon {

using base::Error;
using base::ErrorCode;

namespace {

// A program's error output, a problem a line, as one.
std::string on_one_line(std::string_view errors) {
  std::string text;
  for (const char c : errors.substr(0, errors.find_last_not_of('\n') + 1)) {
    if (c == '\n') {
      text += "; ";
    } else {
      text += c;
    }
  }
  return text;
}

std::string reason_of(const resolver::uv::Child::Exit& exit, std::uint64_t most_ms) {
  if (exit.overdue) return fmt::format("the build was ended, since it took over {} seconds", most_ms / 1000);
  if (exit.signal != 0) return fmt::format("ended by signal {}", exit.signal);
  const std::string errors = on_one_line(exit.errors);
  return errors.empty() ? fmt::format("ended with exit code {}", exit.status) : errors;
}

}  // namespace

ListBuilder::ListBuilder(resolver::uv::Loop& loop, std::vector<std::string> command,
                         std::function<void(base::Status)> finished, std::uint64_t most_ms)
    : loop_(loop), command_(std::move(command)), finished_(std::move(finished)), most_ms_(most_ms) {}

void ListBuilder::build(const std::vector<std::string>& words) {
  if (child_ != nullptr) {
    if (!next_) next_.emplace();
    std::ranges::copy_if(words, std::back_inserter(*next_),
                         [this](const std::string& word) { return std::ranges::count(*next_, word) == 0; });
    return;
  }
  using resolver::uv::Child;
  std::vector<std::string> command = command_;
  command.insert(command.end(), words.begin(), words.end());
  auto child = Child::start(loop_, command, [this](const Child::Exit& exit) { finish(exit); });
  if (!child) return finished_(child.error());
  child_ = std::move(*child);
  child_->kill_after(most_ms_);
}

void ListBuilder::finish(const resolver::uv::Child::Exit& exit) {
  child_.reset();
  const bool built = exit.status == 0 && exit.signal == 0;
  finished_(built ? base::Status() : Error(ErrorCode::kUnavailable, reason_of(exit, most_ms_)));
  if (const auto words = std::exchange(next_, std::nullopt)) build(*words);
}

std::string builder_beside_this_program() {
  std::error_code error;
  return (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "schoolgate").string();
}

}  // namespace schoolgate::daemon
