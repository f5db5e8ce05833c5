// Zone transfer from a real primary, NSD.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lists/fetch/zone_transfer.h"
#include "lists/formats/rpz.h"
#include "tests/lists/fetch/nsd_primary.h"
#include "tests/lists/fetch/tsig_peer.h"
#include "tests/lists/recording_sink.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;
using How = ZoneTransferred::How;

class TransferFromNsd : public testing::Test {
 protected:
  ZoneTransferRequest request(const NsdPrimary& nsd, const std::string& scheme,
                              std::optional<TsigAlgorithm> algorithm = {}) const {
    ZoneTransferRequest request;
    request.source = *dns::parse_zone_source(fmt::format("{}://127.0.0.1:{}/rpz.example", scheme, nsd.port()));
    if (algorithm) request.key = tsig_key(*algorithm);
    request.path = folder_.file("zone");
    return request;
  }
  // Until the primary has the version; while it reloads, NSD may drop a connection.
  static base::Result<ZoneTransferred> transfer_version(const ZoneTransferRequest& request, unsigned serial) {
    for (int i = 0;; ++i) {
      auto outcome = transfer_zone(request);
      const bool is_late = outcome ? outcome->serial != serial : outcome.error().code() == ErrorCode::kUnavailable;
      if (!is_late || i == 500) return outcome;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  // The names that the file blocks, in order, with a blank after each.
  std::string blocked() const {
    RecordingSink sink;
    parse_rpz(folder_.read("zone"), sink);
    std::string names;
    for (const std::string& event : sink.events) {
      const auto at = event.find(": exact "), end = event.rfind(" nxdomain");
      if (at != std::string::npos && end != std::string::npos) names += event.substr(at + 8, end - at - 8) + ' ';
    }
    EXPECT_EQ(sink.rejected, 0);
    return names;
  }

  support::TemporaryFolder folder_;
};

TEST_F(TransferFromNsd, WholeAndThenWhatChanged) {
  for (const std::string& access : {std::string("NOKEY"), std::string("school.key")}) {
    std::filesystem::remove(folder_.file("zone"));
    NsdPrimary nsd("hmac-sha256", kTsigSecret, access);
    nsd.write_zone(1, {"a.example", "b.example", "c.example"});
    ASSERT_TRUE(nsd.start()) << nsd.log();
    const auto asked =
        request(nsd, "ixfr", access == "NOKEY" ? std::nullopt : std::optional(TsigAlgorithm::kHmacSha256));
    const auto first = transfer_zone(asked);
    ASSERT_TRUE(first) << first.error().message();
    EXPECT_EQ(first->how, How::kWhole);
    EXPECT_EQ(blocked(), "a.example b.example c.example ");
    EXPECT_EQ(transfer_zone(asked)->how, How::kUnchanged);
    nsd.write_zone(2, {"b.example", "c.example", "d.example"});
    nsd.reload();
    const auto second = transfer_version(asked, 2);
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_EQ(second->how, How::kChanges) << second->why_whole;
    EXPECT_EQ(second->serial, 2U);
    EXPECT_EQ(blocked(), "b.example c.example d.example ");
  }
}

TEST_F(TransferFromNsd, WholeEachTime) {
  NsdPrimary nsd("hmac-sha512", kTsigSecret, "school.key");
  nsd.write_zone(1, {"a.example"});
  ASSERT_TRUE(nsd.start()) << nsd.log();
  const auto asked = request(nsd, "axfr", TsigAlgorithm::kHmacSha512);
  ASSERT_TRUE(transfer_zone(asked));
  EXPECT_EQ(blocked(), "a.example ");
  nsd.write_zone(2, {"b.example"});
  nsd.reload();
  const auto second = transfer_version(asked, 2);
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_EQ(second->how, How::kWhole);
  EXPECT_EQ(blocked(), "b.example ");
}

TEST_F(TransferFromNsd, SaysWhyItIsRefused) {
  NsdPrimary nsd("hmac-sha256", kTsigSecret, "school.key");
  nsd.write_zone(1, {"a.example"});
  ASSERT_TRUE(nsd.start()) << nsd.log();
  const auto refused = [&](std::optional<TsigKey> key) {
    auto asked = request(nsd, "axfr");
    asked.key = std::move(key);
    const auto outcome = transfer_zone(asked);
    if (outcome) return std::string("transferred");
    EXPECT_EQ(outcome.error().code(), ErrorCode::kForbidden);
    return outcome.error().message().substr(asked.source.text.size());
  };
  EXPECT_EQ(
      refused(std::nullopt),
      ": AXFR: the primary answers REFUSED: it must allow transfers of the zone to this machine, or to its TSIG key");
  EXPECT_EQ(refused(tsig_key(TsigAlgorithm::kHmacSha256, "another secret..")),
            ": SOA: the primary has another secret for the TSIG key 'school.key'");
  TsigKey unknown = tsig_key();
  unknown.name = *dns::Name::parse("other.key");
  EXPECT_EQ(refused(unknown), ": SOA: the primary does not know the TSIG key 'other.key'");
  auto elsewhere = request(nsd, "axfr");
  elsewhere.source.zone = *dns::Name::parse("nowhere.example");
  EXPECT_FALSE(transfer_zone(elsewhere));
  EXPECT_FALSE(std::filesystem::exists(folder_.file("zone")));
}

// NSD signs but every 96th message of a long transfer.
TEST_F(TransferFromNsd, OfManyMessagesIsWhole) {
  constexpr int kNames = 400'000;
  NsdPrimary nsd("hmac-sha256", kTsigSecret, "school.key");
  std::vector<std::string> names;
  for (int i = 0; i < kNames; ++i) names.push_back(fmt::format("n{}.bad.example", i));
  nsd.write_zone(1, names);
  ASSERT_TRUE(nsd.start()) << nsd.log();
  const auto outcome = transfer_version(request(nsd, "axfr", TsigAlgorithm::kHmacSha256), 1);
  ASSERT_TRUE(outcome) << outcome.error().message();
  RecordingSink sink;
  parse_rpz(folder_.read("zone"), sink);
  EXPECT_EQ(sink.rules, kNames);
  EXPECT_EQ(sink.rejected, 0);
}

}  // namespace
}  // namespace schoolgate::lists
