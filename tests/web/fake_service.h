// FakeService: a daemon whose every answer a test sets; keeps what it was asked.
#pragma once

#include <stdexcept>
#include <string>

#include "web/service.h"

namespace schoolgate::web {

constexpr const char* kTaxonomy = R"toml(
[[help]]
id = "helpline"
name = "The <Helpline>"
how = "https://helpline.example/talk?a=1&b=2"

[[tag]]
number = 0
id = "child-abuse"
kind = "category"
name = "Illegal pictures"
meaning = "Unlawful."
serves = "x"
defaults = { under-7 = "block", 7-11 = "block", 11-16 = "block", 16-plus = "block", staff = "block", guest = "block" }
advice = "Talk to somebody you trust."
help = ["helpline"]
locked = true
thin = true
floor = 10

[[tag]]
number = 16
id = "self-harm"
kind = "category"
name = "Self-harm"
meaning = "Sites that encourage self-harm."
serves = "x"
defaults = { under-7 = "block", 7-11 = "block", 11-16 = "block", 16-plus = "block", staff = "block", guest = "block" }
advice = "Talking helps."
help = ["helpline"]
alert = true
thin = true
floor = 100

[[tag]]
number = 32
id = "gambling"
kind = "category"
name = "Gambling & betting"
meaning = "Betting, casinos and lotteries."
serves = "x"
defaults = { under-7 = "block", 7-11 = "block", 11-16 = "block", 16-plus = "block", staff = "block", guest = "block" }
advice = "If gambling is on your mind, somebody will listen."
help = ["helpline"]
floor = 1000
)toml";

inline lists::Taxonomy test_taxonomy() {
  auto taxonomy = lists::Taxonomy::parse(kTaxonomy, "taxonomy.toml");
  if (!taxonomy) throw std::runtime_error(taxonomy.error().message());
  return std::move(*taxonomy);
}

class FakeService final : public Service {
 public:
  FakeService() { set_policy("default_group = \"everyone\"\n"); }
  void set_policy(const std::string& text) {
    auto settings = policy::parse_policy(text, "policy.toml", taxonomy_.tags());
    if (!settings) throw std::runtime_error(settings.error().message());
    in_force = policy::Policy::compile(std::move(*settings), taxonomy_.tags());
  }
  ServerState state() override {
    ServerState state = server;
    if (reloads > 0 && builds_seen > 0) state.building = builds_seen-- > 0;
    return state;
  }
  base::Status reload_policy() override {
    ++reloads;
    return reloaded;
  }
  base::Result<policy::CheckReport> check(const policy::CheckRequest& request) override {
    asked_check = request;
    return report;
  }
  std::optional<std::string> find_late_block(const base::IpAddress& client, const std::string& name) override {
    asked_block = client.to_text() + " " + name;
    return late_block;
  }
  base::Result<history::Page> search(const history::Filter& filter) override {
    asked_filter = filter;
    return page;
  }
  std::shared_ptr<const policy::Policy> policy() override { return in_force; }
  base::Result<lists::BuildOutcome> lists() override { return built; }
  void take_lists() override { server.image_digest = digest_when_taken; }
  const lists::Taxonomy& taxonomy() override { return taxonomy_; }
  std::vector<LocalRuleState> local_rules() override { return local; }
  base::Result<LocalOutcome> change_local_rules(const LocalRequest& request) override {
    asked_change = request;
    return outcome;
  }

  ServerState server;
  base::Result<policy::CheckReport> report = policy::CheckReport();
  base::Result<history::Page> page = history::Page();
  base::Result<lists::BuildOutcome> built = lists::BuildOutcome();
  std::shared_ptr<const policy::Policy> in_force;
  std::vector<LocalRuleState> local;
  base::Result<LocalOutcome> outcome = LocalOutcome();

  std::string digest_when_taken;
  std::optional<std::string> late_block;
  base::Status reloaded;
  int reloads = 0;
  int builds_seen = 0;  // so often state() says that lists are being built, once the policy was read

  policy::CheckRequest asked_check;
  std::string asked_block;  // "client name"
  history::Filter asked_filter;
  std::optional<LocalRequest> asked_change;

 private:
  const lists::Taxonomy taxonomy_ = test_taxonomy();
};

// A report in which one category blocks.
inline policy::CheckReport blocked_by_category(const std::string& name, const std::string& category) {
  policy::CheckReport report;
  report.name = name;
  report.verdict = "blocked";
  report.category = category;
  report.decided_by = "category " + category + ", list secret-list, line 12";
  report.group = "pupils";
  report.tags = {category};
  report.chain = {{"locked-category", "locked categories", "", {}, "", "no match"},
                  {"category", "category " + category, "secret-list", 12, name, "blocks"},
                  {"otherwise", "otherwise allow", "", {}, "", "not reached"}};
  filter::RuleHit hit;
  hit.list = "secret-list";
  hit.line = 12;
  hit.text = name;
  hit.version = "0f0f";
  report.hits = {hit};
  return report;
}

}  // namespace schoolgate::web
