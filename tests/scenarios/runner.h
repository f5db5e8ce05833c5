// Runner: plays a scenario against the real pipeline, with a fake upstream, a fake clock, and a real journal ring.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "history/journal.h"
#include "resolver/pipeline.h"
#include "tests/scenarios/scenario.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_upstream.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::scenarios {

// One reply, and what the history held of it at the moment it was handed over.
struct Reply {
  support::Message message;
  std::size_t octets = 0;
  std::optional<history::LookupRecord> record;
};

// Failures are GoogleTest failures at FILE:LINE.
class Runner final : private resolver::Responder {
 public:
  explicit Runner(const Scenario& scenario);
  void run();

 private:
  void send(const resolver::Client& client, std::span<const std::uint8_t> octets) override;
  void drop(const resolver::Client& client) override;
  std::optional<history::LookupRecord> take_record();
  void perform(const Step& step);
  void adopt(const Setting& setting);
  void query(const Step& step);
  void send_query(const support::Message& message, resolver::Client client);
  void change_upstream(const Step& step);
  void advance(const Step& step);
  void expect(const Step& step);
  void expect_section(const Step& step, const std::vector<std::string>& lines);
  void expect_record(const Step& step);
  // Takes "of N" off the front, and makes N's replies the ones looked at.
  std::vector<std::string> choose(const Step& step);
  const std::vector<Reply>& replies(const Step& step);
  void fail(const Step& step, const std::string& what) const;

  const Scenario& scenario_;
  support::FakeClock clock_;
  support::FakeUpstream upstream_;
  resolver::Counters counters_;
  support::TemporaryFolder folder_;  // of the journal
  std::unique_ptr<history::JournalRing> journal_;
  std::unique_ptr<resolver::Pipeline> pipeline_;
  std::uint64_t generation_ = 0;
  std::uint64_t published_ = 0;                        // records seen so far
  std::uint16_t next_port_ = 1'024;                    // each query has its own, so that its reply is known
  std::map<std::uint16_t, unsigned> asked_from_;       // port → step
  std::map<std::uint16_t, support::Message> queries_;  // port → query
  std::map<unsigned, std::vector<Reply>> replies_;     // step → its replies
  unsigned chosen_ = 0;                                // the step whose replies are looked at
};

}  // namespace schoolgate::scenarios
