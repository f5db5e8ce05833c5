#include "lists/fetch/host_lookup.h"

#include <ldns/ldns.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include <fmt/format.h>

namespace schoolgate::lists {
namespace {

using base::IpAddress;

constexpr time_t kTimeoutSeconds = 3;
constexpr std::uint8_t kTries = 2;

using Resolver = std::unique_ptr<ldns_resolver, decltype(&ldns_resolver_deep_free)>;
using Packet = std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)>;
using Records = std::unique_ptr<ldns_rr_list, decltype(&ldns_rr_list_deep_free)>;

// One server each: ldns has one port for all.
Resolver resolver_of(const base::Endpoint& server) {
  Resolver resolver(ldns_resolver_new(), &ldns_resolver_deep_free);
  ldns_rdf* address = ldns_rdf_new_frm_str(server.address.is_v4() ? LDNS_RDF_TYPE_A : LDNS_RDF_TYPE_AAAA,
                                           server.address.to_text().c_str());
  if (!resolver || address == nullptr) return Resolver(nullptr, &ldns_resolver_deep_free);
  ldns_resolver_push_nameserver(resolver.get(), address);
  ldns_rdf_deep_free(address);
  ldns_resolver_set_port(resolver.get(), server.port);
  ldns_resolver_set_timeout(resolver.get(), timeval{kTimeoutSeconds, 0});
  ldns_resolver_set_retry(resolver.get(), kTries);
  ldns_resolver_set_recursive(resolver.get(), true);
  return resolver;
}

IpAddress address_of(const ldns_rdf& data) {
  std::array<std::uint8_t, 16> octets{};
  if (ldns_rdf_size(&data) == octets.size()) {
    std::memcpy(octets.data(), ldns_rdf_data(&data), octets.size());
    return IpAddress::v6(octets);
  }
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | ldns_rdf_data(&data)[i];
  return IpAddress::v4(value);
}

void ask(ldns_resolver* resolver, const ldns_rdf* name, ldns_rr_type type, std::vector<IpAddress>& found) {
  const Packet answer(ldns_resolver_query(resolver, name, type, LDNS_RR_CLASS_IN, LDNS_RD), &ldns_pkt_free);
  if (!answer) return;
  const Records records(ldns_pkt_rr_list_by_type(answer.get(), type, LDNS_SECTION_ANSWER), &ldns_rr_list_deep_free);
  for (std::size_t i = 0; records && i < ldns_rr_list_rr_count(records.get()); ++i) {
    const ldns_rdf* data = ldns_rr_rdf(ldns_rr_list_rr(records.get(), i), 0);
    const std::size_t size = data == nullptr ? 0 : ldns_rdf_size(data);
    if (size == (type == LDNS_RR_TYPE_A ? 4u : 16u)) found.push_back(address_of(*data));
  }
}

std::vector<IpAddress> ask_server(const base::Endpoint& server, const std::string& host) {
  std::vector<IpAddress> found;
  const Resolver resolver = resolver_of(server);
  const std::unique_ptr<ldns_rdf, decltype(&ldns_rdf_deep_free)> name(ldns_dname_new_frm_str(host.c_str()),
                                                                      &ldns_rdf_deep_free);
  if (!resolver || !name) return found;
  ask(resolver.get(), name.get(), LDNS_RR_TYPE_A, found);
  ask(resolver.get(), name.get(), LDNS_RR_TYPE_AAAA, found);
  return found;
}

std::vector<IpAddress> ask_system(const std::string& host) {
  std::vector<IpAddress> found;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* all = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &all) != 0) return found;
  for (const addrinfo* one = all; one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
      continue;
    if (const auto address = IpAddress::parse(text.data())) found.push_back(*address);
  }
  ::freeaddrinfo(all);
  std::stable_partition(found.begin(), found.end(), [](const IpAddress& address) { return address.is_v4(); });
  return found;
}

}  // namespace

base::Result<std::vector<IpAddress>> HostLookup::find(const std::string& host) const {
  for (const base::Endpoint& server : servers_) {
    auto found = ask_server(server, host);
    if (!found.empty()) return found;
  }
  auto found = ask_system(host);
  if (!found.empty()) return found;
  return {base::ErrorCode::kUnavailable, fmt::format("no server has an address of {}", host)};
}

}  // namespace schoolgate::lists
