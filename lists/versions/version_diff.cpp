#include "lists/versions/version_diff.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>

#include "base/file.h"
#include "filter/classifier.h"
#include "filter/image_builder.h"
#include "lists/formats/own_answer.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using filter::Exception;
using filter::Reach;

std::string_view mark_of(Reach reach) { return reach == Reach::kExact ? "=" : reach == Reach::kSubdomains ? "*." : ""; }

class Writer final : public RuleSink {
 public:
  explicit Writer(std::vector<std::string>& rules) : rules_(rules) {}
  void take(const Line&, Reach reach, Exception exception, const dns::Name& name) override {
    begin(exception).append(mark_of(reach));
    name.lowered().append_text(rules_.back());
  }
  void take_pattern(const Line&, Exception exception, std::string_view expression) override {
    begin(exception).append("/").append(expression).append("/");
  }
  void take_answer(const Line& line, Reach reach, const dns::Name& name, const filter::RuleAnswer& answer) override {
    take(line, reach, Exception::kNo, name);
    rules_.back().append(" ").append(to_text(answer));
  }
  void take_address(const Line&, const filter::AddressTrigger& trigger, Exception exception,
                    const filter::RuleAnswer& answer) override {
    begin(exception)
        .append(trigger.trigger == filter::Trigger::kClientIp ? "client " : "answer ")
        .append(trigger.network.to_text());
    if (exception == Exception::kNo) rules_.back().append(" ").append(to_text(answer));
  }
  void reject(const Line&, std::string_view) override {}
  void skip(const Line&) override {}

 private:
  std::string& begin(Exception exception) { return rules_.emplace_back(exception == Exception::kYes ? "@@" : ""); }
  std::vector<std::string>& rules_;
};

class Loader final : public RuleSink {
 public:
  Loader(filter::ImageBuilder& builder, filter::ListNumber list) : builder_(builder), list_(list) {}
  void take(const Line& line, Reach reach, Exception exception, const dns::Name& name) override {
    builder_.add_name(list_, reach, exception, name, line.number, {});
  }
  void take_pattern(const Line& line, Exception exception, std::string_view expression) override {
    builder_.add_pattern(list_, exception, expression, line.number, {});
  }
  void take_answer(const Line& line, Reach reach, const dns::Name& name, const filter::RuleAnswer&) override {
    take(line, reach, Exception::kNo, name);
  }
  void reject(const Line&, std::string_view) override {}
  void skip(const Line&) override {}

 private:
  filter::ImageBuilder& builder_;
  filter::ListNumber list_;
};

// Removed with all that is in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    const auto parent = std::filesystem::temp_directory_path(ignored_);
    if (parent.empty()) return;
    std::string path = (parent / "schoolgate-XXXXXX").string();
    if (::mkdtemp(path.data()) != nullptr) path_ = path;
  }
  ~ScratchFolder() {
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }  // empty: it could not be made

 private:
  std::error_code ignored_;
  std::string path_;
};

Result<std::shared_ptr<const filter::Image>> image_of(const ListText& list, const std::string& path) {
  filter::TagTable tags;
  if (const auto added = tags.add({0, "listed", filter::TagKind::kCategory, false, false}); !added)
    return added.error();
  filter::ImageBuilder builder(tags);
  Loader loader(builder, builder.add_list({"list", 0, "", "", false}));
  find_format(list.format)->parse(list.octets, loader);
  if (const auto written = builder.write(path); !written) return written.error();
  return filter::Image::open(path);
}

}  // namespace

std::vector<std::string> rules_of(const ListText& list) {
  std::vector<std::string> rules;
  Writer writer(rules);
  find_format(list.format)->parse(list.octets, writer);
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  return rules;
}

VersionDifference difference(const ListText& before, const ListText& after) {
  const std::vector<std::string> had = rules_of(before), has = rules_of(after);
  VersionDifference difference;
  std::ranges::set_difference(has, had, std::back_inserter(difference.added));
  std::ranges::set_difference(had, has, std::back_inserter(difference.removed));
  return difference;
}

// One version by itself.
struct BothVersions::Listed {
  std::shared_ptr<const filter::Image> image;
  filter::Image::Scratch scratch;
  filter::Overlay no_local_rules;

  static Result<std::unique_ptr<Listed>> build(const ListText& list, const std::string& path) {
    auto image = image_of(list, path);
    if (!image) return image.error();
    auto scratch = (*image)->make_scratch();
    if (!scratch) return scratch.error();
    return std::unique_ptr<Listed>(new Listed{std::move(*image), std::move(*scratch), {}});
  }
  bool has(const dns::Name& lower_name) {
    return !filter::Classifier(*image, no_local_rules).listed(lower_name, scratch).empty();
  }
};

BothVersions::BothVersions(std::unique_ptr<Listed> before, std::unique_ptr<Listed> after)
    : before_(std::move(before)), after_(std::move(after)) {}
BothVersions::~BothVersions() = default;
BothVersions::BothVersions(BothVersions&&) noexcept = default;

Result<BothVersions> BothVersions::build(const ListText& before, const ListText& after) {
  const ScratchFolder folder;
  if (folder.path().empty()) return Error(ErrorCode::kUnavailable, "cannot make a temporary folder");
  auto had = Listed::build(before, folder.path() + "/before");
  if (!had) return had.error();
  auto has = Listed::build(after, folder.path() + "/after");
  if (!has) return has.error();
  return BothVersions(std::move(*had), std::move(*has));
}

BothVersions::Blocked BothVersions::blocked(const dns::Name& lower_name) {
  return {before_->has(lower_name), after_->has(lower_name)};
}

}  // namespace schoolgate::lists
