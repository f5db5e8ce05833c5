// Message: a DNS message for tests, in words and zone-file lines. Made and read with ldns, so that no test trusts the
// code it tests.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace schoolgate::support {

using Octets = std::vector<std::uint8_t>;

struct Message {
  static constexpr std::uint16_t kQr = 0x8000, kAa = 0x0400, kTc = 0x0200, kRd = 0x0100, kRa = 0x0080, kAd = 0x0020,
                                 kCd = 0x0010;

  struct Question {
    std::string name;  // "WWW.example.com", case as sent; "." for the root
    std::string type = "A";
    std::string qclass = "IN";
    bool operator==(const Question&) const = default;
  };
  struct Opt {
    std::uint16_t udp_size = 1232;
    bool dnssec_ok = false;
    std::optional<std::uint16_t> extended_error;  // read only
    std::uint8_t version = 0;                     // written only
  };

  std::uint16_t id = 0;
  std::uint16_t flags = 0;  // the header's second word, rcode included
  std::optional<Question> question;
  std::vector<std::string> answer, authority, additional;  // as zone_line() writes them; no OPT
  std::optional<Opt> opt;

  unsigned rcode = 0;  // read only; with the upper bits that EDNS adds

  Octets encode() const;  // without compression
  // nullopt when ldns cannot read it.
  static std::optional<Message> read(std::span<const std::uint8_t> octets);
};

// "www.example.com. 300 IN A 192.0.2.1": one space between fields, as Message::read() gives records. Empty when ldns
// does not take the line.
std::string zone_line(std::string_view text);

// What a client sends: RD, and an OPT.
Message query_for(std::string_view name, std::string_view type = "A", std::uint16_t id = 0x1234);
// A good answer to `query`: its id, question and RD, QR and RA, and the records.
Message reply_to(const Message& query, std::vector<std::string> answer, unsigned rcode = 0);

}  // namespace schoolgate::support
