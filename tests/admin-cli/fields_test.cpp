#include "admin-cli/fields.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace schoolgate::admin_cli {
namespace {

using web::Json;

TEST(Fields, AbsentAndOddlyTypedKeysAreEmpty) {
  const Json shapes = Json::array({Json(), Json(1), Json("x"), Json::array(), Json::object(), Json{{"key", nullptr}},
                                   Json{{"key", Json::object()}}});
  for (const Json& json : shapes) {
    EXPECT_EQ(text_of(json, "key"), "");
    EXPECT_EQ(number_of(json, "key"), 0u);
    EXPECT_EQ(decimal_of(json, "key"), 0);
    EXPECT_FALSE(flag_of(json, "key"));
    EXPECT_TRUE(part_of(json, "key").empty());
    EXPECT_TRUE(texts_of(json, "key").empty());
  }
}

TEST(Fields, ReadsWhatIsThere) {
  const Json json = Json::parse(R"({"t":"x","n":18446744073709551615,"d":1.5,"f":true,"l":["a",1,"b"],"o":{"k":"v"}})");
  EXPECT_EQ(text_of(json, "t"), "x");
  EXPECT_EQ(number_of(json, "n"), 18'446'744'073'709'551'615U);
  EXPECT_EQ(decimal_of(json, "d"), 1.5);
  EXPECT_TRUE(flag_of(json, "f"));
  EXPECT_EQ(texts_of(json, "l"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(text_of(part_of(json, "o"), "k"), "v");
  EXPECT_EQ(joined({"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(joined({}), "");
}

}  // namespace
}  // namespace schoolgate::admin_cli
