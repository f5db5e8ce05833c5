#include "resolver/waiting_room.h"

#include <utility>

namespace schoolgate::resolver {

WaitingRoom::Place WaitingRoom::add(const dns::Question& question, Waiting waiting) {
  const base::IpAddress client = waiting.lookup.client.peer.address;
  const auto of_client = of_client_.find(client);
  if (lookups_ >= kMostLookups || (of_client != of_client_.end() && of_client->second >= kMostOfOneClient)) {
    return Place::kNone;
  }
  auto found = by_question_.find(question);
  const bool is_first = found == by_question_.end();
  if (is_first ? by_question_.size() >= kMostQuestions : found->second.size() >= kMostForOneQuestion) {
    return Place::kNone;
  }
  if (is_first) found = by_question_.emplace(question, std::vector<Waiting>()).first;
  found->second.push_back(std::move(waiting));
  ++of_client_[client];
  ++lookups_;
  return is_first ? Place::kFirst : Place::kJoined;
}

std::vector<Waiting> WaitingRoom::take(const dns::Question& question) {
  const auto found = by_question_.find(question);
  if (found == by_question_.end()) return {};
  std::vector<Waiting> leaving = std::move(found->second);
  by_question_.erase(found);
  lookups_ -= leaving.size();
  for (const Waiting& one : leaving) {
    const auto of_client = of_client_.find(one.lookup.client.peer.address);
    if (--of_client->second == 0) of_client_.erase(of_client);
  }
  return leaving;
}

}  // namespace schoolgate::resolver
