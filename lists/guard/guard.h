// Guard: which rules of a list are set aside, since they would block what a school must reach, or far more than anybody listed.
//
//     ||childline.org.uk^     "would block 'childline.org.uk', which is a helpline"
//     ||google.com^           "would block 'google.com', which is a search engine"
//     ||ads.google.com^       "": protected is the name alone
//     ||co.uk^                "covers every name under a public suffix: if that is meant, …"
//
// A public suffix of a hoster ("github.io") is set aside only when popular names are under it: what remains is what lists of
// dynamic DNS and of throw-away sites are about. An exception is never set aside.
//
// Thread contract: immutable once made; any number of threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "filter/rules/rule.h"
#include "lists/guard/guard_file.h"
#include "lists/guard/public_suffixes.h"

namespace schoolgate::lists {

class Guard {
 public:
  // A district may mean a list of whole top-level domains: it says so of that list, in the policy.
  enum class Suffixes { kSetAside, kMayBeBlocked };

  // The shipped guard of the data folder, and the system's public suffixes. `own` are the school's names, protected with
  // all below them; `popular` as of popular_names.h.
  static base::Result<Guard> read(const std::string& data_folder, const std::vector<dns::Name>& own,
                                  const std::vector<dns::Name>& popular);
  Guard(std::vector<ProtectedName> names, PublicSuffixes suffixes, const std::vector<dns::Name>& popular);
  Guard(Guard&&) noexcept;
  Guard& operator=(Guard&&) noexcept;
  ~Guard();

  // Why a rule is set aside; empty when it may go into force. In any case; some 50 ns.
  std::string why_set_aside(filter::Reach reach, filter::Exception exception, const dns::Name& name,
                            Suffixes suffixes = Suffixes::kSetAside) const;

  // The same of a rule that a person writes, who has no list to say may_block_suffixes of.
  std::string why_not_by_hand(filter::Reach reach, const dns::Name& name) const;

  const std::vector<ProtectedName>& names() const;
  // The same for guards that set aside the same rules for the same reasons, and by all odds for no others.
  std::uint64_t fingerprint() const;

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

std::string guard_path(const std::string& data_folder);

}  // namespace schoolgate::lists
