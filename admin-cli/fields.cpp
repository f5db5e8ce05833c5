#include "admin-cli/fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace schoolgate::admin_cli {
namespace {

using web::Json;

const Json& find(const Json& json, const char* key) {
  static const Json kAbsent;
  if (!json.is_object()) return kAbsent;
  const auto found = json.find(key);
  return found == json.end() ? kAbsent : *found;
}

}  // namespace

std::string text_of(const Json& json, const char* key) {
  const Json& value = find(json, key);
  return value.is_string() ? value.get<std::string>() : "";
}

std::uint64_t number_of(const Json& json, const char* key) {
  const Json& value = find(json, key);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

double decimal_of(const Json& json, const char* key) {
  const Json& value = find(json, key);
  return value.is_number() ? value.get<double>() : 0;
}

bool flag_of(const Json& json, const char* key) {
  const Json& value = find(json, key);
  return value.is_boolean() && value.get<bool>();
}

const Json& part_of(const Json& json, const char* key) {
  static const Json kEmpty = Json::array();
  const Json& value = find(json, key);
  return value.is_structured() ? value : kEmpty;
}

std::vector<std::string> texts_of(const Json& json, const char* key) {
  std::vector<std::string> texts;
  for (const Json& value : part_of(json, key)) {
    if (value.is_string()) texts.push_back(value.get<std::string>());
  }
  return texts;
}

std::string joined(const std::vector<std::string>& texts) { return fmt::format("{}", fmt::join(texts, ", ")); }

}  // namespace schoolgate::admin_cli
