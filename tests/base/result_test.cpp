#include "base/result.h"

#include <memory>
#include <type_traits>

namespace schoolgate::base {
namespace {

Result<int> parse_digit(char c) {
  if (c < '0' || c > '9') return Error(ErrorCode::kInvalid, std::string("'") + c + "' is not a digit");
  return c - '0';
}

TEST(Result, IsAValueOrAnError) {
  EXPECT_EQ(*parse_digit('7'), 7);
  const auto wrong = parse_digit('x');
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(wrong.error().message(), "'x' is not a digit");
}

TEST(Result, TakesCodeAndMessageInPlace) {
  const Result<std::string> refused(ErrorCode::kForbidden, "no");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kForbidden);
}

TEST(Result, CarriesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> made = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = std::move(*made);
  EXPECT_EQ(*taken, 3);
}

TEST(Status, IsDoneUnlessItSaysOtherwise) {
  EXPECT_TRUE(Status());
  EXPECT_FALSE(Status(ErrorCode::kDamaged, "torn"));
}

TEST(Error, GainsContextAtABorder) {
  const Error error = Error(ErrorCode::kDamaged, "checksum").within("image").within("start");
  EXPECT_EQ(error.message(), "start: image: checksum");
  EXPECT_EQ(error.code(), ErrorCode::kDamaged);
}

}  // namespace
}  // namespace schoolgate::base
