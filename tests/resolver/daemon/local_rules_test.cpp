#include "resolver/daemon/local_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "lists/local_rules/local_rules_file.h"
#include "tests/resolver/daemon/run_until.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::daemon {
namespace {

using lists::LocalRule;

constexpr filter::TagNumber kGambling = 6;

filter::TagTable tags(filter::TagNumber gambling = kGambling) {
  filter::TagTable table;
  EXPECT_TRUE(table.add({gambling, "gambling", filter::TagKind::kCategory, false, false}));
  return table;
}

LocalRule rule(const std::string& name, const char* category = "gambling") {
  LocalRule rule;
  EXPECT_TRUE(lists::read_written_name(name, rule));
  rule.category = category;
  rule.added_by = "jane";
  return rule;
}

lists::LocalChange put(const std::string& name) { return {{rule(name)}, {}, "jane"}; }

class LocalRulesTest : public testing::Test {
 protected:
  ~LocalRulesTest() override {
    if (rules_ != nullptr) rules_->stop();
  }
  void open() {
    rules_ = std::make_unique<LocalRules>(folder_.path(), problems_);
    rules_->overlay(tags_, {});
  }
  void start() {
    open();
    rules_->start(loop_, [this] {
      published_ = rules_->overlay(tags_, {});
      return ++generation_;
    });
  }
  // As an API call would, from a thread of its own; meanwhile the control thread runs. The workers take all at once.
  base::Status change(lists::LocalChange wanted) {
    resolver::uv::Timer workers(loop_, [this] { rules_->came_into_force(generation_); });
    workers.start(0, 1);
    return run_while(loop_, [&] { return rules_->change(std::move(wanted)); });
  }
  bool covers(const char* name) const {
    return published_ != nullptr && !published_->apply(*dns::Name::parse(name), {}).empty();
  }
  std::string problems() const {
    std::string text;
    for (const std::string& one : problems_.texts()) text += one + "\n";
    return text;
  }

  support::TemporaryFolder folder_;
  Problems problems_;
  filter::TagTable tags_ = tags();
  std::uint64_t generation_ = 1;
  std::shared_ptr<const filter::Overlay> published_;
  std::unique_ptr<LocalRules> rules_;
  resolver::uv::Loop loop_;
};

TEST_F(LocalRulesTest, AChangeIsKeptAndPublishedBeforeItIsAnswered) {
  start();
  ASSERT_TRUE(change(put("x.example")));
  EXPECT_TRUE(covers("x.example"));
  ASSERT_EQ(rules_->state().rules->size(), 1u);
  EXPECT_EQ(rules_->state().problems, std::vector<std::string>{""});
  EXPECT_EQ(lists::read_local_rules(folder_.path()).rules, *rules_->state().rules);
  ASSERT_TRUE(change({{}, {rule("x.example")}, "jane"}));
  EXPECT_FALSE(covers("x.example"));
  EXPECT_TRUE(lists::read_local_rules(folder_.path()).rules.empty());
}

TEST_F(LocalRulesTest, ItIsNotAnsweredBeforeTheLastWorkerHasIt) {
  start();
  std::atomic<bool> answered = false;
  std::thread caller([&] {
    EXPECT_TRUE(rules_->change(put("x.example")));
    answered = true;
  });
  ASSERT_TRUE(run_until(loop_, [&] { return covers("x.example"); }));
  rules_->came_into_force(generation_ - 1);
  run_for(loop_, 50);
  EXPECT_FALSE(answered) << "that was the snapshot before";
  rules_->came_into_force(generation_);
  EXPECT_TRUE(run_until(loop_, [&] { return answered.load(); }));
  caller.join();
}

TEST_F(LocalRulesTest, AWorkerThatDoesNotTakeItIsSaid) {
  start();
  const base::Status status = run_while(loop_, [&] { return rules_->change(put("x.example"), 50); });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message().find("the change is under way"), 0u) << status.error().message();
  EXPECT_EQ(lists::read_local_rules(folder_.path()).rules.size(), 1u) << "it is kept";
}

TEST_F(LocalRulesTest, OneThatHasNotBegunIsTakenBack) {
  open();  // nobody runs the loop
  const auto status = rules_->change(put("x.example"), 10);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("nothing was changed"), std::string::npos);
  rules_->start(loop_, [this] { return ++generation_; });
  run_for(loop_, 50);
  EXPECT_TRUE(rules_->state().rules->empty());
  EXPECT_FALSE(std::filesystem::exists(lists::local_rules_path(folder_.path())));
}

TEST_F(LocalRulesTest, WhatIsAskedBeforeTheLoopRunsIsDoneThen) {
  open();
  auto status = std::async(std::launch::async, [&] { return rules_->change(put("x.example")); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  rules_->start(loop_, [this] { return ++generation_; });
  resolver::uv::Timer workers(loop_, [this] { rules_->came_into_force(generation_); });
  workers.start(0, 1);
  EXPECT_TRUE(run_while(loop_, [&] { return status.get(); }));
}

TEST_F(LocalRulesTest, ManyAtOnceAreAllDoneOneAfterTheOther) {
  start();
  std::atomic<int> done = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&, i] {
      EXPECT_TRUE(rules_->change(put("n" + std::to_string(i) + ".example")));
      ++done;
    });
  }
  resolver::uv::Timer workers(loop_, [this] { rules_->came_into_force(generation_); });
  workers.start(0, 1);
  EXPECT_TRUE(run_until(loop_, [&] { return done == 8; }));
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(rules_->state().rules->size(), 8u);
  EXPECT_EQ(lists::read_local_rules(folder_.path()).rules.size(), 8u);
}

TEST_F(LocalRulesTest, WhatCannotBeKeptIsNotInForce) {
  start();
  ASSERT_TRUE(change(put("x.example")));
  // The copy is written after the answer, by another thread: the folder shall not change while it is taken away.
  ASSERT_TRUE(run_until(loop_, [this] { return std::filesystem::exists(folder_.file("local_rules.toml.copy")); }));
  std::filesystem::remove_all(folder_.path());
  const auto status = change(put("y.example"));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message().find("the local rules stay as they were: "), 0u) << status.error().message();
  EXPECT_TRUE(covers("x.example"));
  EXPECT_FALSE(covers("y.example")) << "taken back before it was answered";
  EXPECT_EQ(rules_->state().rules->size(), 1u);
}

TEST_F(LocalRulesTest, ACopyThatCannotBeWrittenIsAProblemAndNoMore) {
  std::filesystem::create_directory(folder_.file("local_rules.toml.copy"));
  start();
  ASSERT_TRUE(change(put("x.example")));
  EXPECT_TRUE(run_until(loop_, [this] { return problems().find("is not up to date") != std::string::npos; }));
  ASSERT_TRUE(change(put("y.example")));
  std::filesystem::remove(folder_.file("local_rules.toml.copy"));
  ASSERT_TRUE(change(put("z.example")));
  EXPECT_TRUE(run_until(loop_, [this] { return problems().empty(); })) << problems();
}

TEST_F(LocalRulesTest, MoreThanMayBeAreRefusedAndNoneIsLost) {
  std::vector<LocalRule> most;
  for (std::size_t i = 0; i < filter::Overlay::kMostRules; ++i)
    most.push_back(rule("n" + std::to_string(i) + ".example"));
  ASSERT_TRUE(lists::write_local_rules(folder_.path(), most));
  start();
  const auto status = change(put("one.more.example"));
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("at most 20000 may be"), std::string::npos) << status.error().message();
  EXPECT_EQ(lists::read_local_rules(folder_.path()).rules.size(), most.size());
}

TEST_F(LocalRulesTest, AreInForceFromTheStart) {
  ASSERT_TRUE(lists::write_local_rules(folder_.path(), {rule("x.example")}));
  open();
  published_ = rules_->overlay(tags_, {});
  EXPECT_TRUE(covers("www.x.example"));
  EXPECT_EQ(problems(), "");
}

TEST_F(LocalRulesTest, ADamagedFileIsAProblemUntilTheNextChange) {
  ASSERT_TRUE(lists::copy_local_rules(folder_.path(), {rule("x.example")}));
  folder_.write("local_rules.toml", "no toml");
  start();
  published_ = rules_->overlay(tags_, {});
  EXPECT_TRUE(covers("x.example")) << "the copy's";
  EXPECT_NE(problems().find("its copy is in force"), std::string::npos) << problems();
  ASSERT_TRUE(change(put("y.example")));
  EXPECT_EQ(problems(), "");
  EXPECT_EQ(folder_.read("local_rules.toml.damaged"), "no toml");
  EXPECT_EQ(lists::read_local_rules(folder_.path()).rules.size(), 2u);
  const auto copy = [this] { return folder_.read("local_rules.toml.copy"); };
  EXPECT_TRUE(run_until(loop_, [&] { return copy() == folder_.read("local_rules.toml"); })) << copy();
}

TEST_F(LocalRulesTest, WhatAKilledDaemonLeftGoes) {
  folder_.write("local_rules.toml.tmp-aB3dE6", "[[rule]]");
  folder_.write("filter.image.tmp-aB3dE6", "of a builder that is at work");
  start();
  EXPECT_FALSE(std::filesystem::exists(folder_.file("local_rules.toml.tmp-aB3dE6")));
  EXPECT_TRUE(std::filesystem::exists(folder_.file("filter.image.tmp-aB3dE6")));
}

TEST_F(LocalRulesTest, FitTheTagsOfEachImage) {
  ASSERT_TRUE(lists::write_local_rules(folder_.path(), {rule("x.example"), rule("y.example", "gone")}));
  open();
  const auto first = rules_->overlay(tags_, {});
  EXPECT_EQ(rules_->overlay(tags_, {}), first) << "nothing has changed";
  EXPECT_NE(problems().find("give gone at y.example"), std::string::npos) << problems();
  EXPECT_EQ(rules_->state().problems[1], "there is no category 'gone' any more");
  filter::TagTable others = tags(9);
  ASSERT_TRUE(others.add({10, "gone", filter::TagKind::kCategory, false, false}));
  const auto second = rules_->overlay(others, {});
  EXPECT_TRUE(second->apply(*dns::Name::parse("x.example"), {}).test(9));
  EXPECT_TRUE(second->apply(*dns::Name::parse("y.example"), {}).test(10));
  EXPECT_EQ(problems(), "");
}

TEST_F(LocalRulesTest, AnImageThatComesWhileTheFileIsWrittenFitsToo) {
  open();
  rules_->start(loop_, [this] {
    published_ = rules_->overlay(tags_, {});
    tags_ = tags(9);  // before the writing thread's answer can be taken: it comes by the loop
    rules_->overlay(tags_, {});
    return ++generation_;
  });
  ASSERT_TRUE(change(put("x.example")));
  EXPECT_TRUE(rules_->overlay(tags_, {})->apply(*dns::Name::parse("x.example"), {}).test(9));
  EXPECT_EQ(rules_->state().rules->size(), 1u);
}

TEST_F(LocalRulesTest, AnImageThatComesWhileTheRulesAreCompiledFitsToo) {
  start();
  // However the test ends, the threads are freed: the loop waits for them.
  struct Freeing {
    std::shared_ptr<std::atomic<bool>> is_free = std::make_shared<std::atomic<bool>>(false);
    ~Freeing() { *is_free = true; }
  } freeing;
  std::vector<std::unique_ptr<resolver::uv::Task>> busy;  // every thread that could compile them
  for (int i = 0; i < 8; ++i) {
    const auto wait = [is_free = freeing.is_free] {
      while (!*is_free) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    busy.push_back(std::make_unique<resolver::uv::Task>(loop_, wait, [] {}));
  }
  resolver::uv::Timer image(loop_, [&] {
    tags_ = tags(9);
    rules_->overlay(tags_, {});
    *freeing.is_free = true;
  });
  image.start(50);
  ASSERT_TRUE(change(put("x.example")));
  busy.clear();
  EXPECT_TRUE(published_->apply(*dns::Name::parse("x.example"), {}).test(9));
  EXPECT_EQ(rules_->state().problems, std::vector<std::string>{""});
}

TEST_F(LocalRulesTest, WhoWaitsWhenItStopsIsTold) {
  start();
  std::vector<base::Status> answers(2);
  std::vector<std::thread> callers;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    callers.emplace_back([&, i] { answers[i] = rules_->change(put("n" + std::to_string(i) + ".example")); });
  }
  ASSERT_TRUE(run_until(loop_, [&] { return published_ != nullptr; }));
  rules_->stop();
  for (std::thread& caller : callers) caller.join();
  for (const base::Status& answer : answers) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().message(), "schoolgated is stopping: ask again when it runs");
  }
  EXPECT_FALSE(rules_->change(put("late.example")));
}

}  // namespace
}  // namespace schoolgate::daemon
