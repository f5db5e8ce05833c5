#include "lists/build_progress.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "lists/report/list_report.h"
#include "lists/source/list_source.h"

namespace schoolgate::lists {
namespace {

// What is not there, or no file, has none.
std::uint64_t octets_of_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t octets = std::filesystem::file_size(path, error);
  return error ? 0 : octets;
}

// Of a file, or of those in a category folder.
std::uint64_t octets_at(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return octets_of_file(path);
  std::uint64_t octets = 0;
  for (const auto& file : std::filesystem::directory_iterator(path, ignored)) octets += octets_of_file(file.path());
  return octets;
}

}  // namespace

BuildProgress::BuildProgress(const std::vector<Source>& sources, BuildObserver* observer)
    : sources_(sources), observer_(observer) {
  if (observer == nullptr) return;
  step_.lists = sources.size();
  for (const Source& source : sources) {
    octets_.push_back(octets_at(source.path));
    step_.in_all += octets_.back();
  }
}

void BuildProgress::begin_list(std::size_t place) {
  if (observer_ == nullptr) return;
  began_us_ = clock_.steady_us();
  step_.list = sources_[place].id;
  step_.number = place + 1;
  step_.octets = octets_[place];
  step_.done = before_;
  observer_->see(step_);
}

void BuildProgress::tell(std::uint64_t done, std::uint64_t of_all) {
  if (observer_ == nullptr || of_all == 0) return;
  const double share = static_cast<double>(done) / static_cast<double>(of_all);
  step_.done = before_ + static_cast<std::uint64_t>(share * static_cast<double>(step_.octets));
  observer_->see(step_);
}

void BuildProgress::end_list(const ListReport& report) {
  if (observer_ == nullptr) return;
  constexpr double kMicroseconds = 1e6;
  before_ += step_.octets;
  observer_->end_list(report, static_cast<double>(clock_.steady_us() - began_us_) / kMicroseconds);
}

void BuildProgress::begin_image() {
  if (observer_ == nullptr) return;
  step_.list.clear();
  step_.octets = 0;
  step_.done = before_;
  observer_->see(step_);
}

}  // namespace schoolgate::lists
