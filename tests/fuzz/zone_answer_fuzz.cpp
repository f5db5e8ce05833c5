// Any octets as the answer to AXFR or IXFR: whatever is taken as a zone is a file that the format reads line by line, and that
// the next transfer goes on from; and no octets pass as signed.
#include <string>
#include <string_view>

#include "lists/fetch/tsig.h"
#include "lists/fetch/zone_answer.h"
#include "lists/fetch/zone_copy.h"
#include "tests/fuzz/expect.h"

using namespace schoolgate;
using lists::ZoneAnswer;

namespace {

const dns::Name kZone = *dns::Name::parse("rpz.example");
const std::string kKept = "a CNAME .\nb.example CNAME .\n*.b.example CNAME rpz-passthru.\n";
constexpr std::uint32_t kKeptSerial = 5;
constexpr std::size_t kMostOctets = 1 << 20;

// Two octets of length in front of each message, as over TCP; a last one may be cut short.
std::span<const std::uint8_t> take_message(std::span<const std::uint8_t>& stream) {
  const std::size_t size = std::size_t{stream[0]} << 8 | stream[1];
  const auto message = stream.subspan(2, std::min(size, stream.size() - 2));
  stream = stream.subspan(2 + message.size());
  return message;
}

// Each line has an owner, a type and data, and nothing but printable ASCII.
void check_lines(std::string_view text) {
  EXPECT_ALWAYS(text.ends_with('\n'));
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    EXPECT_ALWAYS(!line.empty() && line.find(' ') != std::string_view::npos);
    for (const char c : line) EXPECT_ALWAYS(c >= 0x20 && c < 0x7f && c != ';' && c != '(' && c != '"');
    text.remove_prefix(line.size() + 1);
  }
}

void answer(std::span<const std::uint8_t> stream, std::optional<std::uint32_t> kept_serial) {
  ZoneAnswer answer(kZone, kept_serial, {kMostOctets, 100'000});
  while (!answer.is_complete() && stream.size() >= 2) {
    if (!answer.take(take_message(stream))) return;
  }
  if (!answer.is_complete()) return;
  if (answer.form() == ZoneAnswer::Form::kUpToDate) {
    EXPECT_ALWAYS(kept_serial);
    return;
  }
  const auto text = answer.take_text(kKept);
  EXPECT_ALWAYS(text || answer.form() == ZoneAnswer::Form::kChanges);
  if (!text) return;
  check_lines(*text);
  const std::string head = "$ORIGIN rpz.example.\n@ SOA ";
  EXPECT_ALWAYS(text->starts_with(head));
  EXPECT_ALWAYS(text->find(" " + std::to_string(answer.serial()) + " ") != std::string::npos);
}

// Nobody guesses a MAC: the fuzzer neither.
void check_signature(std::span<const std::uint8_t> stream) {
  const lists::TsigKey key{*dns::Name::parse("school.key"), lists::TsigAlgorithm::kHmacSha256,
                           std::vector<std::uint8_t>(32, 'k')};
  lists::TsigStream tsig(key);
  std::vector<std::uint8_t> question(12);
  tsig.sign(question, 1);
  while (stream.size() >= 2) EXPECT_ALWAYS(!tsig.take(take_message(stream), 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::span stream(octets, size);
  answer(stream, std::nullopt);
  answer(stream, kKeptSerial);
  check_signature(stream);
  return 0;
}
