#include "lists/fetch/signature.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <array>

namespace schoolgate::lists {
namespace {

using Octets = std::basic_string<unsigned char>;

Octets octets(const std::string& text) { return Octets(text.begin(), text.end()); }

std::string base64(const Octets& data) {
  std::string text(sodium_base64_encoded_len(data.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  ::sodium_bin2base64(text.data(), text.size(), data.data(), data.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();
  return text;
}

// Signs as minisign's manual says; the real program is asked in tests/end_to_end/test_fetching.py.
class Minisign : public testing::Test {
 protected:
  Minisign() {
    EXPECT_GE(::sodium_init(), 0);
    ::crypto_sign_keypair(public_.data(), secret_.data());
  }
  std::string key() const { return base64(octets("Ed12345678") + Octets(public_.begin(), public_.end())); }
  Octets sign(const Octets& what) const {
    Octets signature(crypto_sign_BYTES, 0);
    ::crypto_sign_detached(signature.data(), nullptr, what.data(), what.size(), secret_.data());
    return signature;
  }
  std::string signature(const std::string& text, bool prehashed, const std::string& comment = "timestamp:1") const {
    Octets what = octets(text);
    if (prehashed) {
      Octets hash(crypto_generichash_BYTES_MAX, 0);
      ::crypto_generichash(hash.data(), hash.size(), what.data(), what.size(), nullptr, 0);
      what = hash;
    }
    const Octets signed_octets = sign(what);
    return "untrusted comment: signature\n" + base64(octets(prehashed ? "ED12345678" : "Ed12345678") + signed_octets) +
           "\ntrusted comment: " + comment + "\n" + base64(sign(signed_octets + octets(comment))) + "\n";
  }
  std::string error_of(const std::string& signature, const std::string& text) const {
    const auto status = verify_minisign(key(), signature, text);
    return status ? "" : status.error().message();
  }

  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> public_{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret_{};
};

constexpr const char* kList = "a.example\nb.example\n";

TEST_F(Minisign, AGoodSignatureOfBothKindsFits) {
  EXPECT_EQ(error_of(signature(kList, true), kList), "");
  EXPECT_EQ(error_of(signature(kList, false), kList), "");
  EXPECT_EQ(error_of(signature("", true), ""), "");
}

TEST_F(Minisign, AnotherListDoesNotFit) {
  for (const bool prehashed : {true, false}) {
    EXPECT_EQ(error_of(signature(kList, prehashed), "a.example\n"), "its signature does not fit");
  }
}

// Whoever changes the comment could pass an old list off as a new one.
TEST_F(Minisign, AnotherTrustedCommentDoesNotFit) {
  std::string changed = signature(kList, true);
  changed.replace(changed.find("timestamp:1"), 11, "timestamp:2");
  EXPECT_EQ(error_of(changed, kList), "the signature of its trusted comment does not fit");
}

TEST_F(Minisign, AnotherKeyIsSaid) {
  const std::string good = signature(kList, true);
  ::crypto_sign_keypair(public_.data(), secret_.data());
  EXPECT_EQ(error_of(good, kList), "its signature does not fit") << "of the same id";
  const auto other =
      verify_minisign(base64(octets("Ed87654321") + Octets(public_.begin(), public_.end())), good, kList);
  EXPECT_EQ(other.error().message(), "is signed with another key than the policy's");
}

TEST_F(Minisign, EveryFlippedOctetIsSeen) {
  const std::string good = signature(kList, true);
  const std::size_t begin = good.find('\n') + 1;
  for (std::size_t at = begin; at < good.size(); ++at) {
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    if (flipped[at] == '=' || good[at] == '=' || good[at] == '\n') continue;
    EXPECT_NE(error_of(flipped, kList), "") << at;
  }
}

TEST_F(Minisign, CutAnywhereItIsNone) {
  const std::string good = signature(kList, true);
  for (std::size_t size = 0; size + 1 < good.size(); ++size)
    EXPECT_NE(error_of(good.substr(0, size), kList), "") << size;
}

TEST_F(Minisign, LinesMayEndAsWindowsEndsThem) {
  std::string text;
  for (const char c : signature(kList, true)) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(error_of(text, kList), "");
}

TEST_F(Minisign, WhatIsNoKeyIsSaid) {
  EXPECT_TRUE(check_minisign_key(key()));
  for (const std::string& text :
       {std::string(), std::string("RWQ"), key() + "A", "XX" + key().substr(2), key().substr(1)}) {
    EXPECT_FALSE(check_minisign_key(text)) << text;
    EXPECT_FALSE(verify_minisign(text, signature(kList, true), kList)) << text;
  }
}

// FIPS 180-4.
TEST(Sha256, OfKnownTexts) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace schoolgate::lists
