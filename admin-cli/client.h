// Client: asks the running daemon over its admin socket. Everything that knows libcurl is in client.cpp.
//
// Thread contract: one thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "web/json.h"

namespace schoolgate::admin_cli {

using Parameters = std::vector<std::pair<std::string, std::string>>;  // empty values are left out

class Client {
 public:
  explicit Client(std::string socket) : socket_(std::move(socket)) {}

  // Absent when nobody listens at the socket. The API's errors come with its message; kForbidden says to use sudo.
  base::Result<std::optional<web::Json>> find(const std::string& path, const Parameters& parameters = {}) const;
  // A request that changes something ("POST", "DELETE"). That nobody listens is an error.
  base::Result<web::Json> change(const std::string& method, const std::string& path,
                                 const Parameters& parameters) const;
  // As find(), but that nobody listens is an error too.
  base::Result<web::Json> get(const std::string& path, const Parameters& parameters = {}) const;

 private:
  base::Result<std::optional<web::Json>> ask(const std::string& method, const std::string& path,
                                             const Parameters& parameters) const;
  base::Result<web::Json> or_not_running(base::Result<std::optional<web::Json>> answer) const;

  std::string socket_;
};

}  // namespace schoolgate::admin_cli
