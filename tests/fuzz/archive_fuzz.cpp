// Any octets as an archive: an answer or an error, within the limit, and the same each time.
#include <string_view>

#include "lists/source/archive.h"
#include "tests/fuzz/expect.h"

using namespace schoolgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  constexpr std::size_t kMostOctets = 1 << 20;
  const std::string_view text(reinterpret_cast<const char*>(octets), size);
  for (const std::string_view folder : {"", "adult"}) {
    const auto list = lists::read_archive("it", text, folder, kMostOctets);
    if (list) {
      EXPECT_ALWAYS(list->size() <= kMostOctets);
      EXPECT_ALWAYS(lists::read_archive("it", text, folder, kMostOctets).value() == *list);
    } else {
      EXPECT_ALWAYS(!list.error().message().empty());
    }
  }
  return 0;
}
