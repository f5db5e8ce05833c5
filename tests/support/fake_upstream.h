// FakeUpstream: answers from a table of canned replies, fails, or keeps a question waiting. No sockets, no clock.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "resolver/upstream.h"
#include "tests/support/message.h"

namespace schoolgate::support {

// Belongs to one thread.
class FakeUpstream final : public resolver::Upstream {
 public:
  enum class Mode { kAnswers, kFails, kSlow };
  // What is asked, as a scenario writes it: lower case, no final dot; "AAAA".
  using Key = std::pair<std::string, std::string>;

  // The reply's question and id are put in when it is asked for.
  void set_reply(const Key& key, Message reply) { replies_[key] = std::move(reply); }
  // From now on, and for the questions that wait.
  void set_mode(const Key& key, Mode mode);

  void ask(const dns::Question& question, std::function<void(resolver::UpstreamOutcome)> done) override;
  // Calls back for every question that does not have to wait.
  void deliver();

  std::size_t asked() const { return asked_; }
  // Questions that have no canned reply and no mode: a scenario that forgot something. Empties the list.
  std::vector<std::string> take_surprises() { return std::exchange(surprises_, {}); }

 private:
  struct Pending {
    dns::Question question;
    std::function<void(resolver::UpstreamOutcome)> done;
  };
  Mode mode_of(const Key& key) const;
  resolver::UpstreamOutcome outcome_of(const dns::Question& question, const Key& key);

  std::map<Key, Message> replies_;
  std::map<Key, Mode> modes_;
  std::vector<Pending> pending_;
  std::vector<std::string> surprises_;
  std::size_t asked_ = 0;
};

}  // namespace schoolgate::support
