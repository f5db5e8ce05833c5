#include "tests/scenarios/expectation.h"

#include <functional>
#include <map>

#include "base/ip_address.h"
#include "dns/types.h"

namespace schoolgate::scenarios {
namespace {

using history::LookupRecord;
using support::Message;

std::string flags_of(const Message& message) {
  static const std::vector<std::pair<std::uint16_t, std::string>> names = {
      {Message::kQr, "qr"}, {Message::kAa, "aa"}, {Message::kTc, "tc"}, {Message::kRd, "rd"},
      {Message::kRa, "ra"}, {Message::kAd, "ad"}, {Message::kCd, "cd"}};
  std::string text;
  for (const auto& [bit, name] : names) {
    if ((message.flags & bit) != 0) text += (text.empty() ? "" : ",") + name;
  }
  return text;
}

// The TTL of every record of a section, once each.
std::string ttls_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    const std::string ttl = words_of(line).at(1);
    if (text.find(ttl) == std::string::npos) text += (text.empty() ? "" : ",") + ttl;
  }
  return text.empty() ? "none" : text;
}

std::string extended_error_of(const Message& message) {
  return message.opt && message.opt->extended_error ? std::to_string(*message.opt->extended_error) : "none";
}

using Aspect = std::function<std::string(const Reply&)>;

const std::map<std::string, Aspect>& aspects() {
  static const std::map<std::string, Aspect> table = {
      {"rcode", [](const Reply& reply) { return dns::to_text(static_cast<dns::Rcode>(reply.message.rcode)); }},
      {"ede", [](const Reply& reply) { return extended_error_of(reply.message); }},
      {"edns", [](const Reply& reply) { return std::string(reply.message.opt ? "yes" : "no"); }},
      {"flags", [](const Reply& reply) { return flags_of(reply.message); }},
      {"ttl", [](const Reply& reply) { return ttls_of(reply.message.answer); }},
      {"answers", [](const Reply& reply) { return std::to_string(reply.message.answer.size()); }},
      {"question", [](const Reply& reply) { return reply.message.question ? reply.message.question->name : "none"; }},
      {"octets", [](const Reply& reply) { return std::to_string(reply.octets); }},
  };
  return table;
}

std::string verdict_of(const LookupRecord& record) {
  static const std::vector<std::string> names = {"allowed", "blocked", "rewritten", "refused", "failed"};
  return names.at(static_cast<std::size_t>(record.verdict));
}

std::string name_of(const LookupRecord& record) {
  const auto name = dns::Name::from_wire({record.name.data(), record.name_size});
  return name ? name->to_text() : "damaged";
}

using Field = std::function<std::string(const LookupRecord&)>;

const std::map<std::string, Field>& fields() {
  static const std::map<std::string, Field> table = {
      {"device", [](const LookupRecord& record) { return std::string(LookupRecord::get(record.device)); }},
      {"category", [](const LookupRecord& record) { return std::string(LookupRecord::get(record.category)); }},
      {"list", [](const LookupRecord& record) { return std::string(LookupRecord::get(record.list)); }},
      {"verdict", verdict_of},
      {"name", name_of},
      {"type", [](const LookupRecord& record) { return dns::to_text(static_cast<dns::Type>(record.qtype)); }},
      {"rcode", [](const LookupRecord& record) { return dns::to_text(static_cast<dns::Rcode>(record.rcode)); }},
      {"client", [](const LookupRecord& record) { return base::IpAddress::v6(record.client).to_text(); }},
      {"cached", [](const LookupRecord& record) { return std::to_string(record.cached); }},
      {"transport",
       [](const LookupRecord& record) {
         return std::string(record.transport == history::Transport::kTcp ? "tcp" : "udp");
       }},
      {"duration_ms", [](const LookupRecord& record) { return std::to_string(record.duration_us / 1'000); }},
  };
  return table;
}

// A word without '=' belongs to the value before it: "list=local rules".
std::vector<std::string> pairs_of(const std::vector<std::string>& words) {
  std::vector<std::string> pairs;
  for (const std::string& word : words) {
    if (pairs.empty() || word.find('=') != std::string::npos) {
      pairs.push_back(word);
    } else {
      pairs.back() += " " + word;
    }
  }
  return pairs;
}

std::string compared(const std::string& key, const std::string& wanted, const std::string& found) {
  return wanted == found ? "" : key + " is " + (found.empty() ? "empty" : found) + ", expected " + wanted + "\n";
}

}  // namespace

std::string mismatch(const Reply& reply, const std::vector<std::string>& words) {
  std::string problems;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const auto aspect = aspects().find(words[i]);
    if (aspect == aspects().end()) return "EXPECT does not know '" + words[i] + "'";
    if (i + 1 == words.size()) return "'" + words[i] + "' needs a value";
    problems += compared(words[i], words[i + 1], aspect->second(reply));
  }
  return problems;
}

std::string mismatch(const LookupRecord& record, const std::vector<std::string>& words) {
  std::string problems;
  for (const std::string& pair : pairs_of(words)) {
    const std::size_t equals = pair.find('=');
    const auto field = fields().find(pair.substr(0, equals));
    if (equals == std::string::npos || field == fields().end()) return "EXPECT_RECORD does not know '" + pair + "'";
    problems += compared(field->first, pair.substr(equals + 1), field->second(record));
  }
  return problems;
}

}  // namespace schoolgate::scenarios
