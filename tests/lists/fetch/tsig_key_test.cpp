#include "lists/fetch/tsig_key.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {
namespace {

using base::ErrorCode;

constexpr const char* kSecret = "MDEyMzQ1Njc4OWFiY2RlZg==";  // 0123456789abcdef

class ReadTsigKey : public testing::Test {
 protected:
  std::string put(std::string_view text, mode_t mode = 0600) const {
    const std::string path = folder_.write("tsig.key", text);
    ::chmod(path.c_str(), mode);
    return path;
  }
  base::Result<TsigKey> read(std::string_view text, mode_t mode = 0600) const {
    return read_tsig_key("School.Key", "hmac-sha256", put(text, mode));
  }

  support::TemporaryFolder folder_;
};

TEST_F(ReadTsigKey, ReadsNameAlgorithmAndSecret) {
  const auto key = read(kSecret);
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(key->name.to_text(), "school.key");
  EXPECT_EQ(key->algorithm, TsigAlgorithm::kHmacSha256);
  EXPECT_EQ(std::string(key->secret.begin(), key->secret.end()), "0123456789abcdef");
  EXPECT_EQ(read(std::string(" ") + kSecret + " \r\n")->secret, key->secret);
  EXPECT_EQ(read_tsig_key("k", "hmac-sha512", put(kSecret))->algorithm, TsigAlgorithm::kHmacSha512);
}

TEST_F(ReadTsigKey, RefusesAFileThatOthersMayRead) {
  for (const mode_t mode : {0644, 0604, 0641, 0602, 0660, 0620}) {
    const auto key = read(kSecret, mode);
    ASSERT_FALSE(key) << mode;
    EXPECT_EQ(key.error().code(), ErrorCode::kForbidden);
    EXPECT_EQ(
        key.error().message(),
        fmt::format("{}: its mode {:04o} lets others read or change the secret of a TSIG key, and should be 0640 or "
                    "less: chmod 0640 it; if somebody may have read it, make a new key on the primary",
                    folder_.file("tsig.key"), mode));
  }
  for (const mode_t mode : {0640, 0600, 0440, 0400}) EXPECT_TRUE(read(kSecret, mode)) << mode;
}

TEST_F(ReadTsigKey, SaysWhatIsWrongWithoutTheSecret) {
  const std::string path = folder_.file("tsig.key");
  const std::string no_secret = path + ": is not one secret in base64 and nothing else";
  EXPECT_EQ(read("MDEy*Q1Njc4OWFiY2RlZg==").error().message(), no_secret);
  EXPECT_EQ(read(std::string(kSecret) + "\nx").error().message(), no_secret);
  EXPECT_EQ(read("key { secret \"MDEy\"; };").error().message(), no_secret);
  EXPECT_EQ(read("MDEyMw==").error().message(), path + ": a secret of 4 octets, and should have at least 16");
  EXPECT_EQ(read("").error().message(), path + ": a secret of 0 octets, and should have at least 16");
  EXPECT_EQ(read_tsig_key("k", "hmac-md5", path).error().message(),
            "TSIG algorithm 'hmac-md5' should be 'hmac-sha256' or 'hmac-sha512'");
  EXPECT_EQ(read_tsig_key(".", "hmac-sha256", path).error().message(), "TSIG key '.': names no key");
  EXPECT_EQ(read_tsig_key("a..b", "hmac-sha256", path).error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(read_tsig_key("k", "hmac-sha256", "/nowhere/key").error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace schoolgate::lists
