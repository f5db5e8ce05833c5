#include "lists/opaque/opaque_key.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "filter/image_builder.h"
#include "filter/rules/opaque_rules.h"
#include "tests/lists/full_disk.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;
using filter::OpaqueKey;
using support::TemporaryFolder;

class OpaqueKeyTest : public testing::Test {
 protected:
  base::Result<OpaqueKey> read() const { return read_opaque_key(state_.path()); }
  base::Result<OpaqueKey> take() const { return take_opaque_key(state_.path()); }
  std::string path() const { return opaque_key_path(state_.path()); }
  mode_t mode() const {
    struct stat status {};
    return ::stat(path().c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }
  void put(std::string_view octets) const {
    std::filesystem::remove(path());  // read-only
    state_.write("opaque.key", octets);
    ::chmod(path().c_str(), 0400);
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(state_.path()), {}));
  }

  TemporaryFolder state_;
};

TEST_F(OpaqueKeyTest, IsMadeOnceForItsOwnerAlone) {
  EXPECT_EQ(read().error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(files(), 0u) << "reading makes none";
  const auto made = take();
  ASSERT_TRUE(made) << made.error().message();
  EXPECT_EQ(mode(), 0400u);
  EXPECT_EQ(state_.read("opaque.key"), std::string(made->begin(), made->end()));
  EXPECT_EQ(*take(), *made);
  EXPECT_EQ(*read(), *made);
  EXPECT_EQ(files(), 1u);
}

TEST_F(OpaqueKeyTest, IsAnotherInEachFolder) {
  const TemporaryFolder other;
  EXPECT_NE(*take(), *take_opaque_key(other.path()));
}

TEST_F(OpaqueKeyTest, OfManyBuildersAtOnceAllHaveTheSame) {
  std::vector<OpaqueKey> keys(8);
  {
    std::vector<std::jthread> builders;
    for (OpaqueKey& key : keys) builders.emplace_back([&] { key = take().value_or(OpaqueKey{}); });
  }
  EXPECT_EQ(std::set<OpaqueKey>(keys.begin(), keys.end()), std::set<OpaqueKey>{*read()});
  EXPECT_EQ(files(), 1u);
}

TEST_F(OpaqueKeyTest, OneOfAnotherLengthIsRefusedAndStays) {
  for (const std::size_t length : {0, 15, 17, 4096}) {
    const std::string octets(length, 'k');
    put(octets);
    for (const auto& key : {read(), take()}) {
      ASSERT_FALSE(key) << length;
      EXPECT_EQ(key.error().code(), ErrorCode::kDamaged);
      EXPECT_EQ(key.error().message(),
                path() + ": is " + std::to_string(length) +
                    " octets long, and the key of the opaque lists has 16: put the right one back, or remove it and "
                    "build the lists again (schoolgate lists build)");
    }
    EXPECT_EQ(state_.read("opaque.key"), octets);
  }
}

TEST_F(OpaqueKeyTest, OneThatOthersMayReadBuildsNothingButOpensWhatIsThere) {
  const auto made = take();
  ASSERT_TRUE(made);
  for (const mode_t open : {0440, 0404, 0644, 0420, 0401}) {
    ASSERT_EQ(::chmod(path().c_str(), open), 0);
    const auto taken = take();
    ASSERT_FALSE(taken) << open;
    EXPECT_EQ(taken.error().code(), ErrorCode::kForbidden);
    EXPECT_TRUE(taken.error().message().starts_with(
        fmt::format("{}: its mode {:04o} lets others read or write the key of the opaque lists, and should be 0400: "
                    "chmod 0400 it; ",
                    path(), open)))
        << taken.error().message();
    EXPECT_EQ(*read(), *made);
  }
  for (const mode_t closed : {0400, 0600, 0700}) {
    ASSERT_EQ(::chmod(path().c_str(), closed), 0);
    EXPECT_TRUE(take()) << closed;
  }
}

TEST_F(OpaqueKeyTest, WhatIsNoFileIsRefusedAtOnce) {
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  ::alarm(10);  // ends the test program rather than never
  EXPECT_EQ(take().error().message(), path() + ": is a FIFO, and should be a file");
  ::alarm(0);
}

// Root may read everything, so a child of another user asks.
TEST_F(OpaqueKeyTest, IsNotForOtherUsers) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  ASSERT_TRUE(take());
  ::chmod(state_.path().c_str(), 0755);
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (::setresuid(kNobody, kNobody, kNobody) != 0) ::_exit(2);
    const auto key = read();
    ::_exit(!key && key.error().code() == ErrorCode::kForbidden ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(OpaqueKeyTest, OnAFullDiskThereIsNoneAndItIsSaid) {
  std::optional<base::Result<OpaqueKey>> key;
  {
    const FullDisk full(4);
    key = take();
  }
  ASSERT_FALSE(*key);
  EXPECT_EQ(key->error().message(), "the key of the opaque lists: cannot write " + path() + ": File too large");
  EXPECT_EQ(files(), 0u) << "no half of one either";
}

class OpenImage : public OpaqueKeyTest {
 protected:
  std::string build(bool opaque) const {
    filter::TagTable tags;
    filter::Tag gambling;
    gambling.number = 3;
    gambling.id = "gambling";
    EXPECT_TRUE(tags.add(gambling));
    filter::ImageBuilder builder(tags);
    builder.set_opaque_key(*take());
    const auto list = builder.add_list({"secret", 3, "v1", "secret.txt", opaque});
    builder.add_name(list, filter::Reach::kBoth, filter::Exception::kNo, *dns::Name::parse("bad.example"), 1, "bad");
    EXPECT_TRUE(builder.write(image()));
    return image();
  }
  std::string image() const { return state_.file("filter.image"); }
  base::Result<std::shared_ptr<const filter::Image>> open() const { return open_image(image(), state_.path()); }
};

TEST_F(OpenImage, TakesTheKeyOfTheStateFolder) {
  build(true);
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_TRUE((*opened)->lists()[0].opaque);
}

TEST_F(OpenImage, WithoutOpaqueListsNoKeyMatters) {
  build(false);
  std::filesystem::remove(path());
  EXPECT_TRUE(open());
  put("too short");
  EXPECT_TRUE(open());
  EXPECT_FALSE(std::filesystem::exists(image() + ".key"));
}

TEST_F(OpenImage, SaysWhichKeyIsWrongAndWhatToDo) {
  build(true);
  const std::string advice =
      "): put the key back that they were made with, or build the lists again (schoolgate lists build)";
  const auto expect = [&](const std::string& message) {
    const auto opened = open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), ErrorCode::kForbidden);
    EXPECT_EQ(opened.error().message(), message + advice);
  };
  const std::string right = state_.read("opaque.key");
  put(std::string(16, 'x'));
  expect(image() + ": its opaque lists were made with another key (" + path() + " is not the one");
  std::filesystem::remove(path());
  expect(image() + ": it has opaque lists, and no key was given to read them (cannot open " + path() +
         ": No such file or directory");
  put(right);
  EXPECT_TRUE(open());
}

TEST_F(OpenImage, SaysNothingOfKeysWhenTheImageIsWrong) {
  EXPECT_EQ(open().error().code(), ErrorCode::kNotFound);
  state_.write("filter.image", "no image");
  EXPECT_EQ(open().error().code(), ErrorCode::kDamaged);
  EXPECT_EQ(open().error().message().find("key"), std::string::npos) << open().error().message();
}

}  // namespace
}  // namespace schoolgate::lists
