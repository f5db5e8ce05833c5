#include "resolver/local_data.h"

#include <algorithm>

namespace schoolgate::resolver {
namespace {

std::optional<dns::Name> below(const dns::Name& apex, const dns::Name& name) {
  const auto labels = name.wire().first(name.size() - 1);  // without the root's
  std::vector<std::uint8_t> wire(labels.begin(), labels.end());
  wire.insert(wire.end(), apex.wire().begin(), apex.wire().end());
  return dns::Name::from_wire(wire);
}

std::optional<dns::Name> alias_of(const dns::Name& asked, filter::Octets rdata) {
  auto target = dns::Name::from_wire(rdata);
  if (!target) return std::nullopt;
  target->lower();
  constexpr std::array<std::uint8_t, 2> kWildcard = {1, '*'};
  const bool is_wildcard =
      std::ranges::equal(target->wire().first(std::min<std::size_t>(2, target->size())), kWildcard);
  if (!is_wildcard) return target;
  const dns::Name apex = target->parent();
  return apex.is_root() ? std::nullopt : below(apex, asked);
}

}  // namespace

LocalData find_local_data(const filter::AnswerTable& answers, filter::AnswerNumber answer, const dns::Query& query) {
  LocalData data;
  answers.for_each_record(answer, [&](dns::Type type, filter::Octets rdata) {
    if (type == dns::Type::kCname) {
      if (!data.alias) data.alias = alias_of(query.lower_qname, rdata);
    } else if (type == query.qtype) {
      data.records.push_back({type, rdata});
    }
  });
  return data;
}

}  // namespace schoolgate::resolver
