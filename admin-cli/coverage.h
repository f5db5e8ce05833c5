// What status and lists ls say of categories whose lists have too few names.
#pragma once

#include <string>

#include "admin-cli/screen.h"
#include "web/json.h"

namespace schoolgate::admin_cli {

// "! gambling: 12 names of at least 1,000: not covered", a line for each of `below_floor`; empty when there is none.
std::string below_floor_lines(const web::Json& answer, const Screen& screen);

}  // namespace schoolgate::admin_cli
