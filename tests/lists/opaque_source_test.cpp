#include "lists/opaque_source.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/file.h"
#include "lists/opaque/opaque_copy.h"
#include "lists/opaque/opaque_key.h"
#include "lists/source/list_source.h"
#include "tests/lists/full_disk.h"
#include "tests/lists/no_guard.h"
#include "tests/lists/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;
using support::TemporaryFolder;

class ReadOpaqueSource : public testing::Test {
 protected:
  ReadOpaqueSource() { std::filesystem::create_directories(copy_folder(state_.path())); }
  Source source(const std::string& category = "child-abuse") const {
    return {"secret", category, folder_.file("secret.txt"), "auto", true};
  }
  base::Result<OpaqueReading> read() const { return read_opaque_source(source(), {no_guard(), state_.path()}); }
  OpaqueReading read_well() const {
    auto reading = read();
    if (!reading) ADD_FAILURE() << reading.error().message();
    return reading.value_or(OpaqueReading{});
  }
  void write(std::string_view text) const { folder_.write("secret.txt", text); }
  void lose_source() const { std::filesystem::remove(folder_.file("secret.txt")); }
  bool has(const std::string& file) const { return std::filesystem::exists(state_.file(file)); }
  std::string error() const {
    const auto reading = read();
    return reading ? "" : reading.error().message();
  }

  TemporaryFolder folder_;
  TemporaryFolder state_;
};

TEST_F(ReadOpaqueSource, AGoodOneIsHashedAndKeptAsHashes) {
  write("# a list\nHidden.example\n*.below.example\nhidden.example/path\n");
  const OpaqueReading reading = read_well();
  EXPECT_EQ(reading.report.problem, "");
  EXPECT_TRUE(reading.report.opaque);
  EXPECT_FALSE(reading.report.kept_copy);
  EXPECT_EQ(reading.report.rules, 2u);
  EXPECT_EQ(reading.report.skipped, 1u);
  ASSERT_TRUE(reading.key);
  EXPECT_EQ(*reading.key, *read_opaque_key(state_.path()));
  std::vector<filter::OpaqueRule> wanted = {
      filter::hash_rule(0, filter::Reach::kBoth, filter::Exception::kNo, *dns::Name::parse("hidden.example"), 2,
                        *reading.key),
      filter::hash_rule(0, filter::Reach::kSubdomains, filter::Exception::kNo, *dns::Name::parse("below.example"), 3,
                        *reading.key),
  };
  std::sort(wanted.begin(), wanted.end());
  EXPECT_EQ(reading.rules, wanted);
  EXPECT_TRUE(has("lists/secret.hashed"));
  EXPECT_FALSE(has("lists/secret"));
}

TEST_F(ReadOpaqueSource, ARejectedLineHasNumberAndReasonAlone) {
  write("good.example\nhidden.example/path\nhid..den.example\n" + std::string(70, 'h') + ".example\n");
  const ListReport report = read_well().report;
  EXPECT_EQ(report.rejected_count, 3u);
  ASSERT_EQ(report.rejected.size(), 3u);
  EXPECT_EQ(report.rejected[0].line, 2u);
  EXPECT_EQ(report.rejected[0].reason, "not enforceable by DNS: has a path");
  EXPECT_EQ(report.rejected[1].reason, "is not a domain name: a label is empty");
  EXPECT_EQ(report.rejected[2].reason, "is not a domain name: a label is longer than 63 octets");
  for (const filter::RejectedRule& rule : report.rejected) EXPECT_EQ(rule.text, "");
}

TEST_F(ReadOpaqueSource, TheVersionSaysNothingWithoutTheKey) {
  write("hidden.example\n");
  const std::string here = read_well().report.version;
  const TemporaryFolder elsewhere;
  std::filesystem::create_directories(copy_folder(elsewhere.path()));
  EXPECT_NE(here, read_opaque_source(source(), {no_guard(), elsewhere.path()})->report.version);
  EXPECT_EQ(here, read_well().report.version);
  write("other.example\n");
  EXPECT_NE(here, read_well().report.version);
}

TEST_F(ReadOpaqueSource, AVanishedOrEmptiedOneLeavesTheKeptHashesInForce) {
  write("hidden.example\nhidden.example/x\n");
  const OpaqueReading before = read_well();
  lose_source();
  const OpaqueReading vanished = read_well();
  EXPECT_EQ(vanished.rules, before.rules);
  EXPECT_EQ(vanished.key, before.key);
  EXPECT_TRUE(vanished.report.kept_copy && vanished.report.opaque);
  EXPECT_EQ(vanished.report.version, before.report.version);
  EXPECT_EQ(vanished.report.rejected_count, 1u);
  EXPECT_EQ(vanished.report.problem, "cannot open " + folder_.file("secret.txt") +
                                         ": No such file or directory; the last good copy is in force (rules: 1)");
  for (const char* emptied : {"", "# all gone\n", "<html>\n404\n</html>\n"}) {
    write(emptied);
    const OpaqueReading reading = read_well();
    EXPECT_EQ(reading.rules, before.rules) << emptied;
    EXPECT_NE(reading.report.problem.find("no rule in it"), std::string::npos) << reading.report.problem;
  }
  write("other.example\n");
  EXPECT_EQ(read_well().report.problem, "");
  EXPECT_NE(read_well().rules, before.rules);
}

TEST_F(ReadOpaqueSource, TheKeptOneTakesTheSettingsOfToday) {
  write("hidden.example\n");
  read_well();
  lose_source();
  const auto reading = read_opaque_source(source("terrorism"), {no_guard(), state_.path()});
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->report.category, "terrorism");
}

TEST_F(ReadOpaqueSource, ACopyInTheClearIsHashedAndGoes) {
  state_.write("lists/secret", "0.0.0.0 hidden.example\n");
  const OpaqueReading kept = read_well();
  EXPECT_EQ(kept.report.rules, 1u);
  EXPECT_TRUE(kept.report.kept_copy);
  EXPECT_EQ(kept.report.format, "hosts");
  EXPECT_TRUE(kept.report.problem.ends_with("; the last good copy is in force (rules: 1)")) << kept.report.problem;
  EXPECT_FALSE(has("lists/secret"));
  EXPECT_TRUE(has("lists/secret.hashed"));
  EXPECT_EQ(read_well().rules, kept.rules);

  state_.write("lists/secret", "old.example\n");
  write("new.example\n");
  EXPECT_EQ(read_well().report.problem, "");
  EXPECT_FALSE(has("lists/secret"));
}

TEST_F(ReadOpaqueSource, WithoutACopyItIsMissingAndMakesNoKey) {
  const OpaqueReading missing = read_well();
  EXPECT_TRUE(missing.rules.empty());
  EXPECT_FALSE(missing.key);
  EXPECT_TRUE(missing.report.problem.ends_with("; there is no earlier copy, so this list is missing"));
  write("com\n");
  EXPECT_EQ(read_well().report.version, "");
  EXPECT_FALSE(has("opaque.key"));
}

TEST_F(ReadOpaqueSource, ALostKeyIsMadeAgainOnlyWithTheSource) {
  write("hidden.example\n");
  const OpaqueReading before = read_well();
  const std::string key = state_.read("opaque.key");
  std::filesystem::remove(state_.file("opaque.key"));
  lose_source();
  EXPECT_EQ(error(), "cannot open " + folder_.file("secret.txt") +
                         ": No such file or directory; and what was kept of it cannot be used: cannot open " +
                         state_.file("opaque.key") +
                         ": No such file or directory; put the key or the source back and build again; until then the "
                         "image stays as it was");
  EXPECT_FALSE(has("opaque.key")) << "the old one may come back";
  EXPECT_TRUE(has("lists/secret.hashed"));

  state_.write("opaque.key", key);
  ::chmod(state_.file("opaque.key").c_str(), 0400);
  EXPECT_EQ(read_well().rules, before.rules);

  std::filesystem::remove(state_.file("opaque.key"));
  write("hidden.example\n");
  EXPECT_NE(read_well().rules, before.rules);
  lose_source();
  EXPECT_EQ(read_well().report.rules, 1u) << "what is kept goes with the new key";
}

TEST_F(ReadOpaqueSource, AnotherKeyOrADamagedCopyIsRefusedWithWords) {
  write("hidden.example\n");
  read_well();
  lose_source();
  state_.write("lists/secret.hashed", state_.read("lists/secret.hashed") + "x");
  EXPECT_NE(error().find(state_.file("lists/secret.hashed")), std::string::npos) << error();
  write("hidden.example\n");
  read_well();
  lose_source();
  std::filesystem::remove(state_.file("opaque.key"));
  state_.write("opaque.key", std::string(16, 'x'));
  EXPECT_NE(error().find("cannot be used: " + state_.file("opaque.key") + " does not fit: " +
                         state_.file("lists/secret.hashed") + ": its opaque lists were made with another key"),
            std::string::npos)
      << error();
}

TEST_F(ReadOpaqueSource, WithAnOpenKeyNothingIsHashed) {
  write("hidden.example\n");
  read_well();
  ::chmod(state_.file("opaque.key").c_str(), 0644);
  EXPECT_EQ(read().error().code(), ErrorCode::kForbidden);
  EXPECT_NE(error().find("chmod 0400"), std::string::npos) << error();
}

TEST_F(ReadOpaqueSource, OnAFullDiskItIsInForceAndTheCopyBeforeStays) {
  write("hidden.example\n");
  const OpaqueReading before = read_well();
  write("other.example\n");
  std::optional<base::Result<OpaqueReading>> reading;
  {
    const FullDisk full(100);
    reading = read();
  }
  ASSERT_TRUE(*reading);
  EXPECT_EQ((*reading)->report.rules, 1u);
  EXPECT_EQ((*reading)->report.problem, "in force, but no copy of it could be kept: cannot write " +
                                            state_.file("lists/secret.hashed") + ": File too large");
  lose_source();
  EXPECT_EQ(read_well().rules, before.rules);
}

TEST_F(ReadOpaqueSource, ItsCopyIsKnownAndRemoved) {
  EXPECT_FALSE(has_opaque_copy(source(), state_.path()));
  write("hidden.example\n");
  read_well();
  EXPECT_TRUE(has_opaque_copy(source(), state_.path()));
  remove_opaque_copy(source(), state_.path());
  EXPECT_FALSE(has_opaque_copy(source(), state_.path()));
}

}  // namespace
}  // namespace schoolgate::lists
