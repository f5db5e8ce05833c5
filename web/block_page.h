// BlockPage: what a browser sees under a name that is blocked. Teaches, never tells off: what was asked for, why it is
// closed in plain words, what to do next, and who can help. The answer is 403 for any host, path and method.
//
// Thread contract: as the Service behind it; keeps nothing between requests.
#pragma once

#include "web/exchange.h"
#include "web/service.h"

namespace schoolgate::web {

class BlockPage final : public Responder {
 public:
  explicit BlockPage(Service& service);

  Response handle(const Request& request) override;
  Response refuse(unsigned status) override;

 private:
  Service& service_;
};

}  // namespace schoolgate::web
