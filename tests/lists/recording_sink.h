// A sink that writes down what became of each line, in words that a golden file can hold.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/formats/own_answer.h"

namespace schoolgate::lists {

class RecordingSink final : public RuleSink {
 public:
  void take(const Line& line, filter::Reach reach, filter::Exception exception, const dns::Name& name) override {
    static constexpr const char* kReach[] = {"exact", "subdomains", "both"};
    ++rules;
    events.push_back(fmt::format("{}: {} {}{}", line.number, kReach[static_cast<int>(reach)], name.to_text(),
                                 exception == filter::Exception::kYes ? " exception" : ""));
  }
  void take_pattern(const Line& line, filter::Exception exception, std::string_view expression) override {
    ++rules;
    events.push_back(fmt::format("{}: pattern {}{}", line.number, expression,
                                 exception == filter::Exception::kYes ? " exception" : ""));
  }
  void take_answer(const Line& line, filter::Reach reach, const dns::Name& name,
                   const filter::RuleAnswer& answer) override {
    take(line, reach, filter::Exception::kNo, name);
    events.back() += " " + to_text(answer);
  }
  void take_address(const Line& line, const filter::AddressTrigger& trigger, filter::Exception exception,
                    const filter::RuleAnswer& answer) override {
    ++rules;
    events.push_back(
        fmt::format("{}: {} {} {}", line.number, trigger.trigger == filter::Trigger::kClientIp ? "client" : "response",
                    trigger.network.to_text(), exception == filter::Exception::kYes ? "exception" : to_text(answer)));
  }
  void reject(const Line& line, std::string_view reason) override {
    ++rejected;
    events.push_back(fmt::format("{}: rejected: {}", line.number, reason));
  }
  void skip(const Line& line) override {
    ++skipped;
    events.push_back(fmt::format("{}: skipped", line.number));
  }

  std::vector<std::string> events;
  int rules = 0;
  int rejected = 0;
  int skipped = 0;
};

inline std::string source_tree(const std::string& path) { return std::string(SCHOOLGATE_SOURCE_DIR) + "/" + path; }

// What `format` makes of `text`, a line an event.
inline std::vector<std::string> events_of(std::string_view format, std::string_view text) {
  RecordingSink sink;
  find_format(format)->parse(text, sink);
  return sink.events;
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace schoolgate::lists
