// FetchedList: what was fetched of one list, STATE/lists/fetched/ID (0600), and what is known of it, ID.json: where from, when, and
// when it is due again. The build reads those octets; it never waits for a network.
//
// Not thread-safe; several processes may fetch the same list: the last one wins, whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "lists/fetch/http_fetch.h"

namespace schoolgate::lists {

// The key that a zone's transfer is signed with: see tsig_key.h.
struct TsigKeyFile {
  std::string name, algorithm, secret_file;
  bool operator==(const TsigKeyFile&) const = default;
};

// Where a list comes from, as the policy says.
struct Remote {
  std::string url;  // https; http with a pin or a signature; axfr:// or ixfr:// for a zone of a primary
  std::int64_t refresh_s = 86'400;
  std::string sha256;        // hex, lower case; empty: any octets
  std::string minisign_key;  // empty: unsigned
  std::optional<TsigKeyFile> tsig = std::nullopt;
  bool operator==(const Remote&) const = default;
};

// Times are microseconds since the epoch; 0: never.
struct FetchState {
  std::string url;  // of what is there; another one in the policy begins anew
  std::string etag, last_modified;
  std::int64_t fetched_us = 0;  // the server was last known to have what is there
  std::int64_t tried_us = 0;
  std::int64_t due_us = 0;
  std::uint32_t failures = 0;  // since then
  std::string problem;         // of the last try; empty: it went well
  bool operator==(const FetchState&) const = default;
};

enum class Fetched { kNew, kUnchanged, kFailed };

class FetchedList {
 public:
  FetchedList(const std::string& state_folder, const std::string& list);

  const std::string& path() const { return path_; }
  // As if nothing was ever fetched, when the file is not there or is damaged, or is about another address.
  FetchState state(const Remote& remote) const;
  bool is_due(const Remote& remote, std::int64_t now_us) const;
  // Fetches it, checks pin and signature, keeps both files. What is there stays when that fails; then the state says why, and
  // when to try again: after five minutes, then twice as long each time, up to the list's refresh.
  Fetched fetch(const Remote& remote, const HttpRequest& how, std::int64_t now_us) const;
  // The octets of an opaque list, once they are hashed.
  void remove_octets() const;

 private:
  base::Result<bool> transfer(const Remote& remote, const LookUpHost& look_up) const;
  base::Result<bool> take(const Remote& remote, const HttpRequest& how, FetchState& state) const;
  base::Status write_state(const FetchState& state) const;
  std::string folder_, path_, state_path_;
};

// Why what is there is not up to date, in words; empty when all is well. `refresh` is three times as long ago as it may be: stale.
std::string why_not_current(const Remote& remote, const FetchState& state, std::int64_t now_us);

}  // namespace schoolgate::lists
