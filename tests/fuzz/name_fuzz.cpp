// A name comes back from its text and from its wire form, whatever it is made of.
#include <string_view>

#include "dns/name.h"
#include "tests/fuzz/expect.h"

using schoolgate::dns::Name;

namespace {

void check_name(const Name& name) {
  EXPECT_ALWAYS(name.size() <= Name::kMaxWireOctets && name.label_count() <= Name::kMaxLabels);
  const std::string text = name.to_text();
  for (const char c : text) EXPECT_ALWAYS(c > 0x20 && c < 0x7f);
  const auto again = Name::parse(text);
  EXPECT_ALWAYS(again && *again == name);
  EXPECT_ALWAYS(Name::from_wire(name.wire()) == name);
  Name above = name;
  while (!above.is_root()) {
    above = above.parent();
    EXPECT_ALWAYS(name.is_at_or_below(above));
    EXPECT_ALWAYS(!above.is_at_or_below(name));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  if (const auto name = Name::parse({reinterpret_cast<const char*>(octets), size})) check_name(*name);
  if (const auto name = Name::from_wire({octets, size})) check_name(*name);
  return 0;
}
