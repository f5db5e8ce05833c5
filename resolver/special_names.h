// Questions that never go upstream: names that mean something here only, and types and classes that no client needs.
#pragma once

#include <optional>

#include "dns/query.h"

namespace schoolgate::resolver {

enum class LocalAnswer : std::uint8_t {
  kLoopback,  // 127.0.0.1 or ::1, NODATA for other types
  kNoData,
  kNxDomain,
};

// How a special-use name is answered here; nullopt: it is an ordinary one.
std::optional<LocalAnswer> local_answer(const dns::Query& query) noexcept;

// The rcode with which a question is turned away whoever asks it; nullopt: it is taken.
std::optional<dns::Rcode> refusal(const dns::Query& query) noexcept;

}  // namespace schoolgate::resolver
