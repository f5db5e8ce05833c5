// Api: the HTTP and JSON interface under /api/v1, for the admin socket. Errors are {"error":{"code","message"}}.
//
// Thread contract: as the Service behind it; keeps nothing between requests.
#pragma once

#include <cstdint>
#include <set>

#include "web/exchange.h"
#include "web/service.h"

namespace schoolgate::web {

class Api final : public Responder {
 public:
  // Only peers whose uid the kernel vouches for and that is in `authorised` are answered; there is no other way in.
  Api(Service& service, std::set<std::uint32_t> authorised);

  Response handle(const Request& request) override;
  Response refuse(unsigned status) override;

 private:
  Service& service_;
  const std::set<std::uint32_t> authorised_;
};

}  // namespace schoolgate::web
