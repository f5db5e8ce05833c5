#include "lists/guard/guard.h"

#include <xxhash.h>

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

namespace schoolgate::lists {
namespace {

using filter::Reach;

constexpr const char* kOwn = "protected by the policy";
// Without the name: a list of top-level domains has hundreds of such rules, and they are counted by their reasons.
constexpr std::string_view kTooWide = "covers every name under a public suffix";
constexpr std::string_view kIfMeant = ": if that is meant, say may_block_suffixes = true of the list";

// What a name has to do with the protected ones; places in the vector of them.
struct Relation {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t itself = kNone;  // it is protected
  std::size_t below = kNone;   // the first protected name under it
};

}  // namespace

struct Guard::Index {
  Index(std::vector<ProtectedName> protected_names, PublicSuffixes public_suffixes)
      : names(std::move(protected_names)), suffixes(std::move(public_suffixes)) {
    concerned.add(suffixes.screen());
    above.add(suffixes.parents_screen());
    for (std::size_t place = 0; place < names.size(); ++place) add(place);
  }

  std::vector<ProtectedName> names;
  PublicSuffixes suffixes;
  // Of a million names nearly none has to do with any of this, and these say so: one of the name itself, one of those above.
  NameScreen concerned;
  NameScreen above;
  std::unordered_map<dns::Name, Relation> relations;
  std::unordered_set<dns::Name> above_popular;  // hosters' suffixes with popular names under them
  std::uint64_t fingerprint = 0;

  Relation& relation(const dns::Name& name) {
    concerned.add(name.wire());
    return relations[name];
  }

  void add(std::size_t place) {
    const dns::Name& name = names[place].name;
    relation(name).itself = place;
    if (names[place].and_below) above.add(name.wire());
    for (dns::Name over = name.parent(); !over.is_root(); over = over.parent()) {
      Relation& known = relation(over);
      if (known.below == Relation::kNone) known.below = place;
    }
  }

  void add_popular(const dns::Name& name) {
    for (dns::Name over = name.lowered().parent(); !over.is_root(); over = over.parent()) {
      if (suffixes.kind_of(over) == PublicSuffixes::Kind::kHoster) above_popular.insert(over);
    }
  }

  bool may_concern(const dns::Name& name) const {
    if (concerned.may_have(name.wire())) return true;
    for (auto wire = parent_of(name.wire()); wire.size() > 1; wire = parent_of(wire)) {
      if (above.may_have(wire)) return true;
    }
    return false;
  }

  const Relation* find(std::span<const std::uint8_t> wire) const {
    const auto found = relations.find(*dns::Name::from_wire(wire));
    return found == relations.end() ? nullptr : &found->second;
  }

  // The protected name that a rule would block; nullptr when there is none.
  const ProtectedName* find_blocked(Reach reach, const dns::Name& name) const {
    if (const Relation* own = find(name.wire())) {
      const bool has_itself =
          own->itself != Relation::kNone && (reach != Reach::kSubdomains || names[own->itself].and_below);
      if (has_itself) return &names[own->itself];
      if (own->below != Relation::kNone && reach != Reach::kExact) return &names[own->below];
    }
    for (auto wire = parent_of(name.wire()); wire.size() > 1; wire = parent_of(wire)) {
      const Relation* over = find(wire);
      const bool has_all_below = over != nullptr && over->itself != Relation::kNone && names[over->itself].and_below;
      if (has_all_below) return &names[over->itself];
    }
    return nullptr;
  }

  bool is_too_wide(const dns::Name& name) const {
    const auto kind = suffixes.kind_of(name);
    return kind == PublicSuffixes::Kind::kRegistry ||
           (kind == PublicSuffixes::Kind::kHoster && above_popular.contains(name));
  }
};

Guard::Guard(std::vector<ProtectedName> names, PublicSuffixes suffixes, const std::vector<dns::Name>& popular)
    : index_(std::make_unique<Index>(std::move(names), std::move(suffixes))) {
  std::string all = fmt::format("{:x}\n", index_->suffixes.fingerprint());
  for (const ProtectedName& one : index_->names) {
    all += fmt::format("{} {} {}\n", one.name.to_text(), one.and_below, one.why);
  }
  for (const dns::Name& name : popular) index_->add_popular(name);
  index_->fingerprint = XXH3_64bits(all.data(), all.size());
  for (const dns::Name& name : index_->above_popular) index_->fingerprint ^= dns::hash(name.wire());  // in any order
}

Guard::Guard(Guard&&) noexcept = default;
Guard& Guard::operator=(Guard&&) noexcept = default;
Guard::~Guard() = default;

base::Result<Guard> Guard::read(const std::string& data_folder, const std::vector<dns::Name>& own,
                                const std::vector<dns::Name>& popular) {
  auto names = read_guard(guard_path(data_folder));
  if (!names) return names.error();
  auto suffixes = PublicSuffixes::read();
  if (!suffixes) return suffixes.error();
  for (const dns::Name& name : own) names->push_back({name.lowered(), true, kOwn});
  return Guard(std::move(*names), std::move(*suffixes), popular);
}

std::string Guard::why_set_aside(Reach reach, filter::Exception exception, const dns::Name& name,
                                 Suffixes suffixes) const {
  if (exception == filter::Exception::kYes) return {};
  const dns::Name lowered = name.lowered();
  if (lowered.is_root() || !index_->may_concern(lowered)) return {};
  if (suffixes == Suffixes::kSetAside && reach != Reach::kExact && index_->is_too_wide(lowered)) {
    return std::string(kTooWide) += kIfMeant;
  }
  const ProtectedName* blocked = index_->find_blocked(reach, lowered);
  return blocked == nullptr ? "" : why_protected(*blocked);
}

std::string Guard::why_not_by_hand(Reach reach, const dns::Name& name) const {
  if (reach != Reach::kExact && index_->is_too_wide(name.lowered())) return std::string(kTooWide);
  return why_set_aside(reach, filter::Exception::kNo, name, Suffixes::kMayBeBlocked);
}

const std::vector<ProtectedName>& Guard::names() const { return index_->names; }

std::uint64_t Guard::fingerprint() const { return index_->fingerprint; }

std::string guard_path(const std::string& data_folder) { return data_folder + "/guard.toml"; }

}  // namespace schoolgate::lists
