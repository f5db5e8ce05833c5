// Rules that say themselves how they are answered, as response policy zones have them, and what a list's owner makes of that.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "filter/rules/answer.h"
#include "lists/formats/format.h"

namespace schoolgate::lists {

// `action` of a [[list]]: "given" is what each rule says, any other is for all rules of the list.
enum class ListAction : std::uint8_t { kUnset, kGiven, kBlock, kNoData, kNxDomain, kDrop, kTcpOnly };

// "given", "block", …; kUnset for "".
std::optional<ListAction> parse_list_action(std::string_view text);
// For rules that do not say one themselves.
filter::Action action_for_all(ListAction action);

// Whether the rule only keeps names from being answered, in whatever way: 0.0.0.0 and ::1 are meant so, too. One with records
// of its own, or for TCP alone, does not.
bool withholds(const filter::RuleAnswer& answer);

// "nxdomain", "A 192.0.2.7", "CNAME garden.example", "TYPE99 \# 2 abcd" (RFC 3597 §5).
std::string to_text(const filter::RuleAnswer& answer);

// A sink that goes by the list's action:
//
//     unset    what withholds is a rule like any other; the rest is rejected, with the reason, and so is what goes by client
//     given    take_given()
//     another  every rule is a rule like any other
class ActionSink : public RuleSink {
 public:
  explicit ActionSink(ListAction action) : action_(action) {}
  void take_answer(const Line& line, filter::Reach reach, const dns::Name& name,
                   const filter::RuleAnswer& answer) final;
  void take_address(const Line& line, const filter::AddressTrigger& trigger, filter::Exception exception,
                    const filter::RuleAnswer& answer) final;

 protected:
  virtual void take_given(const Line& line, filter::Reach reach, const dns::Name& name,
                          const filter::RuleAnswer& answer) = 0;
  // `answer` is what the rule is to be answered with, by the list's action.
  virtual void take_by_address(const Line& line, const filter::AddressTrigger& trigger, filter::Exception exception,
                               const filter::RuleAnswer& answer) = 0;

 private:
  ListAction action_;
};

}  // namespace schoolgate::lists
