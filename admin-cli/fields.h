// Reading what the daemon said, without trusting its shape: a key that is absent or of another type is empty.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "web/json.h"

namespace schoolgate::admin_cli {

std::string text_of(const web::Json& json, const char* key);
std::uint64_t number_of(const web::Json& json, const char* key);
double decimal_of(const web::Json& json, const char* key);
bool flag_of(const web::Json& json, const char* key);
const web::Json& part_of(const web::Json& json, const char* key);  // an object or array; else an empty one
std::vector<std::string> texts_of(const web::Json& json, const char* key);
std::string joined(const std::vector<std::string>& texts);  // "a, b, c"

}  // namespace schoolgate::admin_cli
