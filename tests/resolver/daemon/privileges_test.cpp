// What can be tried without becoming another user for good: the rest is in tests/end_to_end/test_hardening.py.
#include "resolver/daemon/privileges.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temporary_folder.h"

namespace schoolgate::daemon {
namespace {

using base::ErrorCode;

TEST(Privileges, NothingToDropWhenNotRoot) {
  if (::geteuid() == 0) {
    EXPECT_EQ(find_user("no-such-user").error().code(), ErrorCode::kNotFound);
    EXPECT_EQ(find_user("root").error().code(), ErrorCode::kInvalid);
    EXPECT_NE((*find_user("nobody"))->uid, 0u);
  } else {
    EXPECT_EQ(*find_user("no-such-user"), std::nullopt);
  }
}

TEST(Privileges, TheFolderIsMadeAndGivenAway) {
  const support::TemporaryFolder folder;
  const std::string path = folder.file("a/b");
  const auto owner = find_user("nobody");
  ASSERT_TRUE(owner);
  ASSERT_TRUE(own_folder(path, *owner));
  struct stat made {};
  ASSERT_EQ(::stat(path.c_str(), &made), 0);
  EXPECT_EQ(made.st_uid, *owner ? (*owner)->uid : ::geteuid());
}

TEST(Privileges, AFileWhereTheFolderShouldBeIsSaid) {
  const support::TemporaryFolder folder;
  folder.write("state", "");
  const auto owned = own_folder(folder.file("state"), std::nullopt);
  ASSERT_FALSE(owned);
  EXPECT_NE(owned.error().message().find(folder.file("state")), std::string::npos);
}

}  // namespace
}  // namespace schoolgate::daemon
