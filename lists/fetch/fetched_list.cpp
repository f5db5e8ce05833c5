#include "lists/fetch/fetched_list.h"

#include <algorithm>
#include <filesystem>
#include <random>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/timestamp.h"
#include "lists/fetch/signature.h"
#include "lists/fetch/zone_transfer.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;
using nlohmann::json;

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kFirstRetrySeconds = 300;
constexpr std::uint32_t kMostDoublings = 12;
constexpr std::int64_t kStaleAfterRefreshes = 3;
constexpr unsigned kMode = 0600;  // it may be a list whose names are nobody's to read

// A tenth more or less: a thousand schools do not come at once.
std::int64_t jittered_us(std::int64_t seconds) {
  static thread_local std::minstd_rand random(std::random_device{}());
  std::uniform_int_distribution<std::int64_t> permille(900, 1100);
  return seconds * kSecondUs / 1000 * permille(random);
}

std::int64_t retry_seconds(const Remote& remote, std::uint32_t failures) {
  const std::int64_t doubled = kFirstRetrySeconds << std::min(failures - 1, kMostDoublings);
  return std::min(doubled, std::max(remote.refresh_s, kFirstRetrySeconds));
}

std::string encode(const FetchState& state) {
  constexpr int kIndent = 2;
  return json{{"url", state.url},
              {"etag", state.etag},
              {"last_modified", state.last_modified},
              {"fetched_us", state.fetched_us},
              {"tried_us", state.tried_us},
              {"due_us", state.due_us},
              {"failures", state.failures},
              {"problem", state.problem}}
             .dump(kIndent, ' ', false, json::error_handler_t::replace) +
         "\n";
}

base::Result<FetchState> parse(std::string_view text) {
  try {
    const json from = json::parse(text);
    FetchState state;
    from.at("url").get_to(state.url);
    from.at("etag").get_to(state.etag);
    from.at("last_modified").get_to(state.last_modified);
    from.at("fetched_us").get_to(state.fetched_us);
    from.at("tried_us").get_to(state.tried_us);
    from.at("due_us").get_to(state.due_us);
    from.at("failures").get_to(state.failures);
    from.at("problem").get_to(state.problem);
    return state;
  } catch (const json::exception& wrong) {
    return Error(ErrorCode::kDamaged, wrong.what());
  }
}

base::Status check(const Remote& remote, const HttpRequest& how, std::string_view octets) {
  if (!remote.sha256.empty()) {
    if (const std::string digest = sha256_hex(octets); digest != remote.sha256) {
      return Error(ErrorCode::kForbidden,
                   fmt::format("{}: its SHA-256 is {}, and the policy pins {}", remote.url, digest, remote.sha256));
    }
  }
  if (remote.minisign_key.empty()) return {};
  HttpRequest for_signature = how;
  for_signature.url = remote.url + ".minisig";
  for_signature.etag.clear();
  for_signature.last_modified.clear();
  for_signature.progress = nullptr;
  for_signature.most_octets = 64 << 10;
  const auto signature = http_fetch(for_signature);
  if (!signature) return signature.error();
  const auto verified = verify_minisign(remote.minisign_key, signature->octets, octets);
  return verified ? verified : verified.error().within(remote.url);
}

}  // namespace

FetchedList::FetchedList(const std::string& state_folder, const std::string& list)
    : folder_(state_folder + "/lists/fetched"), path_(folder_ + "/" + list), state_path_(path_ + ".json") {}

FetchState FetchedList::state(const Remote& remote) const {
  const auto text = base::read_file(state_path_);
  const auto state = text ? parse(*text) : text.error();
  return state && state->url == remote.url ? *state : FetchState{};
}

bool FetchedList::is_due(const Remote& remote, std::int64_t now_us) const { return state(remote).due_us <= now_us; }

Fetched FetchedList::fetch(const Remote& remote, const HttpRequest& how, std::int64_t now_us) const {
  FetchState state = this->state(remote);
  state.url = remote.url;
  state.tried_us = now_us;
  const auto taken = take(remote, how, state);
  if (taken) {
    state.fetched_us = now_us;
    state.failures = 0;
    state.problem.clear();
    state.due_us = now_us + jittered_us(remote.refresh_s);
  } else {
    ++state.failures;
    state.problem = taken.error().message();
    state.due_us = now_us + jittered_us(retry_seconds(remote, state.failures));
  }
  // Not kept, it is tried again at the next occasion: nothing else is lost.
  const auto kept = write_state(state);
  if (!taken || !kept) return Fetched::kFailed;
  return *taken ? Fetched::kNew : Fetched::kUnchanged;
}

// A zone: whole, or as far as it has changed since what is there.
base::Result<bool> FetchedList::transfer(const Remote& remote, const LookUpHost& look_up) const {
  const auto source = dns::parse_zone_source(remote.url);
  if (!source) return source.error();
  ZoneTransferRequest request;
  request.source = *source;
  request.path = path_;
  if (!base::IpAddress::parse(source->host)) {
    const auto addresses = look_up(source->host);
    if (!addresses) return addresses.error().within(remote.url);
    if (addresses->empty()) return Error(ErrorCode::kUnavailable, remote.url + ": its host has no address");
    request.source.host = addresses->front().to_text();
  }
  if (remote.tsig) {
    auto key = read_tsig_key(remote.tsig->name, remote.tsig->algorithm, remote.tsig->secret_file);
    if (!key) return key.error();
    request.key = std::move(*key);
  }
  if (const auto made = base::make_folder(folder_); !made) return made.error();
  const auto transferred = transfer_zone(request);
  if (!transferred) return transferred.error();
  return transferred->how != ZoneTransferred::How::kUnchanged;
}

// Whether there are other octets than before.
base::Result<bool> FetchedList::take(const Remote& remote, const HttpRequest& how, FetchState& state) const {
  if (dns::is_zone_source(remote.url)) return transfer(remote, how.look_up);
  if (const auto pinned = base::read_file(path_); pinned && !remote.sha256.empty() && remote.minisign_key.empty()) {
    if (sha256_hex(*pinned) == remote.sha256) return false;  // nothing else may ever be there
  }
  HttpRequest request = how;
  request.url = remote.url;
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(path_, ignored);
  // A pin or a key that came later has to be held against the octets again.
  const bool may_be_unchanged = is_there && remote.sha256.empty() && remote.minisign_key.empty();
  if (may_be_unchanged) {
    request.etag = state.etag;
    request.last_modified = state.last_modified;
  }
  auto answer = http_fetch(request);
  if (!answer) return answer.error();
  if (answer->not_modified && may_be_unchanged) return false;
  if (answer->not_modified) return Error(ErrorCode::kUnavailable, remote.url + ": the server sends nothing");
  if (const auto checked = check(remote, how, answer->octets); !checked) return checked.error();
  if (const auto made = base::make_folder(folder_); !made) return made.error();
  const auto before = base::read_file(path_);
  const bool is_new = !before || *before != answer->octets;
  if (is_new) {
    if (const auto written = base::replace_file(path_, answer->octets, kMode); !written) return written.error();
  }
  state.etag = answer->etag;
  state.last_modified = answer->last_modified;
  return is_new;
}

base::Status FetchedList::write_state(const FetchState& state) const {
  if (auto made = base::make_folder(folder_); !made) return made;
  return base::replace_file(state_path_, encode(state));
}

void FetchedList::remove_octets() const {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

std::string why_not_current(const Remote& remote, const FetchState& state, std::int64_t now_us) {
  if (state.tried_us == 0) return fmt::format("{}: was not fetched yet; `schoolgate lists update` does it", remote.url);
  const std::int64_t age_us = now_us - state.fetched_us;
  const bool is_stale = age_us > kStaleAfterRefreshes * remote.refresh_s * kSecondUs;
  if (state.problem.empty() && !is_stale) return {};
  const std::string since = state.fetched_us == 0 ? "" : " (last fetched " + base::to_timestamp(state.fetched_us) + ")";
  if (state.problem.empty()) return fmt::format("{}: is stale{}", remote.url, since);
  return fmt::format("could not be fetched: {}{}{}", state.problem, since,
                     is_stale && state.fetched_us != 0 ? ", and is stale" : "");
}

}  // namespace schoolgate::lists
