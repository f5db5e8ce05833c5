// A small taxonomy, and policies written as text, for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "dns/name.h"
#include "filter/rules/tag_table.h"
#include "policy/policy.h"

namespace schoolgate::policy::sample {

inline constexpr filter::TagNumber kChildAbuse = 1, kTerrorism = 2, kMalware = 3, kPhishing = 4, kGambling = 6,
                                   kGames = 7, kSocial = 8, kTiktok = 70, kTest = 130, kNews = 200, kEducation = 511;

inline filter::TagTable tags() {
  using filter::TagKind;
  filter::TagTable table;
  const auto add = [&table](filter::TagNumber number, const char* id, TagKind kind, bool locked, bool security) {
    EXPECT_TRUE(table.add({number, id, kind, locked, security}));
  };
  add(kChildAbuse, "child-abuse", TagKind::kCategory, true, false);
  add(kTerrorism, "terrorism", TagKind::kCategory, true, false);
  add(kMalware, "malware", TagKind::kCategory, false, true);
  add(kPhishing, "phishing", TagKind::kCategory, false, true);
  add(kGambling, "gambling", TagKind::kCategory, false, false);
  add(kGames, "games", TagKind::kCategory, false, false);
  add(kSocial, "social", TagKind::kCategory, false, false);
  add(kTiktok, "tiktok", TagKind::kService, false, false);
  add(kTest, "test", TagKind::kTrait, false, false);
  add(kNews, "news", TagKind::kCategory, false, false);
  add(kEducation, "education", TagKind::kCategory, false, false);
  return table;
}

inline filter::TagSet set(std::initializer_list<filter::TagNumber> numbers) {
  filter::TagSet set;
  for (const filter::TagNumber number : numbers) set.set(number);
  return set;
}

inline dns::Name name(std::string_view text) { return dns::Name::parse(text).value(); }

inline std::shared_ptr<const Policy> compile(std::string_view text) {
  auto settings = parse_policy(text, "policy.toml", tags());
  if (!settings) {
    ADD_FAILURE() << settings.error().message();
    settings = parse_policy("default_group = \"everyone\"", "policy.toml", tags());
  }
  return Policy::compile(std::move(*settings), tags());
}

// The message of the refusal, empty when the text is accepted.
inline std::string refusal(std::string_view text) {
  const auto settings = parse_policy(text, "p.toml", tags());
  return settings ? "" : settings.error().message();
}

}  // namespace schoolgate::policy::sample
