// HttpServer: HTTP/1.1 over TCP and Unix sockets for one Responder, with a limit on everything (limits.h).
//
//     HttpServer server(block_page);
//     auto status = server.listen({"127.0.0.1", 80});   // binds now: errors come back here, while still root
//     server.run();                                     // serves from a thread of its own
//     server.stop();                                    // lets answers under way finish, for a moment
//
// Thread contract: listen(), run() and stop() from the one thread that owns it; the Responder is called on the server's
// own thread, one request at a time, and must outlive stop(). A server per Responder: a slow search of the API must not
// keep a block page waiting.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/ip_address.h"
#include "base/result.h"
#include "web/exchange.h"
#include "web/limits.h"

namespace schoolgate::web {

class HttpServer {
 public:
  explicit HttpServer(Responder& responder, const Limits& limits = {});
  ~HttpServer();  // stop()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds. Returns the port, which the system chose when 0 was asked for.
  base::Result<std::uint16_t> listen(const base::Endpoint& endpoint);
  base::Status listen_unix(const std::string& path);

  void run();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace schoolgate::web
