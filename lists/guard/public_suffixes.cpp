#include "lists/guard/public_suffixes.h"

#include <libpsl.h>
#include <xxhash.h>

#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/file.h"
#include "dns/idn.h"
#include "lists/formats/lines.h"

namespace schoolgate::lists {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kMostBytes = std::size_t{16} << 20;

struct Free {
  void operator()(psl_ctx_t* database) const { psl_free(database); }
};

}  // namespace

// libpsl takes half a microsecond to say no, and lists have millions of names: the names that the file mentions are known here
// too, by their hashes, and libpsl is asked about those only. It has the last word: on exceptions, and on what is which section.
struct PublicSuffixes::Database {
  std::unique_ptr<psl_ctx_t, Free> list;
  NameScreen suffixes;
  NameScreen parents;  // of "*.ck": each name right below "ck" may be one
  std::unordered_set<std::uint64_t> mentioned;
  std::uint64_t fingerprint = 0;

  void screen(std::string_view rule) {
    const bool is_wildcard = rule.starts_with("*.");
    if (is_wildcard) rule.remove_prefix(2);
    const auto ascii = dns::is_ascii(rule) ? base::Result<std::string>(std::string(rule)) : dns::to_a_labels(rule);
    const auto name = ascii ? dns::Name::parse(*ascii) : ascii.error();
    if (!name) return;
    (is_wildcard ? parents : suffixes).add(name->lowered().wire());
    mentioned.insert(dns::hash(name->lowered().wire()));
  }
};

PublicSuffixes::PublicSuffixes(std::unique_ptr<Database> database) : database_(std::move(database)) {}
PublicSuffixes::PublicSuffixes(PublicSuffixes&&) noexcept = default;
PublicSuffixes& PublicSuffixes::operator=(PublicSuffixes&&) noexcept = default;
PublicSuffixes::~PublicSuffixes() = default;

std::string PublicSuffixes::default_path() { return "/usr/share/publicsuffix/public_suffix_list.dat"; }

base::Result<PublicSuffixes> PublicSuffixes::read(const std::string& path) {
  const auto text = base::read_file(path, kMostBytes);
  if (!text) return text.error().within("public suffixes (Debian's package publicsuffix)");
  auto database = std::make_unique<Database>();
  database->list.reset(psl_load_file(path.c_str()));
  if (database->list == nullptr || psl_suffix_count(database->list.get()) == 0) {
    return Error(ErrorCode::kDamaged, path + ": no list of public suffixes");
  }
  database->fingerprint = XXH3_64bits(text->data(), text->size());
  LineReader lines(*text);
  while (const auto line = lines.next()) {
    // A rule is the first word of its line; "!x" is an exception, and "//" begins a comment.
    const std::string_view rule = line->text.substr(0, line->text.find_first_of(" \t"));
    if (!rule.empty() && !rule.starts_with("//") && !rule.starts_with('!')) database->screen(rule);
  }
  return PublicSuffixes(std::move(database));
}

const NameScreen& PublicSuffixes::screen() const { return database_->suffixes; }
const NameScreen& PublicSuffixes::parents_screen() const { return database_->parents; }

std::uint64_t PublicSuffixes::fingerprint() const { return database_->fingerprint; }

PublicSuffixes::Kind PublicSuffixes::kind_of(const dns::Name& name) const {
  if (name.is_root()) return Kind::kNone;
  const auto is_mentioned = [this](auto wire) { return database_->mentioned.contains(dns::hash(wire)); };
  if (!is_mentioned(name.wire()) && !database_->parents.may_have(parent_of(name.wire()))) return Kind::kNone;
  const std::string text = name.to_text();
  // Without the rule "*" that makes a suffix of every word.
  const auto is = [&](int section) {
    return psl_is_public_suffix2(database_->list.get(), text.c_str(), section | PSL_TYPE_NO_STAR_RULE) == 1;
  };
  if (is(PSL_TYPE_ICANN)) return Kind::kRegistry;
  return is(PSL_TYPE_PRIVATE) ? Kind::kHoster : Kind::kNone;
}

}  // namespace schoolgate::lists
