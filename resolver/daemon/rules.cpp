#include "resolver/daemon/rules.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "lists/build.h"
#include "lists/fetch/host_lookup.h"
#include "lists/guard/popular_names.h"
#include "lists/opaque/opaque_key.h"
#include "policy/policy_file.h"

namespace schoolgate::daemon {
namespace {

// Published lists have a few lines that are no rule; one in ten says that the file or its format is not what it should be.
constexpr std::uint64_t kRulesPerRejection = 10;
constexpr std::uint64_t kMostUpdateMs = 3'600'000;
constexpr std::uint64_t kFirstUpdateMs = 2'000;   // after the first build
constexpr std::uint64_t kUpdateEveryMs = 60'000;  // to look whether a list is due

std::optional<std::string> text_of(const std::string& path) {
  auto text = base::read_file(path);
  if (!text) return std::nullopt;
  return std::move(*text);
}

// The folders and files in force, not those of a configuration that was changed since.
std::vector<std::string> build_command(const std::string& builder, const resolver::Configuration& configuration) {
  return {builder,    "lists",
          "build",    "--background",
          "--state",  configuration.state,
          "--policy", configuration.policy_file,
          "--data",   configuration.data_folder()};
}

// Its own child, so that a server that dawdles holds up no build.
std::vector<std::string> update_command(const std::string& builder, const resolver::Configuration& configuration) {
  std::vector<std::string> command = build_command(builder, configuration);
  command[2] = "update";
  for (const base::Endpoint& server : configuration.upstream.servers) {
    command.insert(command.end(), {"--server", server.to_text()});
  }
  return command;
}

// Without an end of its options, the last one would take the lists for its own.
std::vector<std::string> command_for_lists(const std::string& builder, const resolver::Configuration& configuration) {
  std::vector<std::string> command = update_command(builder, configuration);
  command.emplace_back("--");
  return command;
}

bool has_remote_list(const policy::Policy& policy) {
  return std::ranges::any_of(policy.settings().lists, &policy::ListSetting::is_remote);
}

lists::LookUpHost host_lookup(const resolver::Configuration& configuration) {
  return
      [hosts = lists::HostLookup(configuration.upstream.servers)](const std::string& host) { return hosts.find(host); };
}

std::string problems_of(const std::vector<lists::ListReport>& lists) {
  std::string text;
  for (const lists::ListReport& list : lists) {
    std::string problem = list.problem;
    if (problem.empty() && list.rejected_count * kRulesPerRejection > list.rules) {
      problem = "rules that could not be taken: " + std::to_string(list.rejected_count) + ", see `schoolgate lists ls`";
    }
    if (!problem.empty()) text += (text.empty() ? "list " : "; list ") + list.id + ": " + problem;
  }
  return text;
}

dns::BlockAddresses block_addresses(const resolver::Configuration& configuration) {
  dns::BlockAddresses block;
  std::memcpy(block.ipv4.data(), configuration.block_ipv4.bytes().data() + 12, 4);
  if (configuration.has_block_ipv6) block.ipv6 = configuration.block_ipv6.bytes();
  block.ttl_seconds = configuration.block_ttl_seconds;
  return block;
}

}  // namespace

base::Result<std::unique_ptr<Rules>> Rules::load(const Parts& parts) {
  auto taxonomy = lists::Taxonomy::read(parts.configuration.data_folder() + "/taxonomy.toml");
  if (!taxonomy) return taxonomy.error();
  std::unique_ptr<Rules> rules(new Rules(parts, std::move(*taxonomy)));
  auto policy = rules->read_policy();
  if (!policy) return policy.error();
  rules->policy_ = std::move(*policy);
  rules->take_guard(rules->read_guard());
  rules->take_images(rules->read_images(Wanted::kAny));
  rules->succession_ = std::make_unique<Succession>(rules->make_snapshot(), parts.clock, parts.problems);
  return rules;
}

Rules::Rules(const Parts& parts, lists::Taxonomy taxonomy)
    : configuration_(parts.configuration),
      configuration_text_(text_of(parts.configuration.file)),
      problems_(parts.problems),
      taxonomy_(std::move(taxonomy)),
      local_rules_(parts.configuration.state, parts.problems),
      notifications_(parts.clock, host_lookup(parts.configuration)),
      builder_path_(parts.builder) {}

void Rules::start(resolver::uv::Loop& loop, Succession::Workers workers) {
  loop_ = &loop;
  succession_->start(loop, std::move(workers), [this](std::uint64_t generation) {
    local_rules_.came_into_force(generation);
    reloads_.came_into_force(generation);
  });
  local_rules_.start(loop, [this] { return follow(); });
  builder_ = std::make_unique<ListBuilder>(loop, build_command(builder_path_, configuration_),
                                           [this](const base::Status& built) { finish_build(built); });
  {
    const std::lock_guard lock(lock_);
    take_built_ = std::make_unique<resolver::uv::Wakeup>(loop, [this] {
      // A build that goes on puts into force what it finds, too.
      if (!is_building_) open_images();
    });
  }
  updater_ = std::make_unique<ListBuilder>(
      loop, update_command(builder_path_, configuration_),
      [this](const base::Status& updated) {
        finish_update(updated);
        if (!fetched_again_.empty()) notified_->build(std::exchange(fetched_again_, {}));
      },
      kMostUpdateMs);
  notified_ = std::make_unique<ListBuilder>(
      loop, command_for_lists(builder_path_, configuration_),
      [this](const base::Status& updated) { finish_update(updated); }, kMostUpdateMs);
  notifications_.start(loop, [this](const std::vector<std::string>& lists) { fetch_notified(lists); });
  notifications_.follow(policy_);
  update_timer_ = std::make_unique<resolver::uv::Timer>(loop, [this] { update(); });
  update_timer_->start(kFirstUpdateMs, kUpdateEveryMs);
  build();
  reloads_.start(loop, [this] { reload(); });
}

void Rules::stop() {
  update_timer_.reset();
  notifications_.stop();
  notified_.reset();
  updater_.reset();
  policy_task_.reset();
  image_task_.reset();
  builder_.reset();
  {
    const std::lock_guard lock(lock_);
    take_built_.reset();
  }
  local_rules_.stop();
  reloads_.stop();
  succession_->stop();
}

void Rules::reload() {
  spdlog::info("reading the policy again");
  compare_configuration();
  policy_task_ = resolver::uv::run_task<ReadPolicy>(
      *loop_,
      [this]() -> base::Result<ReadPolicy> {
        return ReadPolicy{read_policy(), read_guard()};
      },
      [this](base::Result<ReadPolicy> read) {
        if (read) take_guard(std::move(read->guard));
        take_policy(read ? std::move(read->policy) : read.error());
      });
}

Rules::PolicyResult Rules::read_policy() const {
  if (configuration_.policy_file.empty()) {
    return base::Error(base::ErrorCode::kInvalid,
                       configuration_.file + ": [policy] file is missing: it names the policy.toml to apply");
  }
  auto settings = policy::read_policy(configuration_.policy_file, taxonomy_.tags());
  if (!settings) return settings.error();
  return policy::Policy::compile(std::move(*settings), taxonomy_.tags());
}

Rules::GuardResult Rules::read_guard() const {
  const auto popular = lists::read_popular_names(configuration_.data_folder() + "/popular.txt");
  if (!popular) return popular.error();
  auto guard = lists::Guard::read(configuration_.data_folder(), {}, *popular);
  if (!guard) return guard.error();
  return std::make_shared<const lists::Guard>(std::move(*guard));
}

// No reason to answer nobody: names are looked up without it.
void Rules::take_guard(GuardResult guard) {
  const std::lock_guard lock(lock_);
  if (guard) guard_ = std::move(*guard);
  const char* in_force = guard_ != nullptr ? "the one before stays" : "nobody blocks by hand but with --even-protected";
  problems_.set("guard",
                guard ? "" : fmt::format("the guard could not be read, {}: {}", in_force, guard.error().message()));
}

Rules::GuardPointer Rules::guard() const {
  const std::lock_guard lock(lock_);
  return guard_;
}

void Rules::take_policy(PolicyResult policy) {
  if (!policy) {
    const std::string why = "the new policy is not in force, the old one stays: " + policy.error().message();
    problems_.set("policy", why);
    reloads_.refuse({base::ErrorCode::kUnavailable, why});
    return;
  }
  problems_.set("policy", "");
  policy_ = std::move(*policy);
  notifications_.follow(policy_);
  const std::uint64_t generation = follow();
  build();
  update();
  reloads_.expect(generation);  // whoever is answered sees that a build goes on
}

void Rules::build() {
  is_building_ = true;
  builder_->build();
}

void Rules::finish_build(const base::Status& built) {
  problems_.set("lists",
                built ? "" : "the lists could not be built, the image in force stays: " + built.error().message());
  if (!built) return end_build();
  open_images();
}

void Rules::end_build() {
  is_building_ = builder_->is_busy();
  if (!is_building_ && std::exchange(looks_again_, false)) take_newest();
}

bool Rules::is_building() const { return is_building_ || snapshot()->generation < generation_; }

void Rules::update() {
  if (has_remote_list(*policy_)) updater_->build();
}

// An update that is under way may have asked before the zone changed, and would leave what it got then.
void Rules::fetch_notified(const std::vector<std::string>& lists) {
  if (updater_->is_busy()) fetched_again_.insert(fetched_again_.end(), lists.begin(), lists.end());
  notified_->build(lists);
}

// Whatever it fetched, it built; and when it fetched nothing, there is nothing to open.
void Rules::finish_update(const base::Status& updated) {
  problems_.set("update", updated ? "" : "the lists could not be updated: " + updated.error().message());
  take_newest();
}

void Rules::take_newest() {
  looks_again_ = is_building_;
  const auto newest = lists::read_report(configuration_.state);
  if (!newest || is_building_) return;
  if (improves_on_image(newest->image_digest)) return open_images();
  take_report();
}

// One that says the same takes no place: what was counted on the present one is not forgotten. But one without its lines, damaged
// or an earlier version's, cannot say why a name is blocked, and a build makes them anew.
bool Rules::improves_on_image(const std::string& digest) const {
  return image_ == nullptr || image_->digest() != digest || !image_->has_lines();
}

void Rules::take_built() {
  const std::lock_guard lock(lock_);
  if (take_built_ != nullptr) take_built_->wake();
}

void Rules::open_images() {
  is_building_ = true;
  const Wanted wanted = image_ == nullptr ? Wanted::kAny : Wanted::kNewest;
  image_task_ = resolver::uv::run_task<ReadImages>(
      *loop_, [this, wanted]() -> base::Result<ReadImages> { return read_images(wanted); },
      [this](base::Result<ReadImages> images) {
        take_images(images ? std::move(*images) : ReadImages{images.error(), nullptr});
        follow();
        end_build();
      });
}

Rules::ReadImages Rules::read_images(Wanted wanted) const {
  ReadImages images{lists::open_image(lists::image_path(configuration_.state), configuration_.state), nullptr};
  if (images.newest) {
    if ((*images.newest)->compiled_patterns()) {
      spdlog::info("compiled the patterns of the lists: what lay beside the image was not for this machine");
    }
  } else if (wanted == Wanted::kAny) {
    auto previous = lists::open_image(lists::previous_image_path(configuration_.state), configuration_.state);
    if (previous) images.previous = std::move(*previous);
  }
  return images;
}

void Rules::take_images(ReadImages images) {
  ImageResult& image = images.newest;
  if (image) {
    if (improves_on_image((*image)->digest())) image_ = std::move(*image);
    problems_.set("image", "");
    take_report();
    return;
  }
  if (image_ == nullptr) image_ = std::move(images.previous);
  const bool is_first_start = image.error().code() == base::ErrorCode::kNotFound && image_ == nullptr;
  if (is_first_start) return;
  problems_.set("image", image.error().message() + (image_ != nullptr ? "; the one before stays in force"
                                                                      : "; names get SERVFAIL until one is built"));
}

base::Result<lists::BuildOutcome> Rules::report() const {
  const std::lock_guard lock(lock_);
  return report_;
}

bool Rules::has_unused_build() const {
  const auto current = snapshot();
  const auto newest = lists::read_report(configuration_.state);
  return !is_building_ && current->image != nullptr && newest && newest->image_digest != current->image->digest();
}

// Ports, users and folders are taken once, at the start: what is new in the file is told, and nothing of it used.
void Rules::compare_configuration() {
  const bool same = text_of(configuration_.file) == configuration_text_;
  const std::string name = std::filesystem::path(configuration_.file).filename().string();
  problems_.set("configuration", same ? "" : name + " has changed since the start: restart schoolgated to use it");
}

void Rules::take_report() {
  auto report = lists::read_report(configuration_.state);
  problems_.set("sources", report ? problems_of(report->lists) : std::string());
  const std::lock_guard lock(lock_);
  report_ = std::move(report);
}

std::uint64_t Rules::follow() {
  succession_->follow(make_snapshot());
  return generation_;
}

std::shared_ptr<const resolver::Snapshot> Rules::make_snapshot() {
  auto snapshot = std::make_shared<resolver::Snapshot>();
  snapshot->generation = ++generation_;
  snapshot->image = image_;
  const filter::TagTable& tags = image_ != nullptr ? image_->tags() : taxonomy_.tags();
  snapshot->local_rules = local_rules_.overlay(tags, taxonomy_.tags().locked());
  snapshot->policy = policy_;
  snapshot->block = block_addresses(configuration_);
  snapshot->illegal = taxonomy_.tags().locked();
  snapshot->allow_from = configuration_.allow_from;
  snapshot->site = configuration_.site;
  return snapshot;
}

}  // namespace schoolgate::daemon
