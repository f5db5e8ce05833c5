// The versions of a list as a build and a person see them: each one that is read is looked at before it goes into force
// (update_check.h), and a person may accept, refuse or go back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lists/report/list_report.h"
#include "lists/source/list_source.h"
#include "lists/versions/version_log.h"

namespace schoolgate::lists {

// What became of what a source says now.
struct Received {
  Version version;
  std::uint32_t in_force = 0;  // the number of the version in force; 0: the log could not be kept
  std::string problem;         // of the log; empty: none
  bool is_held() const { return version.standing == Standing::kHeld || version.standing == Standing::kRefused; }
};

// Notes the version, with what it holds: a list's octets, or an opaque one's encoded copy. What cannot be noted, on a full
// disk, goes into force all the same, with the problem said.
Received receive_version(const Source& source, const ListReport& report, std::string_view content,
                         const Ground& ground);

// Into the report of the version in force.
void say_received(ListReport& report, const Received& received);
void say_held(ListReport& report, const Received& received);

// The number of the version in force, when it is the one with this digest, nothing waits for a person, and what it holds is kept;
// else 0. Of a list that is not opaque.
std::uint32_t number_in_force(const Source& source, std::string_view digest, const std::string& state_folder);

// A list that became opaque, or is opaque no more: what was kept of it as the other is removed.
void forget_versions(const Source& source, bool opaque, const std::string& state_folder);

// What a person decides on, by the list's id; `number` absent: the version held back; for roll_back() the last one before.
// The next build puts it into force. kNotFound when there is no such list or version, or it is not kept any more.
// REQUIRES: the build lock is held.
struct Decided {
  Version version;
  bool opaque = false;
};
base::Result<Decided> accept_version(const std::string& state_folder, const std::string& list,
                                     std::optional<std::uint32_t> number, const PersonsDecision& decision);
base::Result<Decided> refuse_version(const std::string& state_folder, const std::string& list,
                                     std::optional<std::uint32_t> number, const PersonsDecision& decision);
base::Result<Decided> roll_back(const std::string& state_folder, const std::string& list,
                                std::optional<std::uint32_t> number, const PersonsDecision& decision);

// The log of a list; kNotFound when nothing was ever read of it.
base::Result<VersionLog> read_version_log(const std::string& state_folder, const std::string& list);
// What a version held. kForbidden for an opaque list.
base::Result<std::string> read_version(const std::string& state_folder, const std::string& list, std::uint32_t number);

}  // namespace schoolgate::lists
