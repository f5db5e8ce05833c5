// Hands the rules of a list that was read before on to an image. What it rejects, skips or sets aside was counted then.
#pragma once

#include "filter/image_builder.h"
#include "lists/formats/own_answer.h"
#include "lists/set_aside.h"

namespace schoolgate::lists {

class RuleLoader final : public ActionSink {
 public:
  RuleLoader(filter::ImageBuilder& builder, filter::ListNumber list, ListAction action, const SetAside& set_aside)
      : ActionSink(action), builder_(builder), list_(list), skipper_(set_aside) {}

  void take(const Line& line, filter::Reach reach, filter::Exception exception, const dns::Name& name) override {
    if (!skipper_.skips_next()) builder_.add_name(list_, reach, exception, name, line.number, line.text);
  }
  void take_pattern(const Line& line, filter::Exception exception, std::string_view expression) override {
    builder_.add_pattern(list_, exception, expression, line.number, line.text);
  }
  void reject(const Line&, std::string_view) override {}
  void skip(const Line&) override {}

 private:
  void take_given(const Line& line, filter::Reach reach, const dns::Name& name,
                  const filter::RuleAnswer& answer) override {
    if (!skipper_.skips_next()) builder_.add_answer(list_, reach, name, answer, line.number, line.text);
  }
  void take_by_address(const Line& line, const filter::AddressTrigger& trigger, filter::Exception exception,
                       const filter::RuleAnswer& answer) override {
    if (!skipper_.skips_next()) builder_.add_address(list_, trigger, exception, answer, line.number, line.text);
  }

  filter::ImageBuilder& builder_;
  filter::ListNumber list_;
  SetAside::Skipper skipper_;
};

}  // namespace schoolgate::lists
