// Hands the rules of a list that was read before on to an image. What it rejects, skips or sets aside was counted then.
#pragma once

#include "filter/image_builder.h"
#include "lists/build_progress.h"
#include "lists/formats/own_answer.h"
#include "lists/guard/set_aside.h"

namespace schoolgate::lists {

class RuleLoader final : public ActionSink {
 public:
  RuleLoader(filter::ImageBuilder& builder, filter::ListNumber list, ListAction action, const SetAside& set_aside)
      : ActionSink(action), builder_(builder), list_(list), skipper_(set_aside) {}

  bool has_addresses() const { return has_addresses_; }
  // From now on, how many of so many rules it has handed on.
  void tell(BuildProgress& progress, std::uint64_t rules_in_all) {
    progress_ = &progress;
    rules_in_all_ = rules_in_all;
  }

  void take(const Line& line, filter::Reach reach, filter::Exception exception, const dns::Name& name) override {
    if (is_in_force()) builder_.add_name(list_, reach, exception, name, line.number, line.text);
  }
  void take_pattern(const Line& line, filter::Exception exception, std::string_view expression) override {
    builder_.add_pattern(list_, exception, expression, line.number, line.text);
  }
  void reject(const Line&, std::string_view) override {}
  void skip(const Line&) override {}

 private:
  bool is_in_force() {
    if (++rules_ % BuildProgress::kRulesBetween == 0 && progress_ != nullptr) progress_->tell(rules_, rules_in_all_);
    return !skipper_.skips_next();
  }
  void take_given(const Line& line, filter::Reach reach, const dns::Name& name,
                  const filter::RuleAnswer& answer) override {
    if (is_in_force()) builder_.add_answer(list_, reach, name, answer, line.number, line.text);
  }
  void take_by_address(const Line& line, const filter::AddressTrigger& trigger, filter::Exception exception,
                       const filter::RuleAnswer& answer) override {
    if (!is_in_force()) return;
    builder_.add_address(list_, trigger, exception, answer, line.number, line.text);
    has_addresses_ = true;
  }

  filter::ImageBuilder& builder_;
  filter::ListNumber list_;
  SetAside::Skipper skipper_;
  bool has_addresses_ = false;
  BuildProgress* progress_ = nullptr;
  std::uint64_t rules_ = 0;
  std::uint64_t rules_in_all_ = 0;
};

}  // namespace schoolgate::lists
