// Messages of zone transfers for tests, as lines of zone files; written by ldns.
#pragma once

#include <string>
#include <vector>

#include "tests/support/message.h"

namespace schoolgate::lists {

// "rpz.example. 300 IN SOA …" of that version.
inline std::string soa(unsigned serial) {
  return "rpz.example. 300 IN SOA ns.rpz.example. host.rpz.example. " + std::to_string(serial) + " 3600 600 86400 60";
}
// The same as a line of the zone's file.
inline std::string soa_line(unsigned serial) {
  return "@ SOA ns.rpz.example. host.rpz.example. " + std::to_string(serial) + " 3600 600 86400 60\n";
}
// That blocks `name`.
inline std::string block(const std::string& name) { return name + ".rpz.example. 300 IN CNAME ."; }

inline support::Octets message_of(const std::vector<std::string>& answer, std::uint16_t id = 0) {
  support::Message message;
  message.id = id;
  message.flags = support::Message::kQr | support::Message::kAa;
  message.answer = answer;
  return message.encode();
}

}  // namespace schoolgate::lists
