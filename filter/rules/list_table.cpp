#include "filter/rules/list_table.h"

namespace schoolgate::filter {
namespace {

constexpr unsigned kLockedTrait = 1;
constexpr unsigned kSecurityTrait = 2;

}  // namespace

void encode_tags(const TagTable& tags, std::string& out) {
  for (const Tag& tag : tags.tags()) {
    const unsigned traits = (tag.locked ? kLockedTrait : 0) | (tag.security ? kSecurityTrait : 0);
    append(out, tag.number);
    append(out, static_cast<std::uint8_t>(tag.kind));
    append(out, static_cast<std::uint8_t>(traits));
    append_text(out, tag.id);
  }
}

bool parse_tags(Octets octets, TagTable& tags) {
  OctetReader reader(octets);
  while (reader.is_good() && !reader.is_at_end()) {
    Tag tag;
    tag.number = reader.number<TagNumber>();
    const auto kind = reader.number<std::uint8_t>();
    const auto traits = reader.number<std::uint8_t>();
    tag.id = reader.text();
    if (kind > static_cast<std::uint8_t>(TagKind::kTrait)) return false;
    tag.kind = static_cast<TagKind>(kind);
    tag.locked = (traits & kLockedTrait) != 0;
    tag.security = (traits & kSecurityTrait) != 0;
    if (!tags.add(std::move(tag))) return false;
  }
  return reader.is_good();
}

void encode_lists(const std::vector<ListEntry>& lists, const std::vector<std::uint64_t>& rules, std::string& out) {
  for (std::size_t i = 0; i < lists.size(); ++i) {
    append(out, lists[i].tag);
    append(out, rules[i]);
    append(out, static_cast<std::uint8_t>(lists[i].opaque ? 1 : 0));
    append(out, static_cast<std::uint8_t>(lists[i].action));
    append_text(out, lists[i].id);
    append_text(out, lists[i].version);
    append_text(out, lists[i].source);
  }
}

bool parse_lists(Octets octets, const TagTable& tags, std::vector<ListEntry>& lists,
                 std::vector<std::uint64_t>& rules) {
  OctetReader reader(octets);
  while (reader.is_good() && !reader.is_at_end()) {
    ListEntry list;
    list.tag = reader.number<TagNumber>();
    rules.push_back(reader.number<std::uint64_t>());
    list.opaque = reader.number<std::uint8_t>() != 0;
    const AnswerNumber action = reader.number<std::uint8_t>();
    if (action >= kFirstLocalData) return false;
    list.action = action_of(action);
    list.id = reader.text();
    list.version = reader.text();
    list.source = reader.text();
    if (tags.find(list.tag) == nullptr) return false;
    lists.push_back(std::move(list));
  }
  return reader.is_good();
}

}  // namespace schoolgate::filter
