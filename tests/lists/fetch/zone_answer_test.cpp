#include "lists/fetch/zone_answer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/lists/fetch/zone_messages.h"

namespace schoolgate::lists {
namespace {

using Form = ZoneAnswer::Form;
using Messages = std::vector<std::vector<std::string>>;

const dns::Name kZone = *dns::Name::parse("rpz.example");
const std::string kOrigin = "$ORIGIN rpz.example.\n";

struct Taken {
  Form form = Form::kUnknown;
  std::uint32_t serial = 0;
  std::string text;  // or what was wrong
  bool operator==(const Taken&) const = default;
};
std::ostream& operator<<(std::ostream& to, const Taken& taken) {
  return to << static_cast<int>(taken.form) << ' ' << taken.serial << ' ' << taken.text;
}

// `kept`: the serial of an IXFR.
Taken take(const Messages& messages, std::optional<std::uint32_t> kept = {}, const std::string& kept_records = "",
           const ZoneAnswer::Limits& limits = {}) {
  ZoneAnswer answer(kZone, kept, limits);
  for (const auto& records : messages) {
    if (auto status = answer.take(message_of(records)); !status) return {Form::kUnknown, 0, status.error().message()};
  }
  if (!answer.is_complete()) return {Form::kUnknown, 0, "not complete"};
  if (answer.form() == Form::kUpToDate) return {answer.form(), answer.serial(), ""};
  const auto text = answer.take_text(kept_records);
  return {answer.form(), answer.serial(), text ? *text : text.error().message()};
}
Taken wrong(const std::string& why) { return {Form::kUnknown, 0, why}; }
Taken whole(unsigned serial, const std::string& records) {
  return {Form::kWhole, serial, kOrigin + soa_line(serial) + records};
}
Taken changes(unsigned serial, const std::string& records) {
  return {Form::kChanges, serial, kOrigin + soa_line(serial) + records};
}

TEST(ZoneAnswer, OfAWholeZoneIsItsFile) {
  const Taken expected = whole(7, "a CNAME .\nb CNAME .\n");
  EXPECT_EQ(take({{soa(7), block("a"), block("b"), soa(7)}}), expected);
  EXPECT_EQ(take({{soa(7)}, {block("a")}, {block("b")}, {soa(7)}}), expected);
  EXPECT_EQ(take({{soa(7), block("a")}, {block("b"), soa(7)}}), expected);
  EXPECT_EQ(take({{soa(7), soa(7)}}), whole(7, "")) << "a zone of its SOA alone";
}

TEST(ZoneAnswer, ThatBreaksTheOrderIsRefused) {
  const auto second = [](unsigned later) {
    const auto line = [](unsigned serial) { return soa_line(serial).substr(0, soa_line(serial).size() - 1); };
    return wrong(
        fmt::format("a second SOA, '{}', that is not the one the transfer began with, '{}'", line(later), line(7)));
  };
  EXPECT_EQ(take({{block("a"), soa(7)}}),
            wrong("the transfer begins with 'a CNAME .', and should with the zone's SOA"));
  EXPECT_EQ(take({{soa(7), block("a"), soa(8)}}), second(8));
  EXPECT_EQ(take({{soa(7), soa(6)}}), second(6)) << "changes that nobody asked for";
  EXPECT_EQ(take({{soa(7), block("a"), soa(7), block("b")}}),
            wrong("records come after the SOA that ends the transfer: 'b CNAME .'"));
  EXPECT_EQ(take({{soa(7), block("a"), soa(7), soa(7)}}).text.substr(0, 57),
            "records come after the SOA that ends the transfer: '@ SOA");
  EXPECT_EQ(take({{}}), wrong("a message of the transfer has no records"));
  EXPECT_EQ(take({{soa(7)}, {}}), wrong("a message of the transfer has no records"));
  EXPECT_EQ(take({{soa(7), block("a")}}), wrong("not complete"));
  EXPECT_EQ(take({{soa(7)}}), wrong("not complete")) << "to AXFR a lone SOA is but the beginning";
  EXPECT_EQ(take({{soa(7), "bad.example. 300 IN CNAME ."}}),
            wrong("the CNAME record of bad.example is not in the zone"));
}

TEST(ZoneAnswer, ThatCannotBeReadIsRefused) {
  auto message = message_of({soa(7), block("a"), soa(7)});
  for (std::size_t size = 0; size < message.size(); ++size) {
    ZoneAnswer answer(kZone, {}, {});
    const auto status = answer.take(std::span(message).first(size));
    ASSERT_FALSE(status) << size;
    EXPECT_EQ(status.error().code(), base::ErrorCode::kInvalid);
  }
}

TEST(ZoneAnswer, MayBringChanges) {
  const std::string kept = "a CNAME .\nb CNAME .\n";
  EXPECT_EQ(take({{soa(7), soa(5), block("a"), soa(7), block("c"), soa(7)}}, 5, kept),
            changes(7, "b CNAME .\nc CNAME .\n"));
  const std::vector<std::string> two_steps = {soa(7), soa(5),     block("a"), soa(6),     block("c"),
                                              soa(6), block("c"), soa(7),     block("d"), soa(7)};
  EXPECT_EQ(take({two_steps}, 5, kept), changes(7, "b CNAME .\nd CNAME .\n"));
  Messages one_each;
  for (const auto& record : two_steps) one_each.push_back({record});
  EXPECT_EQ(take(one_each, 5, kept), changes(7, "b CNAME .\nd CNAME .\n"));
  EXPECT_EQ(take({{soa(7), soa(5), soa(7), soa(7)}}, 5, kept), changes(7, kept)) << "of the SOA alone";
  EXPECT_EQ(take({{soa(0), soa(4294967295), soa(0), block("c"), soa(0)}}, 4294967295, ""), changes(0, "c CNAME .\n"));
}

TEST(ZoneAnswer, ToIxfrMayBeWholeOrNothing) {
  EXPECT_EQ(take({{soa(7), block("c"), soa(7)}}, 5, "a CNAME .\n"), whole(7, "c CNAME .\n"));
  EXPECT_EQ(take({{soa(7), soa(7)}}, 5, "a CNAME .\n"), whole(7, ""));
  EXPECT_EQ(take({{soa(5)}}, 5), (Taken{Form::kUpToDate, 5, ""}));
  EXPECT_EQ(take({{soa(4)}}, 5), (Taken{Form::kUpToDate, 4, ""})) << "the primary went back";
  EXPECT_EQ(take({{soa(7)}}, 5), wrong("not complete")) << "a newer one alone is the first of more";
}

TEST(ZoneAnswer, OfChangesThatDoNotFitIsRefused) {
  const std::string kept = "a CNAME .\n";
  EXPECT_EQ(take({{soa(7), soa(5), block("x"), soa(7), soa(7)}}, 5, kept),
            (Taken{Form::kChanges, 7,
                   "the changes do not fit the zone that we have: 'x CNAME .' is removed, and not there"}));
  EXPECT_EQ(take({{soa(7), soa(5), soa(6), soa(5), soa(7), soa(7)}}, 5, kept),
            wrong("changes of version 5 come after those that lead to 6"));
  EXPECT_EQ(take({{soa(7), soa(5), soa(5), soa(7), soa(7)}}, 5, kept),
            wrong("changes lead from version 5 to 5, which is not newer"));
  EXPECT_EQ(take({{soa(7), soa(5), block("a"), block("a")}}, 5, kept),
            wrong("the changes do not fit the zone that we have: 'a CNAME .' is removed twice"));
  EXPECT_EQ(take({{soa(7), soa(5), block("a"), soa(7)}}, 5, kept), wrong("not complete"));
  EXPECT_EQ(take({{soa(7), soa(5), soa(7), soa(7), block("b")}}, 5, kept),
            wrong("records come after the SOA that ends the transfer: 'b CNAME .'"));
}

TEST(ZoneAnswer, OverALimitIsRefused) {
  const Messages zone = {{soa(7), block("a"), block("b"), soa(7)}};
  EXPECT_EQ(take(zone, {}, "", {1'000, 4}).form, Form::kWhole);
  EXPECT_EQ(take(zone, {}, "", {1'000, 3}), wrong("more than 3 records"));
  const std::size_t octets = 2 * soa_line(7).size() + 2 * std::string("a CNAME .\n").size();
  EXPECT_EQ(take(zone, {}, "", {octets, 10}).form, Form::kWhole);
  EXPECT_EQ(take(zone, {}, "", {octets - 1, 10}), wrong(fmt::format("more than {} octets of records", octets - 1)));
  // Small changes may make a large zone.
  const Messages small = {{soa(7), soa(5), soa(7), block("c"), soa(7)}};
  EXPECT_EQ(take(small, 5, std::string(500, 'x') + "\n", {400, 10}).text, "more than 400 octets of records");
}

}  // namespace
}  // namespace schoolgate::lists
