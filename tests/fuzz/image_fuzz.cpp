// A filter image with octets damaged on purpose, checksums off: it is refused, or every look-up in it ends without touching
// memory that is not its own. The input patches a good image: two octets of place, one to put there, again and again; its
// first octet says which image, and whether it or the lines beside it are damaged.
#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "filter/image.h"
#include "filter/image_builder.h"
#include "tests/fuzz/expect.h"

using namespace schoolgate;

namespace {

enum class Kind { kPlain, kWithPatterns, kWithManyNames };

filter::BuiltImage build_image(Kind kind) {
  filter::TagTable tags;
  EXPECT_ALWAYS(tags.add({3, "gambling", filter::TagKind::kCategory, false, false}));
  EXPECT_ALWAYS(tags.add({64, "malware", filter::TagKind::kCategory, false, true}));
  filter::ImageBuilder builder(tags);
  const filter::ListNumber lists[] = {builder.add_list({"bets", 3, "v1", "bets.txt"}),
                                      builder.add_list({"bad", 64, "v2", "bad.txt"})};
  std::uint32_t line = 0;
  for (const char* text :
       {"example", "www.example", "wide.example", "a.b.c.example", "example.org", "x.org", "com", "."}) {
    const auto exception = line % 4 == 3 ? filter::Exception::kYes : filter::Exception::kNo;
    const auto reach = static_cast<filter::Reach>(line % 3);
    builder.add_name(lists[line % 2], reach, exception, *dns::Name::parse(text), line + 1, text);
    ++line;
  }
  const filter::RuleAnswer answer{filter::Action::kLocalData, dns::Type::kA, filter::octets_of("abcd")};
  for (const char* network : {"192.0.2.0/24", "198.51.100.7", "2001:db8::/32", "::/0"}) {
    const auto trigger = line % 2 == 0 ? filter::Trigger::kClientIp : filter::Trigger::kResponseIp;
    const auto exception = line % 3 == 2 ? filter::Exception::kYes : filter::Exception::kNo;
    builder.add_address(lists[line % 2], {trigger, *base::IpNetwork::parse(network)}, exception, answer, line, network);
    builder.add_answer(lists[line % 2], filter::Reach::kExact, *dns::Name::parse("www.example"), answer, line, "");
    ++line;
  }
  for (const char* expression : {"^ads?[0-9]*\\.", "casino"}) {
    if (kind != Kind::kWithPatterns) break;
    builder.add_pattern(lists[line % 2], filter::Exception::kNo, expression, line + 1, expression);
    ++line;
  }
  // Enough for a node of many buckets, and for a label code of their own.
  for (std::uint32_t i = 0; kind == Kind::kWithManyNames && i < 2400; ++i) {
    const std::string text = "n" + std::to_string(i * i) + (i % 7 == 0 ? ".way" : "") + ".example.com";
    builder.add_name(lists[i % 2], filter::Reach::kBoth, filter::Exception::kNo, *dns::Name::parse(text), i + 1, text);
  }
  auto built = builder.build();
  EXPECT_ALWAYS(built.has_value());
  return std::move(*built);
}

void patch(std::string& octets, std::span<const std::uint8_t> patches) {
  for (; patches.size() >= 3; patches = patches.subspan(3)) {
    const std::size_t at = patches[0] * std::size_t{256} + patches[1];
    octets[at % octets.size()] = static_cast<char>(patches[2]);
  }
}

void read_answer(const filter::Image& image, const std::optional<filter::RuleSource>& source) {
  if (source) image.answers().for_each_record(source->answer, [](dns::Type, filter::Octets) {});
}

void look_up_address(const filter::Image& image, const base::IpAddress& address, const std::vector<dns::Name>& names,
                     filter::Image::Scratch& scratch) {
  for (const dns::Name& name : names) {
    static_cast<void>(image.classify_for(address, name, scratch));
    const filter::TagSet tags = image.classify_response(address, address, name, scratch);
    tags.for_each([&](filter::TagNumber tag) {
      read_answer(image, image.source_of_response(address, address, name, tag, scratch));
    });
  }
  static_cast<void>(image.explain(address));
}

void look_up_everywhere(const filter::Image& image) {
  auto scratch = image.make_scratch();
  if (!scratch) return;
  std::vector<dns::Name> names;
  for (const char* text : {".", "example", "www.example", "z.a.b.c.example", "ads1.example.org", "casino.com",
                           "y.x.org", "n0.way.example.com", "a.n81.example.com", "n5755201.example.com"}) {
    names.push_back(*dns::Name::parse(text));
  }
  std::vector<const dns::Name*> pointers;
  for (const dns::Name& name : names) pointers.push_back(&name);
  std::vector<filter::TagSet> together(names.size());
  image.classify(pointers, together, *scratch);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const filter::TagSet tags = image.classify(names[i], *scratch);
    EXPECT_ALWAYS(tags == together[i]);
    tags.for_each([&](filter::TagNumber tag) { read_answer(image, image.source_of(names[i], tag, *scratch)); });
    static_cast<void>(image.explain(names[i]));
  }
  for (const char* text : {"192.0.2.7", "198.51.100.7", "2001:db8::7", "::"})
    look_up_address(image, *base::IpAddress::parse(text), names, *scratch);
  static_cast<void>(image.rules_per_list());
  static_cast<void>(image.tags().ids(filter::TagKind::kCategory));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  static const filter::BuiltImage kPlain = build_image(Kind::kPlain), kWithPatterns = build_image(Kind::kWithPatterns),
                                  kWithManyNames = build_image(Kind::kWithManyNames);
  if (size == 0) return 0;
  // Patterns are compiled anew each time, which is slow: most inputs do without.
  const unsigned kind = octets[0] / 2 % 16;
  const filter::BuiltImage& good = kind == 15 ? kWithPatterns : kind >= 8 ? kWithManyNames : kPlain;
  std::string image = good.image, lines = good.lines;
  patch(octets[0] % 2 == 0 ? image : lines, {octets + 1, size - 1});
  const auto opened = filter::Image::from_memory(std::move(image), std::move(lines), filter::Checksums::kIgnore);
  if (opened) look_up_everywhere(**opened);
  return 0;
}
