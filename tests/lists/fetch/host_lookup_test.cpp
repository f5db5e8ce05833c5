#include "lists/fetch/host_lookup.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <ldns/ldns.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <thread>

namespace schoolgate::lists {
namespace {

// A name server on 127.0.0.1 that has these records, in presentation form, and no others.
class NameServer {
 public:
  explicit NameServer(std::vector<std::string> records) : records_(std::move(records)) {
    socket_ = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot bind");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~NameServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  base::Endpoint endpoint() const { return *base::Endpoint::parse("127.0.0.1:" + std::to_string(port_)); }

 private:
  void run() {
    std::uint8_t octets[1500];
    sockaddr_in from{};
    socklen_t size = sizeof from;
    ssize_t read = 0;
    while ((read = ::recvfrom(socket_, octets, sizeof octets, 0, reinterpret_cast<sockaddr*>(&from), &size)) > 0) {
      ldns_pkt* query = nullptr;
      if (ldns_wire2pkt(&query, octets, static_cast<std::size_t>(read)) != LDNS_STATUS_OK) continue;
      ldns_pkt_set_qr(query, true);
      const ldns_rr* question = ldns_rr_list_rr(ldns_pkt_question(query), 0);
      for (const std::string& text : records_) {
        ldns_rr* record = nullptr;
        ldns_rr_new_frm_str(&record, text.c_str(), 60, nullptr, nullptr);
        // As a resolver, which follows aliases: the whole chain, with the addresses of the type that was asked for.
        const bool is_alias = ldns_rr_get_type(record) == LDNS_RR_TYPE_CNAME;
        if (is_alias || ldns_rr_get_type(record) == ldns_rr_get_type(question)) {
          ldns_pkt_push_rr(query, LDNS_SECTION_ANSWER, record);
        } else {
          ldns_rr_free(record);
        }
      }
      std::uint8_t* wire = nullptr;
      std::size_t length = 0;
      ldns_pkt2wire(&wire, query, &length);
      ::sendto(socket_, wire, length, 0, reinterpret_cast<sockaddr*>(&from), size);
      std::free(wire);
      ldns_pkt_free(query);
    }
  }

  std::vector<std::string> records_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::vector<std::string> texts(const base::Result<std::vector<base::IpAddress>>& addresses) {
  std::vector<std::string> texts;
  if (!addresses) return {addresses.error().message()};
  for (const auto& address : *addresses) texts.push_back(address.to_text());
  return texts;
}

using Texts = std::vector<std::string>;

TEST(HostLookup, AsksTheServersThemselves) {
  const NameServer server({"lists.test. A 198.51.100.7", "lists.test. A 198.51.100.8", "lists.test. AAAA 2001:db8::7"});
  EXPECT_EQ(texts(HostLookup({server.endpoint()}).find("lists.test")),
            (Texts{"198.51.100.7", "198.51.100.8", "2001:db8::7"}));
}

TEST(HostLookup, TakesTheAddressesBehindAnAlias) {
  const NameServer server({"lists.test. CNAME cdn.test.", "cdn.test. A 198.51.100.9"});
  EXPECT_EQ(texts(HostLookup({server.endpoint()}).find("lists.test")), Texts{"198.51.100.9"});
}

TEST(HostLookup, AsksTheNextServerWhenOneDoesNotKnow) {
  const NameServer empty({}), full({"lists.test. A 198.51.100.7"});
  EXPECT_EQ(texts(HostLookup({empty.endpoint(), full.endpoint()}).find("lists.test")), Texts{"198.51.100.7"});
}

TEST(HostLookup, AsksTheSystemLast) {
  const NameServer empty({});
  const Texts found = texts(HostLookup({empty.endpoint()}).find("localhost"));
  EXPECT_TRUE(found.at(0) == "127.0.0.1" || found.at(0) == "::1") << found.at(0);
}

TEST(HostLookup, SaysWhenNobodyKnows) {
  EXPECT_EQ(texts(HostLookup({}).find("no-such-host.invalid")),
            Texts{"no server has an address of no-such-host.invalid"});
}

}  // namespace
}  // namespace schoolgate::lists
