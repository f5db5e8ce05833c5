#include "resolver/daemon/rules.h"

#include <spdlog/spdlog.h>

#include <cstring>
#include <filesystem>

#include "base/file.h"
#include "lists/build.h"
#include "policy/policy_file.h"

namespace schoolgate::daemon {
namespace {

// Five million names take some seconds; what takes this long hangs, on a dead network drive perhaps.
constexpr std::uint64_t kMostBuildMinutes = 10;
constexpr std::uint64_t kMsPerMinute = 60'000;

std::string builder_path() {
  std::error_code error;
  return (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "schoolgate").string();
}

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

std::optional<std::string> text_of(const std::string& path) {
  auto text = base::read_file(path);
  if (!text) return std::nullopt;
  return std::move(*text);
}

std::string reason_of(const resolver::uv::Child::Exit& exit) {
  if (exit.overdue) return "the build was ended, since it took over " + std::to_string(kMostBuildMinutes) + " minutes";
  if (exit.signal != 0) return "ended by signal " + std::to_string(exit.signal);
  return on_one_line(exit.errors);
}

dns::BlockAddresses block_addresses(const resolver::Configuration& configuration) {
  dns::BlockAddresses block;
  std::memcpy(block.ipv4.data(), configuration.block_ipv4.bytes().data() + 12, 4);
  if (configuration.has_block_ipv6) block.ipv6 = configuration.block_ipv6.bytes();
  block.ttl_seconds = configuration.block_ttl_seconds;
  return block;
}

}  // namespace

base::Result<std::unique_ptr<Rules>> Rules::load(const resolver::Configuration& configuration, Problems& problems) {
  auto taxonomy = lists::Taxonomy::read(configuration.data_folder() + "/taxonomy.toml");
  if (!taxonomy) return taxonomy.error();
  std::unique_ptr<Rules> rules(new Rules(configuration, std::move(*taxonomy), problems));
  auto policy = rules->read_policy();
  if (!policy) return policy.error();
  rules->policy_ = std::move(*policy);
  rules->open_image();
  rules->make_snapshot();
  return rules;
}

Rules::Rules(const resolver::Configuration& configuration, lists::Taxonomy taxonomy, Problems& problems)
    : configuration_(configuration),
      configuration_text_(text_of(configuration.file)),
      taxonomy_(std::move(taxonomy)),
      problems_(problems) {}

base::Result<std::shared_ptr<const policy::Policy>> Rules::read_policy() const {
  if (configuration_.policy_file.empty()) {
    return base::Error(base::ErrorCode::kInvalid,
                       configuration_.file + ": [policy] file is missing: it names the policy.toml to apply");
  }
  auto settings = policy::read_policy(configuration_.policy_file, taxonomy_.tags());
  if (!settings) return settings.error();
  return policy::Policy::compile(std::move(*settings), taxonomy_.tags());
}

void Rules::open_image() {
  auto image = filter::Image::open(lists::image_path(configuration_.state));
  if (image) {
    image_ = std::move(*image);
    problems_.set("image", "");
    return;
  }
  if (image.error().code() == base::ErrorCode::kNotFound && image_ == nullptr) return;  // the first start
  problems_.set("image", image.error().message() + (image_ != nullptr ? "; the one in force stays"
                                                                      : "; names get SERVFAIL until one is built"));
}

void Rules::start(resolver::uv::Loop& loop, Publish publish) {
  loop_ = &loop;
  publish_ = std::move(publish);
  report_lists();
  build();
}

// Ports, users and folders are taken once, at the start: what is new in the file is told, and nothing of it used.
void Rules::compare_configuration() {
  const bool same = text_of(configuration_.file) == configuration_text_;
  const std::string name = std::filesystem::path(configuration_.file).filename().string();
  problems_.set("configuration", same ? "" : name + " has changed since the start: restart schoolgated to use it");
}

void Rules::reload() {
  spdlog::info("reading the policy again");
  compare_configuration();
  auto policy = read_policy();
  if (policy) {
    policy_ = std::move(*policy);
    problems_.set("policy", "");
    publish();
    build();
  } else {
    problems_.set("policy", "the new policy is not in force, the old one stays: " + policy.error().message());
  }
}

void Rules::build() {
  if (builder_ != nullptr) {
    build_again_ = true;
    return;
  }
  auto child =
      resolver::uv::Child::start(*loop_,
                                 // The folders and files in force, not those of a configuration that was changed since.
                                 {builder_path(), "lists", "build", "--background", "--state", configuration_.state,
                                  "--policy", configuration_.policy_file, "--data", configuration_.data_folder()},
                                 [this](const resolver::uv::Child::Exit& exit) { finish_build(exit); });
  if (child) {
    builder_ = std::move(*child);
    builder_->kill_after(kMostBuildMinutes * kMsPerMinute);
  } else {
    problems_.set("lists", child.error().message());
  }
}

void Rules::finish_build(const resolver::uv::Child::Exit& exit) {
  builder_.reset();
  if (exit.status == 0 && exit.signal == 0) {
    problems_.set("lists", "");
    open_image();
    publish();
  } else {
    problems_.set("lists", "the lists could not be built, the image in force stays: " + reason_of(exit));
  }
  report_lists();
  if (std::exchange(build_again_, false)) build();
}

void Rules::report_lists() {
  const auto report = lists::read_report(configuration_.state);
  if (!report) return;
  std::string text;
  for (const lists::ListReport& list : report->lists) {
    if (list.problem.empty()) continue;
    text += (text.empty() ? "list " : "; list ") + list.id + ": " + list.problem;
  }
  problems_.set("sources", text);
}

void Rules::make_snapshot() {
  auto snapshot = std::make_shared<resolver::Snapshot>();
  snapshot->generation = ++generation_;
  snapshot->image = image_;
  snapshot->policy = policy_;
  snapshot->block = block_addresses(configuration_);
  snapshot->illegal = taxonomy_.tags().locked();
  snapshot->allow_from = configuration_.allow_from;
  snapshot->site = configuration_.site;
  const std::lock_guard guard(lock_);
  snapshot_ = std::move(snapshot);
}

void Rules::publish() {
  make_snapshot();
  spdlog::info("rules in force: policy {}, image {}", policy_->settings().digest,
               image_ != nullptr ? image_->digest() : "none");
  publish_(snapshot());
}

std::shared_ptr<const resolver::Snapshot> Rules::snapshot() const {
  const std::lock_guard guard(lock_);
  return snapshot_;
}

}  // namespace schoolgate::daemon
