#include "tests/scenarios/runner.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/scenarios/expectation.h"

namespace schoolgate::scenarios {
namespace {

using support::Message;

constexpr std::uint32_t kRingSlots = 1 << 12;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n    " + line;
  return text.empty() ? " nothing" : text;
}

// The words after NAME and TYPE. False: one that is not known.
bool apply(const std::vector<std::string>& words, Message& message, resolver::Client& client, unsigned& times) {
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::string& word = words[i];
    const auto value = [&] { return i + 1 < words.size() ? words[++i] : std::string(); };
    if (word == "do") {
      message.opt->dnssec_ok = true;
    } else if (word == "cd") {
      message.flags |= Message::kCd;
    } else if (word == "nord") {
      message.flags = static_cast<std::uint16_t>(message.flags & ~Message::kRd);
    } else if (word == "noedns") {
      message.opt.reset();
    } else if (word == "tcp") {
      client.transport = history::Transport::kTcp;
    } else if (word == "size") {
      message.opt->udp_size = static_cast<std::uint16_t>(std::stoul(value()));
    } else if (word == "version") {
      message.opt->version = static_cast<std::uint8_t>(std::stoul(value()));
    } else if (word == "class") {
      message.question->qclass = value();
    } else if (word == "times") {
      times = static_cast<unsigned>(std::stoul(value()));
    } else if (word == "from") {
      const auto address = base::IpAddress::parse(value());
      if (!address) return false;
      client.peer.address = *address;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

Runner::Runner(const Scenario& scenario) : scenario_(scenario) {
  auto journal = history::JournalRing::create(folder_.path(), {"node", "boot", 0}, kRingSlots);
  if (!journal) throw std::runtime_error(journal.error().message());
  journal_ = std::move(*journal);
  pipeline_ = std::make_unique<resolver::Pipeline>(
      resolver::Pipeline::Parts{upstream_, *this, clock_, counters_, journal_.get()});
}

void Runner::run() {
  adopt(scenario_.start);
  for (const Step& step : scenario_.steps) {
    if (testing::Test::HasFatalFailure()) return;
    perform(step);
    upstream_.deliver();
    for (const std::string& surprise : upstream_.take_surprises()) {
      fail(step, "upstream was asked '" + surprise + "', and no [upstream] section says what it answers");
    }
  }
}

void Runner::perform(const Step& step) {
  switch (step.verb) {
    case Verb::kCanned:
      return upstream_.set_reply(step.key, step.reply);
    case Verb::kQuery:
      return query(step);
    case Verb::kExpect:
      return expect(step);
    case Verb::kAnswer:
    case Verb::kAuthority: {
      // Lines that follow each other are one section; the first of them compares it.
      const std::size_t first = static_cast<std::size_t>(&step - scenario_.steps.data());
      if (first > 0 && scenario_.steps[first - 1].verb == step.verb) return;
      std::vector<std::string> lines;
      for (std::size_t i = first; i < scenario_.steps.size() && scenario_.steps[i].verb == step.verb; ++i) {
        if (scenario_.steps[i].rest != "none") lines.push_back(support::zone_line(scenario_.steps[i].rest));
      }
      return expect_section(step, lines);
    }
    case Verb::kUpstream:
      return change_upstream(step);
    case Verb::kTime:
      return advance(step);
    case Verb::kExpectUpstream:
      if (step.rest != std::to_string(upstream_.asked())) {
        fail(step, "upstream was asked " + std::to_string(upstream_.asked()) + " questions");
      }
      return;
    case Verb::kReload:
      return adopt(step.setting);
    case Verb::kExpectRecord:
      return expect_record(step);
  }
}

void Runner::adopt(const Setting& setting) {
  auto snapshot = support::make_snapshot(setting.rules, ++generation_);
  ASSERT_TRUE(snapshot) << scenario_.file << ": " << snapshot.error().message();
  const auto adopted = pipeline_->adopt(std::move(*snapshot));
  ASSERT_TRUE(adopted) << adopted.error().message();
  auto neighbours = std::make_shared<resolver::NeighbourTable>();
  for (const Neighbour& one : setting.neighbours) (*neighbours)[one.address] = one.mac;
  pipeline_->adopt(std::shared_ptr<const resolver::NeighbourTable>(std::move(neighbours)));
}

void Runner::query(const Step& step) {
  if (step.words.size() < 2) return fail(step, "QUERY needs NAME and TYPE");
  Message message = support::query_for(step.words[0], step.words[1]);
  resolver::Client client;
  client.peer.address = *base::IpAddress::parse("10.1.0.9");
  unsigned times = 1;
  if (!apply(step.words, message, client, times)) return fail(step, "QUERY does not know one of these words");
  chosen_ = step.number;
  replies_[chosen_];
  pipeline_->tick();
  for (unsigned i = 0; i < times; ++i) send_query(message, client);
}

void Runner::send_query(const Message& wanted, resolver::Client client) {
  Message message = wanted;
  client.peer.port = next_port_++;
  message.id = static_cast<std::uint16_t>(client.peer.port * 7);
  asked_from_[client.peer.port] = chosen_;
  queries_[client.peer.port] = message;
  const support::Octets octets = message.encode();
  const resolver::Datagram datagram{octets, client};
  if (client.transport == history::Transport::kUdp) {
    pipeline_->answer(std::span(&datagram, 1));
  } else {
    pipeline_->answer(datagram);
  }
}

// The pipeline's replies arrive here; the record must be there already.
void Runner::send(const resolver::Client& client, std::span<const std::uint8_t> octets) {
  const auto message = Message::read(octets);
  ASSERT_TRUE(message) << scenario_.file << ": a reply that ldns cannot read";
  const Message& asked = queries_.at(client.peer.port);
  EXPECT_EQ(message->id, asked.id) << scenario_.file;
  EXPECT_EQ(message->question, asked.question) << scenario_.file << ": the question comes back as it was asked";
  replies_[asked_from_.at(client.peer.port)].push_back({*message, octets.size(), take_record()});
}

void Runner::drop(const resolver::Client&) {
  EXPECT_TRUE(take_record()) << scenario_.file << ": what is not answered is remembered too";
}

// Of the lookup that just ended.
std::optional<history::LookupRecord> Runner::take_record() {
  std::vector<history::LookupRecord> records;
  journal_->read(published_, 10, records);
  EXPECT_LE(records.size(), 1U) << scenario_.file << ": one lookup, one record";
  published_ += records.size();
  journal_->release(published_);
  return records.empty() ? std::nullopt : std::optional(records.back());
}

void Runner::change_upstream(const Step& step) {
  using Mode = support::FakeUpstream::Mode;
  static const std::map<std::string, Mode> modes = {
      {"answers", Mode::kAnswers}, {"fails", Mode::kFails}, {"slow", Mode::kSlow}};
  const auto mode = step.words.size() == 3 ? modes.find(step.words[2]) : modes.end();
  if (mode == modes.end()) return fail(step, "UPSTREAM takes NAME TYPE answers|fails|slow");
  upstream_.set_mode({step.words[0], step.words[1]}, mode->second);
}

void Runner::advance(const Step& step) {
  if (step.rest.size() < 3 || step.rest.front() != '+' || step.rest.back() != 's')
    return fail(step, "TIME takes +SECONDSs");
  clock_.advance_us(static_cast<std::int64_t>(std::stod(step.rest.substr(1)) * 1'000'000));
}

std::vector<std::string> Runner::choose(const Step& step) {
  std::vector<std::string> words = step.words;
  if (words.size() < 2 || words[0] != "of") return words;
  chosen_ = static_cast<unsigned>(std::stoul(words[1]));
  words.erase(words.begin(), words.begin() + 2);
  return words;
}

const std::vector<Reply>& Runner::replies(const Step& step) {
  const std::vector<Reply>& found = replies_[chosen_];
  if (found.empty()) fail(step, "step " + std::to_string(chosen_) + " has no reply");
  return found;
}

void Runner::expect(const Step& step) {
  const auto words = choose(step);
  if (words == std::vector<std::string>{"reply", "none"}) {
    if (!replies_[chosen_].empty()) fail(step, "step " + std::to_string(chosen_) + " has a reply");
    return;
  }
  if (words.size() == 2 && words[0] == "replies") {
    const std::size_t count = replies_[chosen_].size();
    if (words[1] != std::to_string(count)) fail(step, "there are " + std::to_string(count) + " replies");
    return;
  }
  for (const Reply& reply : replies(step)) {
    if (const std::string problems = mismatch(reply, words); !problems.empty()) fail(step, problems);
  }
}

void Runner::expect_section(const Step& step, const std::vector<std::string>& lines) {
  for (const Reply& reply : replies(step)) {
    const auto& found = step.verb == Verb::kAnswer ? reply.message.answer : reply.message.authority;
    if (found != lines) fail(step, "the section holds" + joined(found) + "\n  expected" + joined(lines));
  }
}

void Runner::expect_record(const Step& step) {
  const auto words = choose(step);
  for (const Reply& reply : replies(step)) {
    if (words == std::vector<std::string>{"none"}) {
      if (reply.record) fail(step, "there is a record");
    } else if (!reply.record) {
      fail(step, "there is no record of it");
    } else if (const std::string problems = mismatch(*reply.record, words); !problems.empty()) {
      fail(step, problems);
    }
  }
}

void Runner::fail(const Step& step, const std::string& what) const {
  ADD_FAILURE_AT(scenario_.file.c_str(), static_cast<int>(step.line)) << what;
}

}  // namespace schoolgate::scenarios
