// The primary's side of TSIG, by ldns: the second opinion on what we sign and check.
#pragma once

#include <ldns/ldns.h>

#include <memory>
#include <optional>
#include <string>

#include "lists/fetch/tsig_key.h"
#include "tests/support/message.h"

namespace schoolgate::lists {

inline const std::string kTsigSecret = "MDEyMzQ1Njc4OWFiY2RlZg==";  // 0123456789abcdef

inline TsigKey tsig_key(TsigAlgorithm algorithm = TsigAlgorithm::kHmacSha256,
                        std::string_view secret = "0123456789abcdef") {
  return {*dns::Name::parse("school.key"), algorithm, {secret.begin(), secret.end()}};
}

class TsigPeer {
 public:
  explicit TsigPeer(TsigAlgorithm algorithm = TsigAlgorithm::kHmacSha256, std::string secret = kTsigSecret,
                    std::string name = "school.key.")
      : algorithm_(std::string(to_text(algorithm)) + "."), secret_(std::move(secret)), name_(std::move(name)) {}

  // Takes the question's MAC for the answer's. False: it is not signed as ldns would have it.
  bool take_question(const support::Octets& question) {
    const Packet packet = read(question);
    if (packet == nullptr || ldns_pkt_tsig(packet.get()) == nullptr) return false;
    keep_mac(packet.get());
    is_first_ = true;
    // When it does not fit, ldns forgets the record that it took out.
    ldns_rr* const record = ldns_pkt_tsig(packet.get());
    const bool fits =
        ldns_pkt_tsig_verify(packet.get(), question.data(), question.size(), name_.c_str(), secret_.c_str(), nullptr);
    if (ldns_pkt_tsig(packet.get()) != record) ldns_rr_free(record);
    return fits;
  }

  // An answer to what sign() signed last.
  bool take_answer(const support::Octets& answer) const {
    const Packet packet = read(answer);
    if (packet == nullptr || ldns_pkt_tsig(packet.get()) == nullptr) return false;
    ldns_rr* const record = ldns_pkt_tsig(packet.get());
    const bool fits = ldns_pkt_tsig_verify_next(packet.get(), answer.data(), answer.size(), name_.c_str(),
                                                secret_.c_str(), mac_.get(), 0);
    if (ldns_pkt_tsig(packet.get()) != record) ldns_rr_free(record);
    return fits;
  }

  // An answer to the question that was taken; without one, a question of its own.
  support::Octets sign(const support::Octets& message) {
    const Packet packet = read(message);
    if (packet == nullptr ||
        ldns_pkt_tsig_sign_next(packet.get(), name_.c_str(), secret_.c_str(), 300, algorithm_.c_str(), mac_.get(),
                                is_first_ ? 0 : 1) != LDNS_STATUS_OK) {
      return {};
    }
    is_first_ = false;
    keep_mac(packet.get());
    std::uint8_t* wire = nullptr;
    std::size_t size = 0;
    if (ldns_pkt2wire(&wire, packet.get(), &size) != LDNS_STATUS_OK) return {};
    const support::Octets octets(wire, wire + size);
    std::free(wire);
    return octets;
  }

 private:
  struct FreePacket {
    void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
  };
  struct FreeData {
    void operator()(ldns_rdf* data) const { ldns_rdf_deep_free(data); }
  };
  using Packet = std::unique_ptr<ldns_pkt, FreePacket>;

  static Packet read(const support::Octets& message) {
    ldns_pkt* packet = nullptr;
    return Packet(ldns_wire2pkt(&packet, message.data(), message.size()) == LDNS_STATUS_OK ? packet : nullptr);
  }
  void keep_mac(const ldns_pkt* packet) { mac_.reset(ldns_rdf_clone(ldns_rr_rdf(ldns_pkt_tsig(packet), 3))); }

  std::string algorithm_, secret_, name_;
  std::unique_ptr<ldns_rdf, FreeData> mac_;
  bool is_first_ = true;
};

}  // namespace schoolgate::lists
