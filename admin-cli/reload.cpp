#include "admin-cli/reload.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include <fmt/format.h>

#include "admin-cli/fields.h"

namespace schoolgate::admin_cli {
namespace {

using base::Error;
using base::ErrorCode;
using web::Json;

constexpr auto kMostWait = std::chrono::seconds(10);
constexpr auto kLookEvery = std::chrono::milliseconds(20);

struct Reload {
  enum class Outcome {
    kInForce,     // with what there is of its lists
    kBuilding,    // its lists are not yet
    kNotRunning,  // it will be
    kRefused,     // the policy before goes on
    kUnknown,     // nobody could be asked
  };
  Outcome outcome = Outcome::kUnknown;
  std::string why;  // of the last two
};

Reload wait_for_lists(const Client& client) {
  const auto until = std::chrono::steady_clock::now() + kMostWait;
  while (std::chrono::steady_clock::now() < until) {
    const auto state = client.get("/api/v1/status");
    if (!state) return {Reload::Outcome::kUnknown, state.error().message()};
    if (!flag_of(part_of(*state, "image"), "building")) return {Reload::Outcome::kInForce, ""};
    std::this_thread::sleep_for(kLookEvery);
  }
  return {Reload::Outcome::kBuilding, ""};
}

Reload have_policy_read(const Globals& globals) {
  const auto client = connect(globals);
  if (!client) return {Reload::Outcome::kUnknown, client.error().message()};
  const auto before = client->find("/api/v1/status");
  if (!before) return {Reload::Outcome::kUnknown, before.error().message()};
  if (!*before) return {Reload::Outcome::kNotRunning, ""};
  const auto read = client->change("POST", "/api/v1/policy/reload", {});
  if (!read) return {Reload::Outcome::kRefused, read.error().message()};
  return wait_for_lists(*client);
}

std::string in_words(const Reload& reload) {
  switch (reload.outcome) {
    case Reload::Outcome::kInForce:
      return "In force.";
    case Reload::Outcome::kBuilding:
      return "The policy is in force. Its lists are being built: `schoolgate lists ls` shows those that are in force.";
    case Reload::Outcome::kNotRunning:
      return "schoolgated does not run: this is in force when it starts.";
    case Reload::Outcome::kRefused:
      return reload.why;
    case Reload::Outcome::kUnknown:
      break;
  }
  return "Not in force yet: " + reload.why;
}

std::string how_fetched(const Reload& reload) {
  const bool runs = reload.outcome == Reload::Outcome::kInForce || reload.outcome == Reload::Outcome::kBuilding;
  return runs ? "schoolgated fetches what is not here yet: `schoolgate lists ls` shows what has come.\n"
              : "`schoolgate lists update` fetches what is not here yet.\n";
}

}  // namespace

base::Status tell_daemon(const Globals& globals, Json outcome, Fetches fetches, const Screen& screen) {
  screen.out << std::flush;  // what is done may be read while the lists are built
  const Reload reload = have_policy_read(globals);
  const bool is_refused = reload.outcome == Reload::Outcome::kRefused;
  if (globals.json) {
    outcome["reload"] = in_words(reload);
    screen.out << web::to_text(outcome) << '\n';
  } else if (!is_refused) {
    screen.out << printable(in_words(reload)) << '\n' << (fetches == Fetches::kSomething ? how_fetched(reload) : "");
  }
  return is_refused ? Error(ErrorCode::kUnavailable, reload.why) : base::Status();
}

}  // namespace schoolgate::admin_cli
