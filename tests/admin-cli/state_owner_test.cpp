#include "admin-cli/state_owner.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workplace.h"

namespace schoolgate::admin_cli {
namespace {

constexpr const char* kUser = "nobody";

// Becoming somebody else is for good, so each test does it in a process of its own.
template <class Work>
int exit_of(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

uid_t owner_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_uid : static_cast<uid_t>(-1);
}

class StateOwner : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become another";
    user_ = ::getpwnam(kUser);
    ASSERT_NE(user_, nullptr);
    std::filesystem::permissions(place_.path(""), std::filesystem::perms(0755));
  }
  void give_state() { ASSERT_EQ(::chown(place_.path("state").c_str(), user_->pw_uid, user_->pw_gid), 0); }

  Workplace place_;
  const passwd* user_ = nullptr;
};

TEST_F(StateOwner, WhatRootBuildsBelongsToTheOwnerOfTheState) {
  give_state();
  ASSERT_EQ(exit_of([this] { return place_.run({"lists", "build"}).exit; }), 0);
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place_.path("state"))) {
    EXPECT_EQ(owner_of(entry.path()), user_->pw_uid) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 5);
}

TEST_F(StateOwner, AFolderThatIsMissingOrRootsIsGivenToTheDaemonsUser) {
  for (const char* folder : {"state", "missing"}) {
    const std::string path = place_.path(folder);
    EXPECT_EQ(exit_of([&path] { return become_state_owner(path, kUser) ? 0 : 1; }), 0);
    EXPECT_EQ(owner_of(path), user_->pw_uid) << folder;
  }
}

TEST_F(StateOwner, NothingOfRootIsLeft) {
  give_state();
  const auto work = [this] {
    if (!become_state_owner(place_.path("state"), "root")) return 1;
    gid_t groups[64];
    const int count = ::getgroups(64, groups);
    for (int i = 0; i < count; ++i) {
      if (groups[i] == 0) return 2;
    }
    return ::geteuid() == user_->pw_uid && ::getegid() == user_->pw_gid && ::setuid(0) != 0 ? 0 : 3;
  };
  EXPECT_EQ(exit_of(work), 0);
}

TEST_F(StateOwner, WithoutSuchAUserRootStays) {
  const auto work = [this] {
    return become_state_owner(place_.path("state"), "no-such-user-here") && ::geteuid() == 0 ? 0 : 1;
  };
  EXPECT_EQ(exit_of(work), 0);
  EXPECT_EQ(owner_of(place_.path("state")), 0U);
}

}  // namespace
}  // namespace schoolgate::admin_cli
