// Any octets as a list, in every format: each line of the file is told once, in order, and no rule is wider than its line.
#include <algorithm>
#include <string_view>

#include "lists/formats/own_answer.h"
#include "tests/fuzz/expect.h"

using namespace schoolgate;

namespace {

constexpr std::size_t kMarksOfAnExpression = 32;

// Checks what a parser tells. A line may give several rules (hosts), but never again once a later line was told.
class CheckingSink final : public lists::RuleSink {
 public:
  explicit CheckingSink(std::string_view text) : text_(text) {}

  void take(const lists::Line& line, filter::Reach reach, filter::Exception, const dns::Name& name) override {
    check(line);
    EXPECT_ALWAYS(reach <= filter::Reach::kBoth);
    EXPECT_ALWAYS(!name.is_root());  // nobody blocks the whole of DNS by a slip of the pen
    EXPECT_ALWAYS(dns::Name::from_wire(name.wire()) == name);
  }
  void take_pattern(const lists::Line& line, filter::Exception, std::string_view expression) override {
    check(line);
    // A glob as an expression: "||" becomes "(^|\.)", a '.' or '*' two octets; names left out go in front (adblock_glob.h). A
    // character beyond ASCII may stand for eighteen others, and those for twice as many octets of an xn-- form.
    const bool is_ascii = std::ranges::all_of(line.text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    const std::size_t most_an_octet = is_ascii ? 2 : 20;
    EXPECT_ALWAYS(!expression.empty() && expression.size() <= most_an_octet * line.text.size() + kMarksOfAnExpression);
  }
  void take_answer(const lists::Line& line, filter::Reach reach, const dns::Name& name,
                   const filter::RuleAnswer& answer) override {
    take(line, reach, filter::Exception::kNo, name);
    EXPECT_ALWAYS((answer.action == filter::Action::kLocalData) == !answer.rdata.empty());
    EXPECT_ALWAYS(!lists::to_text(answer).empty());
  }
  void take_address(const lists::Line& line, const filter::AddressTrigger& trigger, filter::Exception,
                    const filter::RuleAnswer&) override {
    check(line);
    EXPECT_ALWAYS(trigger.network.prefix_bits_v6() >= 1 && trigger.network.prefix_bits_v6() <= 128);
  }
  void reject(const lists::Line& line, std::string_view reason) override {
    check(line);
    EXPECT_ALWAYS(!reason.empty());
  }
  void skip(const lists::Line& line) override { check(line); }

  std::uint32_t last_line() const { return last_line_; }

 private:
  void check(const lists::Line& line) {
    EXPECT_ALWAYS(line.number >= last_line_ && line.number <= last_line_ + 1);
    last_line_ = line.number;
    EXPECT_ALWAYS(line.text.empty() || (line.text.data() >= text_.data() &&
                                        line.text.data() + line.text.size() <= text_.data() + text_.size()));
  }

  std::string_view text_;
  std::uint32_t last_line_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(octets), size);
  lists::LineReader reader(text);
  std::uint32_t lines = 0;
  while (const auto line = reader.next()) EXPECT_ALWAYS(line->number == ++lines);
  for (const lists::Format& format : lists::formats()) {
    CheckingSink sink(text);
    format.parse(text, sink);
    EXPECT_ALWAYS(sink.last_line() == lines);
  }
  static_cast<void>(lists::detect_format(text));
  return 0;
}
