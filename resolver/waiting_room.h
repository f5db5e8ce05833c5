// WaitingRoom: the lookups whose answer an upstream has been asked for. Those for the same question wait together: one
// outstanding question a name, so that no burst helps a spoofer (RFC 5452 §5). Bounded in all and for each client, so that
// one device with slow names cannot fill it.
//
// Belongs to one worker's thread.
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/ip_address.h"
#include "dns/answer.h"
#include "resolver/lookup.h"

namespace schoolgate::resolver {

struct Waiting {
  Lookup lookup;
  std::shared_ptr<SnapshotView> view;  // a query in flight keeps the one it started with
};

class WaitingRoom {
 public:
  static constexpr std::size_t kMostQuestions = 8'192;
  static constexpr std::size_t kMostLookups = 32'768;
  static constexpr std::size_t kMostForOneQuestion = 1'024;
  static constexpr std::size_t kMostOfOneClient = 1'024;  // a whole school may stand behind one forwarder

  enum class Place {
    kFirst,   // the upstream has to be asked
    kJoined,  // it has been
    kNone,    // no room
  };
  Place add(const dns::Question& question, Waiting waiting);
  // Those that waited for this question; they leave.
  std::vector<Waiting> take(const dns::Question& question);
  std::size_t questions() const { return by_question_.size(); }

 private:
  std::unordered_map<dns::Question, std::vector<Waiting>> by_question_;
  std::unordered_map<base::IpAddress, std::size_t> of_client_;
  std::size_t lookups_ = 0;
};

}  // namespace schoolgate::resolver
