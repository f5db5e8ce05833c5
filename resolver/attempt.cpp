#include "resolver/attempt.h"

#include <array>
#include <cstring>

#include "dns/message_reader.h"
#include "dns/message_writer.h"
#include "dns/wire.h"

namespace schoolgate::resolver {
namespace {

// Wrong datagrams on one socket before it is given up for TCP: somebody is guessing.
constexpr unsigned kMostStrangers = 32;

// Flips the case of letters at random (draft-vixie-dnsext-dns0x20): a bit of entropy a letter.
dns::Name in_random_case(const dns::Name& lower_name, Random& random) {
  std::array<std::uint8_t, dns::Name::kMaxWireOctets> octets;
  std::memcpy(octets.data(), lower_name.wire().data(), lower_name.size());
  for (std::size_t i = 0; i < lower_name.size(); ++i) {
    const bool letter = octets[i] >= 'a' && octets[i] <= 'z';
    if (letter && (random.octet() & 1) != 0) octets[i] = static_cast<std::uint8_t>(octets[i] - 32);
  }
  return *dns::Name::from_wire({octets.data(), lower_name.size()});
}

}  // namespace

Attempt::Attempt(uv::Loop& loop, const base::Clock& clock, Random& random, Server& server,
                 const dns::Question& question, Done done)
    : loop_(loop),
      clock_(clock),
      random_(random),
      server_(server),
      question_(question),
      done_(std::move(done)),
      started_us_(clock.steady_us()) {}

void Attempt::start() {
  server_.counts().asked.add();
  ask_over_udp();
}

std::vector<std::uint8_t> Attempt::make_query() {
  id_ = random_.u16();
  sent_qname_ = server_.keeps_case() ? in_random_case(question_.lower_qname, random_) : question_.lower_qname;
  return dns::build_query(id_, sent_qname_, question_.qtype, question_.dnssec_ok, question_.checking_disabled);
}

void Attempt::ask_over_udp() {
  udp_ = std::make_unique<uv::UdpExchange>(
      loop_, server_.endpoint(),
      uv::UdpExchange::Events{[this](std::span<const std::uint8_t> message) { take_datagram(message); },
                              [this] { fail(Failure::kNetwork); }});
  udp_query_ = make_query();
  if (!udp_->send(udp_query_)) fail(Failure::kNetwork);
}

void Attempt::send_again() {
  if (udp_ != nullptr && !udp_->send(udp_query_)) fail(Failure::kNetwork);
}

Attempt::Match Attempt::match(std::span<const std::uint8_t> message) const {
  if (message.size() < dns::kHeaderOctets || dns::load_u16(message.data()) != id_) return Match::kNo;
  const std::uint16_t flags = dns::load_u16(message.data() + 2);
  if ((flags & dns::header::kQr) == 0 || (flags & dns::header::kOpcodeMask) != 0) return Match::kNo;
  const std::uint16_t questions = dns::load_u16(message.data() + 4);
  // FORMERR and the like from a server that could not read the question, and so did not copy it.
  if (questions == 0 && (flags & dns::header::kRcodeMask) != 0) return Match::kBareError;
  if (questions != 1) return Match::kNo;
  dns::MessageReader reader(message, dns::kHeaderOctets);
  const auto qname = reader.uncompressed_name();
  if (!qname || !(qname->lowered() == question_.lower_qname)) return Match::kNo;
  if (reader.u16() != static_cast<std::uint16_t>(question_.qtype)) return Match::kNo;
  if (reader.u16() != static_cast<std::uint16_t>(dns::Class::kIn)) return Match::kNo;
  return *qname == sent_qname_ ? Match::kYes : Match::kOtherCase;
}

void Attempt::take_datagram(std::span<const std::uint8_t> message) {
  const Match matched = match(message);
  if (matched == Match::kBareError) return fail(Failure::kServer);
  if (matched == Match::kNo && ++strangers_ < kMostStrangers) return;
  const bool cut = message.size() > 2 && (message[2] & (dns::header::kTc >> 8)) != 0;
  if (matched != Match::kYes || cut) return ask_over_tcp();
  finish(message);
}

void Attempt::ask_over_tcp() {
  udp_.reset();
  tcp_octets_.clear();
  tcp_ = std::make_unique<uv::TcpStream>(loop_);
  tcp_->connect(server_.endpoint(), {[this](bool connected) {
                                       if (!connected) return fail(Failure::kNetwork);
                                       const std::vector<std::uint8_t> query = make_query();
                                       std::vector<std::uint8_t> framed(2);
                                       dns::store_u16(framed.data(), static_cast<std::uint16_t>(query.size()));
                                       framed.insert(framed.end(), query.begin(), query.end());
                                       tcp_->write(std::move(framed));
                                     },
                                     [this](std::span<const std::uint8_t> octets) { take_octets(octets); },
                                     [this] { fail(Failure::kNetwork); }, [this] { fail(Failure::kNetwork); }});
}

void Attempt::take_octets(std::span<const std::uint8_t> octets) {
  tcp_octets_.insert(tcp_octets_.end(), octets.begin(), octets.end());
  if (tcp_octets_.size() < 2) return;
  const std::size_t size = dns::load_u16(tcp_octets_.data());
  if (tcp_octets_.size() < size + 2) return;
  const auto message = std::span<const std::uint8_t>(tcp_octets_).subspan(2, size);
  const Match matched = match(message);
  if (matched == Match::kNo || matched == Match::kBareError) return fail(Failure::kServer);
  // Nobody off the path speaks in a TCP connection: this server simply loses the case.
  if (matched == Match::kOtherCase) server_.loses_case();
  finish(message);
}

void Attempt::finish(std::span<const std::uint8_t> message) {
  // Names in the records may point into the question: the mixed case has served, and must not come out in an answer.
  std::vector<std::uint8_t> lowered(message.begin(), message.end());
  std::memcpy(lowered.data() + dns::kHeaderOctets, question_.lower_qname.wire().data(), question_.lower_qname.size());
  auto answer = dns::parse_answer(lowered, question_);
  if (!answer) return fail(Failure::kServer);
  const std::int64_t now_us = clock_.steady_us();
  server_.answered(now_us, now_us - started_us_);
  conclude(std::move(*answer));
}

void Attempt::fail(Failure failure) {
  const std::int64_t now_us = clock_.steady_us();
  if (failure == Failure::kServer) {
    server_.refused(now_us);
  } else {
    server_.failed(now_us);
  }
  conclude(tl::unexpected(failure));
}

void Attempt::conclude(tl::expected<dns::Answer, Failure> outcome) {
  udp_.reset();
  tcp_.reset();
  is_open_ = false;
  const Done done = std::move(done_);
  done(std::move(outcome));
}

}  // namespace schoolgate::resolver
