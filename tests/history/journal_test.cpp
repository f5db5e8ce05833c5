#include "history/journal.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <random>
#include <thread>

#include "tests/history/fixture.h"

namespace schoolgate::history {
namespace {

using base::ErrorCode;

std::unique_ptr<JournalRing> make_ring(const TemporaryFolder& folder, std::uint32_t slots) {
  return std::move(*JournalRing::create(folder.path(), {"node-a", "0123abcd", 3}, slots));
}

void expect_numbered(const std::vector<LookupRecord>& records, std::uint64_t first, std::size_t count) {
  ASSERT_EQ(records.size(), count);
  for (std::size_t i = 0; i < count; ++i) EXPECT_TRUE(is_numbered(records[i], first + i)) << "record " << first + i;
}

TEST(RingName, IsSafeAsAFileName) {
  EXPECT_EQ((RingName{"node-a.example", "0123abcd", 3}.to_text()), "node-a.example-0123abcd-3");
  EXPECT_EQ((RingName{"../../etc/passwd \n", "x/y", 0}.to_text()), ".._.._etc_passwd__-x_y-0");
  EXPECT_LT((RingName{std::string(1000, 'n'), "b", 0}.to_text().size()), 200u);
}

TEST(JournalRing, GivesBackWhatWasPublishedInOrder) {
  const TemporaryFolder folder;
  const auto ring = make_ring(folder, 16);
  EXPECT_TRUE(ring->is_mapped());
  EXPECT_EQ(ring->key(), "node-a-0123abcd-3");
  EXPECT_EQ(ring->node(), "node-a");
  EXPECT_EQ(ring->path(), folder.file("node-a-0123abcd-3.ring"));
  for (std::uint64_t i = 1; i <= 10; ++i) ring->publish(numbered(i));
  EXPECT_EQ(ring->waiting(), 10u);
  std::vector<LookupRecord> records;
  EXPECT_EQ(ring->read(0, 100, records), 10u);
  expect_numbered(records, 1, 10);
  records.clear();
  EXPECT_EQ(ring->read(4, 3, records), 7u);
  expect_numbered(records, 5, 3);
  records.clear();
  EXPECT_EQ(ring->read(10, 100, records), 10u);
  EXPECT_TRUE(records.empty());
}

TEST(JournalRing, ReadingReleasesNothing) {
  const TemporaryFolder folder;
  const auto ring = make_ring(folder, 4);
  ring->publish(numbered(1));
  std::vector<LookupRecord> records;
  ring->read(0, 100, records);
  EXPECT_EQ(ring->waiting(), 1u);
  ring->release(1);
  EXPECT_EQ(ring->waiting(), 0u);
  records.clear();
  EXPECT_EQ(ring->read(0, 100, records), 0u);
}

TEST(JournalRing, WrapsAroundManyTimes) {
  const TemporaryFolder folder;
  const auto ring = make_ring(folder, 8);
  std::uint64_t stored = 0;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    ring->publish(numbered(i));
    if (i % 7 != 0) continue;
    std::vector<LookupRecord> records;
    const std::uint64_t last = ring->read(stored, 100, records);
    expect_numbered(records, stored + 1, last - stored);
    ring->release(last);
    stored = last;
  }
  EXPECT_EQ(stored, 994u);
  EXPECT_EQ(ring->dropped(), 0u);
}

TEST(JournalRing, AShorterNameLeavesNothingOfTheLongerOneBefore) {
  const TemporaryFolder folder;
  const auto ring = make_ring(folder, 1);
  ring->publish(make_record("a-rather-long-name-that-was-here-before.example.org"));
  ring->release(1);
  const LookupRecord short_one = make_record("a.b");
  ring->publish(short_one);
  std::vector<LookupRecord> records;
  ring->read(1, 1, records);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(std::memcmp(&records[0], &short_one, sizeof short_one), 0);
}

TEST(JournalRing, AFullRingDropsAndCountsAndGoesOnWhenThereIsRoom) {
  const TemporaryFolder folder;
  const auto ring = make_ring(folder, 4);
  for (std::uint64_t i = 1; i <= 4; ++i) ring->publish(numbered(i));
  ring->publish(numbered(98));
  ring->publish(numbered(99));
  EXPECT_EQ(ring->dropped(), 2u);
  EXPECT_EQ(ring->waiting(), 4u);
  std::vector<LookupRecord> records;
  ring->read(0, 100, records);
  expect_numbered(records, 1, 4);
  ring->release(1);
  ring->publish(numbered(5));
  ring->publish(numbered(97));
  EXPECT_EQ(ring->dropped(), 3u);
  records.clear();
  EXPECT_EQ(ring->read(1, 100, records), 5u);
  expect_numbered(records, 2, 4);
}

TEST(JournalRing, CannotReleaseWhatWasNotPublished) {
  const TemporaryFolder folder;
  const auto ring = make_ring(folder, 4);
  ring->publish(numbered(1));
  ring->release(100);
  EXPECT_EQ(ring->waiting(), 0u);
  ring->publish(numbered(2));
  EXPECT_EQ(ring->waiting(), 1u);
  ring->release(1);  // never goes back
  EXPECT_EQ(ring->waiting(), 1u);
}

TEST(JournalRing, RefusesASizeThatIsNoPowerOfTwoAndANameTwice) {
  const TemporaryFolder folder;
  for (const std::uint32_t slots : {0u, 3u, 1000u, 1u << 31}) {
    EXPECT_EQ(JournalRing::create(folder.path(), {"n", "b", 0}, slots).error().code(), ErrorCode::kInvalid) << slots;
  }
  const auto ring = make_ring(folder, 4);
  EXPECT_EQ(JournalRing::create(folder.path(), {"node-a", "0123abcd", 3}, 4).error().code(), ErrorCode::kInUse);
}

TEST(JournalRing, WithoutAFileItIsInMemoryAndSaysWhy) {
  const auto ring = std::move(*JournalRing::create("/nonexistent-folder", {"n", "b", 0}, 4));
  EXPECT_FALSE(ring->is_mapped());
  EXPECT_EQ(ring->path(), "");
  EXPECT_NE(ring->problem().find("/nonexistent-folder/n-b-0.ring: No such file"), std::string::npos) << ring->problem();
  ring->publish(numbered(1));
  std::vector<LookupRecord> records;
  ring->read(0, 1, records);
  expect_numbered(records, 1, 1);
}

TEST(JournalRing, WithNoSpaceItIsInMemoryAndLeavesNoFile) {
  const TemporaryFolder folder;
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{4096, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  auto ring = JournalRing::create(folder.path(), {"n", "b", 0}, 1024);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_TRUE(ring);
  EXPECT_FALSE((*ring)->is_mapped());
  EXPECT_TRUE(files_in(folder.path()).empty());
  EXPECT_NE((*ring)->problem().find("cannot reserve space"), std::string::npos);
}

TEST(JournalRing, TheFileIsThereInFullFromTheStart) {
  const TemporaryFolder folder;
  const auto ring = make_ring(folder, 1024);
  struct stat status {};
  ASSERT_EQ(::stat(ring->path().c_str(), &status), 0);
  EXPECT_EQ(status.st_size, 4096 + 1024 * 512);
  EXPECT_GE(status.st_blocks * 512, status.st_size) << "a hole: a full disk would be SIGBUS";
}

TEST(JournalRing, OpensWhatAnotherLeft) {
  const TemporaryFolder folder;
  std::string path;
  {
    const auto ring = make_ring(folder, 8);
    path = ring->path();
    for (std::uint64_t i = 1; i <= 6; ++i) ring->publish(numbered(i));
    ring->release(4);
    for (std::uint64_t i = 7; i <= 13; ++i) ring->publish(numbered(i));
    EXPECT_EQ(ring->dropped(), 1u);
  }
  const auto ring = std::move(*JournalRing::open(path));
  EXPECT_EQ(ring->key(), "node-a-0123abcd-3");
  EXPECT_EQ(ring->path(), path);
  EXPECT_EQ(ring->waiting(), 8u);
  std::vector<LookupRecord> records;
  EXPECT_EQ(ring->read(0, 100, records), 12u);
  expect_numbered(records, 5, 8);
}

TEST(JournalRing, OpensAnEmptyOne) {
  const TemporaryFolder folder;
  const std::string path = make_ring(folder, 8)->path();
  const auto ring = std::move(*JournalRing::open(path));
  std::vector<LookupRecord> records;
  EXPECT_EQ(ring->read(0, 100, records), 0u);
  EXPECT_EQ(ring->waiting(), 0u);
}

// A slot whose bytes are not what its check says (a power cut) is passed over; its neighbours are not harmed.
TEST(JournalRing, PassesOverATornSlot) {
  const TemporaryFolder folder;
  std::string path;
  {
    const auto ring = make_ring(folder, 8);
    path = ring->path();
    for (std::uint64_t i = 1; i <= 6; ++i) ring->publish(numbered(i));
  }
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096 + 2 * 512 + 16 + 40);  // sequence 3, in the middle of the record
  file.put('!');
  file.close();
  const auto ring = std::move(*JournalRing::open(path));
  std::vector<LookupRecord> records;
  EXPECT_EQ(ring->read(0, 100, records), 2u);
  expect_numbered(records, 1, 2);
  records.clear();
  EXPECT_EQ(ring->read(2, 100, records), 6u);
  expect_numbered(records, 4, 3);
}

struct Damage {
  const char* name;
  std::size_t at;
  const char* says;
};
class DamagedRing : public testing::TestWithParam<Damage> {};

TEST_P(DamagedRing, IsRefused) {
  const TemporaryFolder folder;
  const std::string path = make_ring(folder, 8)->path();
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(GetParam().at));
  file.put('\x7f');
  file.close();
  const auto ring = JournalRing::open(path);
  ASSERT_FALSE(ring);
  EXPECT_EQ(ring.error().code(), ErrorCode::kDamaged);
  EXPECT_NE(ring.error().message().find(GetParam().says), std::string::npos) << ring.error().message();
  EXPECT_EQ(ring.error().message().find(path), 0u);
}

INSTANTIATE_TEST_SUITE_P(Journal, DamagedRing,
                         testing::Values(Damage{"magic", 0, "not a journal ring"},
                                         Damage{"version", 8, "another version"}, Damage{"size", 13, "damaged"},
                                         Damage{"node", 30, "damaged"}, Damage{"check", 155, "damaged"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(JournalRing, RefusesAFileOfTheWrongSize) {
  const TemporaryFolder folder;
  const std::string path = make_ring(folder, 8)->path();
  for (const std::uintmax_t size : {4096 + 7 * 512, 4096 + 9 * 512, 4096, 100, 0}) {
    std::filesystem::resize_file(path, size);
    const auto ring = JournalRing::open(path);
    ASSERT_FALSE(ring) << size;
    EXPECT_EQ(ring.error().code(), ErrorCode::kDamaged) << size;
  }
  EXPECT_EQ(JournalRing::open(folder.file("absent.ring")).error().code(), ErrorCode::kNotFound);
}

// Any header, any slots: an error or records, never a crash.
TEST(JournalRing, SurvivesRandomBytes) {
  const TemporaryFolder folder;
  std::mt19937 random(7);
  const std::string path = make_ring(folder, 8)->path();
  for (int round = 0; round < 300; ++round) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(160 + random() % (4096 + 8 * 512 - 160)));
    file.put(static_cast<char>(random()));
    file.close();
    const auto ring = JournalRing::open(path);
    std::vector<LookupRecord> records;
    if (ring) {
      EXPECT_LE((*ring)->read(0, 100, records), (*ring)->published());
    }
  }
}

// One publisher and one reader, a small ring, so that each runs into the other: what is read is whole and in order, and
// with the dropped ones it adds up. Run under ThreadSanitizer it shows that no byte is raced for.
TEST(JournalRing, PublisherAndReaderRunTogether) {
  constexpr std::uint64_t kPublished = 100'000;
  const TemporaryFolder folder;
  const auto ring = make_ring(folder, 64);
  std::atomic<bool> done = false;
  std::thread publisher([&] {
    for (std::uint64_t i = 1; i <= kPublished; ++i) {
      LookupRecord record = make_record("x.example.org", static_cast<std::int64_t>(i));
      record.duration_us = static_cast<std::uint32_t>(i);
      ring->publish(record);
    }
    done = true;
  });
  std::uint64_t count = 0;
  std::int64_t newest = 0;
  for (std::uint64_t position = 0;;) {
    const bool last_round = done;
    std::vector<LookupRecord> records;
    position = ring->read(position, 16, records);
    for (const LookupRecord& record : records) {
      ASSERT_GT(record.time_us, newest);
      ASSERT_EQ(record.duration_us, static_cast<std::uint32_t>(record.time_us));
      newest = record.time_us;
    }
    count += records.size();
    ring->release(position);
    if (last_round && records.empty()) break;
  }
  publisher.join();
  EXPECT_EQ(count + ring->dropped(), kPublished);
  EXPECT_GT(count, 0u);
}

// A child publishes until it is killed at a random moment. It says through shared memory how many of its publish() calls
// have returned: every one of them is in the file.
TEST(JournalRing, KeepsEveryPublishedRecordWhenKilled) {
  std::mt19937 random(11);
  for (int round = 0; round < 20; ++round) {
    const TemporaryFolder folder;
    auto* returned = static_cast<std::atomic<std::uint64_t>*>(
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    const pid_t child = ::fork();
    if (child == 0) {
      const auto ring = make_ring(folder, 256);
      for (std::uint64_t i = 1;; ++i) {
        if (i > 200) ring->release(i - 200);
        ring->publish(numbered(i));
        returned->store(i, std::memory_order_release);
      }
    }
    while (returned->load() == 0) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 5000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::uint64_t count = returned->load();
    ::munmap(returned, 4096);

    const auto ring = std::move(*JournalRing::open(folder.file("node-a-0123abcd-3.ring")));
    std::vector<LookupRecord> records;
    const std::uint64_t last = ring->read(0, 1000, records);
    EXPECT_GE(last, count);
    EXPECT_LE(last, count + 1);
    ASSERT_FALSE(records.empty());
    expect_numbered(records, last - records.size() + 1, records.size());
    EXPECT_GE(records.size(), std::min<std::uint64_t>(count, 199));
  }
}

}  // namespace
}  // namespace schoolgate::history
