// Result<T>: a value, or an Error that says what we were doing with which input.
//
// Operating errors (a file, a socket, a line of a list) travel as Result; absence is std::optional; a programmer's
// error is an assert. std::expected is absent from C++20, and a plain tl::expected may be dropped in silence, hence
// this [[nodiscard]] class.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace schoolgate::base {

enum class ErrorCode {
  kInvalid,      // the input is wrong; the message says what would be right
  kNotFound,     // what was asked for is not there
  kNotBuiltYet,  // a setting of the contract that this version does not have
  kInUse,        // somebody else holds it: a port, a lock
  kForbidden,    // the system does not let us
  kDamaged,      // a file of ours is not as we wrote it
  kUnavailable,  // reading, writing or asking failed; later may be better
};

class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

  // Puts "CONTEXT: " before the message. For the borders of a room only.
  Error within(std::string_view context) const { return Error(code_, std::string(context) + ": " + message_); }

 private:
  ErrorCode code_;
  std::string message_;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpected<Error>(std::move(error))) {}  // NOLINT: implicit
  Result(ErrorCode code, std::string message) : Result(Error(code, std::move(message))) {}
};

using Status = Result<void>;

}  // namespace schoolgate::base
