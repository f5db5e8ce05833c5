// VersionLog: which versions of a list were read, when, and what became of each. Of them one is in force.
//
//     read ──▶ in force ──▶ before (another took its place; `lists rollback` brings it back)
//      │           └──────▶ refused (a person went back to an earlier one)
//      └────▶ held ──▶ in force | refused (a person decides) | passed over (the next one was read)
//
// A value; version_store.h keeps it with what the versions hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace schoolgate::lists {

enum class Standing { kInForce, kBefore, kHeld, kRefused, kPassedOver };
std::string_view word_for(Standing standing);  // "in force", "before", …

struct Version {
  std::uint32_t number = 0;  // from 1
  std::string digest;        // of what was read: ListReport::version
  std::string format;
  std::int64_t read_us = 0;  // first read; microseconds since the epoch
  std::uint64_t rules = 0;
  std::uint64_t guarded = 0;  // rules set aside
  Standing standing = Standing::kInForce;
  std::string why;                 // held back, since
  std::int64_t held_since_us = 0;  // when the first of the versions was that are held back one after the other
  std::string by, reason;          // a person's decision, and
  std::int64_t decided_us = 0;     // when it was; 0: none
  bool operator==(const Version&) const = default;
};

struct NewVersion {
  std::string digest, format;
  std::uint64_t rules = 0, guarded = 0;
  std::int64_t now_us = 0;
};

struct PersonsDecision {
  std::string by, reason;
  std::int64_t now_us = 0;
};

class VersionLog {
 public:
  static constexpr std::size_t kMostVersions = 100;  // older ones are forgotten, never the one in force

  const std::vector<Version>& versions() const { return versions_; }  // oldest first
  const Version* in_force() const;
  const Version* held() const;  // the one that waits for a person
  const Version* find(std::uint32_t number) const;

  // Takes note of what was read, and returns the version that it is: one that is in force, held or refused. The same octets
  // as those in force, or as a version that a person refused, are no new version.
  const Version& receive(const NewVersion& read);
  // Puts a version that was read before in force: one that was held or refused, or, as a way back, one that was in force. The
  // one in force until now is, on a way back, refused: its source would put it back at once.
  // kNotFound for a version that there is not; kInvalid for the one in force.
  base::Status accept(std::uint32_t number, const PersonsDecision& decision);
  base::Status roll_back(std::uint32_t number, const PersonsDecision& decision);
  base::Status refuse(std::uint32_t number, const PersonsDecision& decision);

  std::string encode() const;  // JSON; keys may only grow
  static base::Result<VersionLog> parse(std::string_view text);

  bool operator==(const VersionLog&) const = default;

 private:
  Version* find_to_change(Standing standing);
  Version& append(const NewVersion& read);
  base::Result<Version*> find_other(std::uint32_t number);  // than the one in force
  void put_in_force(Version& version, Standing present_becomes);
  void forget_oldest();
  std::vector<Version> versions_;
};

}  // namespace schoolgate::lists
