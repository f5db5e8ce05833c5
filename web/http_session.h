// One connection of the HttpServer: reads a request, has it answered, writes the answer, and again while it is kept
// alive. Everything that knows Beast is in http_session.cpp.
//
// Thread contract: the server's own thread only.
#pragma once

#include <functional>
#include <memory>

#include "web/exchange.h"
#include "web/limits.h"
#include "web/listening_socket.h"

namespace boost::asio {
class io_context;
}

namespace schoolgate::web {

class HttpSession {
 public:
  virtual ~HttpSession() = default;
  // Ends now when it waits for a request; after the answer when one is under way.
  virtual void finish() = 0;
};

// Owns the socket and keeps itself alive until the connection ends; then calls `ended`, once. `responder` and `limits`
// must outlive it.
std::shared_ptr<HttpSession> start_session(boost::asio::io_context& context, Accepted accepted, Responder& responder,
                                           const Limits& limits, std::function<void(HttpSession*)> ended);

}  // namespace schoolgate::web
