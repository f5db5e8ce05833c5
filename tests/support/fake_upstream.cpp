#include "tests/support/fake_upstream.h"

namespace schoolgate::support {
namespace {

FakeUpstream::Key key_of(const dns::Question& question) {
  return {question.lower_qname.to_text(), dns::to_text(question.qtype)};
}

}  // namespace

FakeUpstream::Mode FakeUpstream::mode_of(const Key& key) const {
  const auto found = modes_.find(key);
  return found == modes_.end() ? Mode::kAnswers : found->second;
}

void FakeUpstream::set_mode(const Key& key, Mode mode) { modes_[key] = mode; }

void FakeUpstream::ask(const dns::Question& question, std::function<void(resolver::UpstreamOutcome)> done) {
  ++asked_;
  pending_.push_back({question, std::move(done)});
}

resolver::UpstreamOutcome FakeUpstream::outcome_of(const dns::Question& question, const Key& key) {
  const auto failed = [] { return tl::unexpected(resolver::UpstreamFailure{}); };
  if (mode_of(key) == Mode::kFails) return failed();
  const auto found = replies_.find(key);
  if (found == replies_.end()) {
    surprises_.push_back(key.first + " " + key.second);
    return failed();
  }
  Message reply = found->second;
  reply.question = Message::Question{question.lower_qname.to_text(), key.second, "IN"};
  auto answer = dns::parse_answer(reply.encode(), question);
  if (!answer) return failed();
  return std::move(*answer);
}

void FakeUpstream::deliver() {
  for (std::size_t i = 0; i < pending_.size();) {
    const Key key = key_of(pending_[i].question);
    if (mode_of(key) == Mode::kSlow) {
      ++i;
      continue;
    }
    const Pending one = std::move(pending_[i]);
    pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
    one.done(outcome_of(one.question, key));
    i = 0;  // the callback may have asked more
  }
}

}  // namespace schoolgate::support
