// ListeningSocket: a bound, listening, non-blocking stream socket, TCP or Unix. Bound while the process may still be
// root; served later.
//
// Thread contract: a value of one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ip_address.h"
#include "base/result.h"
#include "web/exchange.h"

namespace schoolgate::web {

// What accept() gave. `socket` is the caller's to close.
struct Accepted {
  int socket = -1;
  Peer peer;
};

class ListeningSocket {
 public:
  // kInUse when the port is taken, kForbidden when the system does not let us; both say which address.
  static base::Result<ListeningSocket> bind_tcp(const base::Endpoint& endpoint);
  // A socket file of mode 0660. One that a dead process left is removed; a living one is kInUse; anything else than a
  // socket at that path is left alone and is kInvalid.
  static base::Result<ListeningSocket> bind_unix(const std::string& path);

  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&& other) noexcept;
  ~ListeningSocket();  // a Unix socket's file goes too

  int descriptor() const { return descriptor_; }
  // The next connection. Absent when none waits (would_retry_later() false), or when the system is out of descriptors
  // or memory for now (true): come back later, do not spin.
  std::optional<Accepted> accept();
  bool would_retry_later() const { return retry_later_; }

  std::uint16_t port() const;  // the one given by the system when 0 was asked for; 0 for a Unix socket
  const std::string& text() const { return text_; }  // "127.0.0.1:80", "/run/x.sock"

 private:
  ListeningSocket(int descriptor, std::string text, std::string path);
  int descriptor_ = -1;
  bool retry_later_ = false;
  std::string text_;
  std::string path_;  // of a Unix socket
};

}  // namespace schoolgate::web
