#include "lists/versions/versions.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/opaque/opaque_copy.h"
#include "lists/versions/version_store.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;

struct Kept {
  bool opaque = false;
  VersionStore store;
  VersionLog log;
};

// The versions of a list, opaque or not: there are never both.
Result<Kept> find_versions(const std::string& state_folder, const std::string& list) {
  for (const bool opaque : {false, true}) {
    const VersionStore store(state_folder, list, opaque);
    auto log = store.read_log();
    if (!log) return log.error();
    if (!log->versions().empty()) return Kept{opaque, store, std::move(*log)};
  }
  return Error(ErrorCode::kNotFound, fmt::format("no version of a list '{}' was ever read", list));
}

// The kept copy becomes this version, so that the next build finds it there, whatever the source says by then.
Status put_content_in_force(const std::string& state_folder, const std::string& list, const Kept& kept,
                            std::uint32_t number) {
  const auto content = kept.store.read_content(number);
  if (!content && content.error().code() == ErrorCode::kNotFound) {
    return Error(ErrorCode::kNotFound, fmt::format("version {} of list '{}' is not kept any more: the last {} are",
                                                   number, list, VersionStore::kMostKept));
  }
  if (!content) return content.error();
  return base::replace_file(kept.opaque ? opaque_copy_path(state_folder, list) : copy_path(state_folder, list),
                            *content);
}

Result<std::uint32_t> held_number(const VersionLog& log, const std::string& list) {
  if (const Version* held = log.held()) return held->number;
  return Error(ErrorCode::kNotFound, fmt::format("no update of list '{}' is held back", list));
}

// The last one that was in force before.
Result<std::uint32_t> number_before(const VersionLog& log, const std::string& list) {
  const auto found = std::find_if(log.versions().rbegin(), log.versions().rend(),
                                  [](const Version& version) { return version.standing == Standing::kBefore; });
  if (found != log.versions().rend()) return found->number;
  return Error(ErrorCode::kNotFound, fmt::format("list '{}' has had no other version in force", list));
}

using Choose = Result<std::uint32_t> (*)(const VersionLog& log, const std::string& list);
using Decide = Status (VersionLog::*)(std::uint32_t number, const PersonsDecision& decision);

struct Wish {
  const std::string& state_folder;
  const std::string& list;
  std::optional<std::uint32_t> number;
  const PersonsDecision& decision;
};

Result<Decided> decide(const Wish& wish, Choose choose, Decide decide, bool goes_into_force) {
  auto kept = find_versions(wish.state_folder, wish.list);
  if (!kept) return kept.error();
  const auto number = wish.number ? Result<std::uint32_t>(*wish.number) : choose(kept->log, wish.list);
  if (!number) return number.error();
  if (const auto status = (kept->log.*decide)(*number, wish.decision); !status) {
    return status.error().within(fmt::format("list '{}'", wish.list));
  }
  // First what it holds: a log that says otherwise for a moment is set right by the next build.
  if (goes_into_force) {
    if (const auto put = put_content_in_force(wish.state_folder, wish.list, *kept, *number); !put) return put.error();
  }
  if (const auto written = kept->store.write_log(kept->log); !written) return written.error();
  return Decided{*kept->log.find(*number), kept->opaque};
}

}  // namespace

Received receive_version(const Source& source, const ListReport& report, std::string_view content,
                         const Ground& ground) {
  forget_versions(source, !source.opaque, ground.state_folder);
  const VersionStore store(ground.state_folder, source.id, source.opaque);
  Received received;
  auto log = store.read_log();
  if (!log) {
    received.problem = "its log of versions begins anew: " + log.error().message();
    log = VersionLog();
  }
  const VersionLog before = *log;
  received.version = log->receive({report.version, report.format, report.rules, report.guarded, ground.now_us});
  received.in_force = log->in_force() != nullptr ? log->in_force()->number : 0;
  // Of a refused one that is long gone nothing is kept again.
  const bool wants_content = received.version.standing != Standing::kRefused;
  auto kept = wants_content && !store.has_content(received.version.number)
                  ? store.write_content(received.version.number, content)
                  : Status();
  if (kept && !(*log == before)) kept = store.write_log(*log);
  if (kept) {
    store.remove_old_contents(*log);
  } else {
    received.problem = "no version of it could be kept: " + kept.error().message();
  }
  return received;
}

void say_received(ListReport& report, const Received& received) {
  report.version_number = received.in_force;
  if (!received.problem.empty()) report.problem = "in force, but " + received.problem;
}

void say_held(ListReport& report, const Received& received) {
  const Version& version = received.version;
  const bool is_refused = version.standing == Standing::kRefused;
  report.version_number = received.in_force;
  report.kept_copy = true;
  report.held = HeldUpdate{version.number, is_refused ? version.reason : version.why,
                           is_refused ? version.decided_us : version.held_since_us, is_refused};
  if (is_refused) return;
  report.problem = fmt::format(
      "an update is held back, since it {}; version {} stays in force: `schoolgate lists diff {}` shows what would "
      "change, "
      "`schoolgate lists accept {}` or `schoolgate lists refuse {}` decides",
      version.why, received.in_force, report.id, report.id, report.id);
}

std::uint32_t number_in_force(const Source& source, std::string_view digest, const std::string& state_folder) {
  const VersionStore store(state_folder, source.id, false);
  const auto log = store.read_log();
  if (!log || log->held() != nullptr) return 0;
  const Version* present = log->in_force();
  const bool is_this = present != nullptr && present->digest == digest && store.has_content(present->number);
  return is_this ? present->number : 0;
}

void forget_versions(const Source& source, bool opaque, const std::string& state_folder) {
  VersionStore(state_folder, source.id, opaque).remove();
}

Result<Decided> accept_version(const std::string& state_folder, const std::string& list,
                               std::optional<std::uint32_t> number, const PersonsDecision& decision) {
  return decide({state_folder, list, number, decision}, held_number, &VersionLog::accept, true);
}

Result<Decided> refuse_version(const std::string& state_folder, const std::string& list,
                               std::optional<std::uint32_t> number, const PersonsDecision& decision) {
  return decide({state_folder, list, number, decision}, held_number, &VersionLog::refuse, false);
}

Result<Decided> roll_back(const std::string& state_folder, const std::string& list, std::optional<std::uint32_t> number,
                          const PersonsDecision& decision) {
  return decide({state_folder, list, number, decision}, number_before, &VersionLog::roll_back, true);
}

Result<VersionLog> read_version_log(const std::string& state_folder, const std::string& list) {
  auto kept = find_versions(state_folder, list);
  return kept ? Result<VersionLog>(std::move(kept->log)) : kept.error();
}

Result<std::string> read_version(const std::string& state_folder, const std::string& list, std::uint32_t number) {
  const auto kept = find_versions(state_folder, list);
  if (!kept) return kept.error();
  if (kept->opaque) {
    return Error(ErrorCode::kForbidden, fmt::format("list '{}' is opaque: what it holds is shown nowhere", list));
  }
  if (kept->log.find(number) == nullptr) {
    return Error(ErrorCode::kNotFound, fmt::format("list '{}' has no version {}", list, number));
  }
  auto content = kept->store.read_content(number);
  if (!content && content.error().code() == ErrorCode::kNotFound) {
    return Error(ErrorCode::kNotFound, fmt::format("version {} of list '{}' is not kept any more: the last {} are",
                                                   number, list, VersionStore::kMostKept));
  }
  return content;
}

}  // namespace schoolgate::lists
