#include <charconv>
#include <map>
#include <sstream>

#include "base/file.h"
#include "tests/scenarios/scenario.h"

namespace schoolgate::scenarios {
namespace {

using support::FakeUpstream;
using support::Message;

const std::map<std::string, Verb>& verbs() {
  static const std::map<std::string, Verb> table = {
      {"QUERY", Verb::kQuery},
      {"EXPECT", Verb::kExpect},
      {"ANSWER", Verb::kAnswer},
      {"UPSTREAM", Verb::kUpstream},
      {"TIME", Verb::kTime},
      {"AUTHORITY", Verb::kAuthority},
      {"EXPECT_UPSTREAM", Verb::kExpectUpstream},
      {"RELOAD", Verb::kReload},
      {"EXPECT_RECORD", Verb::kExpectRecord},
  };
  return table;
}

const std::map<std::string, unsigned>& rcodes() {
  static const std::map<std::string, unsigned> table = {{"NOERROR", 0}, {"NXDOMAIN", 3}};
  return table;
}

std::string without(const std::string& text, std::size_t first) {
  const std::size_t start = text.find_first_not_of(' ', first);
  return start == std::string::npos ? "" : text.substr(start);
}

// Reads a file line by line; each line belongs to the section above it.
class Reader {
 public:
  explicit Reader(const std::string& file) { scenario_.file = file; }

  base::Result<Scenario> read(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; problem_.empty() && std::getline(lines, line);) {
      ++line_;
      while (!line.empty() && line.back() == ' ') line.pop_back();
      take(line);
    }
    if (problem_.empty() && scenario_.steps.empty()) fail("no steps");
    if (!problem_.empty()) {
      return base::Error(base::ErrorCode::kInvalid, scenario_.file + ":" + std::to_string(line_) + ": " + problem_);
    }
    return std::move(scenario_);
  }

 private:
  void fail(const std::string& problem) { problem_ = problem; }

  void take(const std::string& line) {
    if (line.starts_with("[") && !line.starts_with("[[")) return begin_section(line);
    if (section_ == "policy") {
      setting_.rules.policy += line + "\n";
      return;
    }
    if (line.empty() || line.starts_with("#")) return;
    if (section_ == "settings") return take_setting(words_of(line));
    if (section_ == "list" || section_ == "zone") return setting_.rules.lists.at(list_).names.push_back(line);
    if (section_ == "local") return take_local(words_of(line));
    if (section_ == "upstream") return take_canned(line);
    if (section_ == "steps") return take_step(line);
    fail("a line outside of every section");
  }

  void begin_section(const std::string& line) {
    if (!line.ends_with("]")) return fail("a section header ends with ']'");
    const auto words = words_of(line.substr(1, line.size() - 2));
    if (words.empty()) return fail("a section needs a name");
    section_ = words[0];
    if (section_ == "policy" && words.size() == 1) {
      setting_.rules.policy.clear();
    } else if ((section_ == "list" || section_ == "zone") && words.size() == 3) {
      begin_list(words[1], words[2]);
    } else if (section_ == "steps" && words.size() == 1) {
      if (!started_) scenario_.start = setting_;
      started_ = true;
    } else if (section_ == "local" && words.size() == 1) {
      setting_.rules.local.clear();
    } else if ((section_ != "settings" && section_ != "upstream") || words.size() != 1) {
      fail(
          "no such section; there are [policy], [settings], [list ID CATEGORY], [zone ID CATEGORY], [local], "
          "[upstream] and [steps]");
    }
  }

  // A list that is written again replaces the one before.
  void begin_list(const std::string& id, const std::string& category) {
    auto& lists = setting_.rules.lists;
    for (list_ = 0; list_ < lists.size() && lists[list_].id != id; ++list_) {
    }
    if (list_ == lists.size()) lists.emplace_back();
    lists[list_] = {id, category, {}, section_ == "zone"};
  }

  void take_local(const std::vector<std::string>& words) {
    if (words.size() != 2) return fail("a local rule is CATEGORY NAME");
    setting_.rules.local.push_back({words[0], words[1]});
  }

  void take_setting(const std::vector<std::string>& words) {
    support::Rules& rules = setting_.rules;
    const std::string& key = words[0];
    const std::vector<std::string> values(words.begin() + 1, words.end());
    if (key == "image" && values.size() == 1) {
      rules.has_image = values[0] == "yes";
    } else if (key == "allow-from") {
      rules.allow_from = values;
    } else if (key == "neighbour" && values.size() == 2) {
      const auto address = base::IpAddress::parse(values[0]);
      const auto mac = base::MacAddress::parse(values[1]);
      if (!address || !mac) return fail("'neighbour' takes an address and a MAC address");
      setting_.neighbours.push_back({*address, *mac});
    } else if (key == "site" && values.size() == 1) {
      rules.site = values[0];
    } else if (key == "block-ipv6" && values.size() == 1) {
      rules.block_ipv6 = values[0];
    } else if (key == "block-ttl" && values.size() == 1) {
      rules.block_ttl_seconds = static_cast<std::uint32_t>(std::stoul(values[0]));
    } else {
      fail("no such setting: '" + key + "'");
    }
  }

  // "NAME TYPE [RCODE]" begins a reply; records that are indented belong to it.
  void take_canned(const std::string& line) {
    if (line.starts_with(" ")) return take_canned_record(without(line, 0));
    const auto words = words_of(line);
    if (words.size() < 2 || words.size() > 3) return fail("a reply begins with NAME TYPE [RCODE]");
    Step step;
    step.verb = Verb::kCanned;
    step.line = line_;
    step.key = {words[0], words[1]};
    step.reply.flags = Message::kQr | Message::kRa | Message::kRd;
    if (words.size() == 3) {
      const auto rcode = rcodes().find(words[2]);
      if (rcode == rcodes().end()) return fail("upstream answers NOERROR or NXDOMAIN; a step may say that it fails");
      step.reply.flags = static_cast<std::uint16_t>(step.reply.flags | rcode->second);
    }
    scenario_.steps.push_back(std::move(step));
  }

  void take_canned_record(const std::string& text) {
    if (scenario_.steps.empty() || scenario_.steps.back().verb != Verb::kCanned) return fail("a record of no reply");
    Message& reply = scenario_.steps.back().reply;
    const bool authority = text.starts_with("authority ");
    const std::string record = support::zone_line(authority ? without(text, 10) : text);
    if (record.empty()) return fail("not a record: '" + text + "'");
    (authority ? reply.authority : reply.answer).push_back(record);
  }

  void take_step(const std::string& line) {
    Step step;
    step.line = line_;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), step.number);
    if (error != std::errc{}) return fail("a step begins with its number");
    if (step.number <= last_number_) return fail("step numbers must rise");
    last_number_ = step.number;
    const std::string body = without(line, static_cast<std::size_t>(end - line.data()));
    const std::string word = body.substr(0, body.find(' '));
    const auto verb = verbs().find(word);
    if (verb == verbs().end()) return fail("no such step: '" + word + "'");
    step.verb = verb->second;
    step.rest = without(body, word.size());
    step.words = words_of(step.rest);
    if (step.verb == Verb::kReload) step.setting = setting_;
    scenario_.steps.push_back(std::move(step));
  }

  Scenario scenario_;
  Setting setting_;
  std::string section_;
  std::size_t list_ = 0;
  bool started_ = false;
  unsigned line_ = 0;
  unsigned last_number_ = 0;
  std::string problem_;
};

}  // namespace

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

base::Result<Scenario> read_scenario(const std::string& path) {
  auto text = base::read_file(path);
  if (!text) return text.error();
  return Reader(path).read(*text);
}

}  // namespace schoolgate::scenarios
