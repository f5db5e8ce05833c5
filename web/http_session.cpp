#include "web/http_session.h"

#include <optional>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace schoolgate::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using beast::error_code;

namespace {

constexpr std::size_t kLingerBytes = 256 * 1024;

// A parser's complaint as a status; absent when the connection itself failed and nobody is there to be told.
std::optional<unsigned> status_of(error_code error) {
  if (error == beast::error::timeout) return 408;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error.category() == http::make_error_code(http::error::bad_method).category()) return 400;
  return std::nullopt;
}

class Session final : public HttpSession, public std::enable_shared_from_this<Session> {
 public:
  Session(asio::io_context& context, Accepted accepted, Responder& responder, const Limits& limits,
          std::function<void(HttpSession*)> ended)
      : stream_(context), peer_(accepted.peer), responder_(responder), limits_(limits), ended_(std::move(ended)) {
    // Asio sends with MSG_NOSIGNAL: a peer that has gone is an error code, never SIGPIPE.
    const asio::generic::stream_protocol any(accepted.peer.uid ? AF_UNIX : AF_INET, 0);
    error_code ignored;
    stream_.socket().assign(any, accepted.socket, ignored);
    buffer_.max_size(limits.header_bytes + 1024);
  }
  ~Session() override { ended_(this); }

  void start() { await_first_byte(limits_.first_byte); }

  void finish() override {
    finishing_ = true;
    if (awaiting_) stream_.cancel();
  }

 private:
  // Waiting costs nothing but the connection, so it may take longer than a header that has begun.
  void await_first_byte(std::chrono::milliseconds patience) {
    parser_.emplace();
    parser_->header_limit(limits_.header_bytes);
    parser_->body_limit(limits_.body_bytes);
    if (buffer_.size() > 0) return read_header();  // pipelined
    awaiting_ = true;
    stream_.expires_after(patience);
    stream_.async_read_some(buffer_.prepare(1024), [self = shared_from_this()](error_code error, std::size_t size) {
      self->awaiting_ = false;
      if (error) return;
      self->buffer_.commit(size);
      self->read_header();
    });
  }

  void read_header() {
    stream_.expires_after(limits_.header);
    http::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return self->refuse(error);
      self->read_body();
    });
  }

  void read_body() {
    stream_.expires_after(limits_.whole_request);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return self->refuse(error);
      self->answer();
    });
  }

  void answer() {
    const auto message = parser_->release();
    keep_alive_ = message.keep_alive() && !finishing_;
    is_head_ = message.method() == http::verb::head;
    write(respond(message));
  }

  Response respond(const http::request<http::string_body>& message) {
    Request request;
    request.method = std::string(message.method_string());
    request.peer = peer_;
    // RFC 9112 §3.2: more than one Host is nobody's name.
    if (message.count(http::field::host) == 1) request.host = std::string(message[http::field::host]);
    request.body = message.body();
    const auto target = message.target();
    // The only place where a page's exception could reach the network: it ends here, as a 500.
    try {
      if (!read_target({target.data(), target.size()}, request)) return responder_.refuse(400);
      return responder_.handle(request);
    } catch (const std::exception&) {
      return responder_.refuse(500);
    }
  }

  void refuse(error_code error) {
    const auto status = status_of(error);
    if (!status) return;
    keep_alive_ = false;
    is_head_ = false;
    write(responder_.refuse(*status));
  }

  void write(Response response) {
    message_ = {};
    message_.version(11);
    message_.result(response.status);
    message_.reason(std::string(reason_phrase(response.status)));
    if (!response.content_type.empty()) message_.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.fields) message_.set(name, value);
    message_.keep_alive(keep_alive_);
    message_.content_length(response.body.size());
    if (!is_head_) message_.body() = std::move(response.body);
    stream_.expires_after(limits_.response);
    http::async_write(stream_, message_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return;
      if (self->keep_alive_ && !self->finishing_) return self->await_first_byte(self->limits_.idle);
      self->linger(kLingerBytes);
    });
  }

  // Closing with unread bytes resets the connection, and the client loses the answer: read on for a moment.
  void linger(std::size_t left) {
    error_code ignored;
    if (left == kLingerBytes) {
      stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
      buffer_.clear();
      stream_.expires_after(limits_.linger);
      awaiting_ = true;
    }
    if (finishing_) return;
    stream_.async_read_some(buffer_.prepare(1024),
                            [self = shared_from_this(), left](error_code error, std::size_t size) {
                              if (!error && size < left) self->linger(left - size);
                            });
  }

  beast::basic_stream<asio::generic::stream_protocol> stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;  // one a request
  http::response<http::string_body> message_;
  const Peer peer_;
  Responder& responder_;
  const Limits& limits_;
  std::function<void(HttpSession*)> ended_;
  bool awaiting_ = false;  // no request is under way
  bool finishing_ = false;
  bool keep_alive_ = false;
  bool is_head_ = false;
};

}  // namespace

std::shared_ptr<HttpSession> start_session(asio::io_context& context, Accepted accepted, Responder& responder,
                                           const Limits& limits, std::function<void(HttpSession*)> ended) {
  auto session = std::make_shared<Session>(context, accepted, responder, limits, std::move(ended));
  session->start();
  return session;
}

}  // namespace schoolgate::web
