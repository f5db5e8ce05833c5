// ScriptedHttp: a web server of a test's own on 127.0.0.1. Each request is answered with the octets that the test gives, as they
// are, right or wrong; then the connection is closed.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace schoolgate::lists {

class ScriptedHttp {
 public:
  // Sends what it is given; false once the other side is gone.
  using Send = std::function<bool(const std::string& octets)>;
  using Answer = std::function<void(const std::string& request, const Send& send)>;

  explicit ScriptedHttp(Answer answer) : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  // The same answer for every request.
  explicit ScriptedHttp(std::string octets)
      : ScriptedHttp([octets](const std::string&, const Send& send) { send(octets); }) {}
  ~ScriptedHttp() {
    is_stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  ScriptedHttp(const ScriptedHttp&) = delete;
  ScriptedHttp& operator=(const ScriptedHttp&) = delete;

  std::string url(const std::string& path = "/list.txt") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::uint16_t port() const { return port_; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(lock_);
    return requests_;
  }

 private:
  void run() {
    while (!is_stopping_) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      serve(client);
      ::close(client);
    }
  }
  void serve(int client) {
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      char octets[4096];
      const ssize_t size = ::recv(client, octets, sizeof octets, 0);
      if (size <= 0) return;
      request.append(octets, static_cast<std::size_t>(size));
    }
    {
      const std::lock_guard lock(lock_);
      requests_.push_back(request);
    }
    answer_(request, [this, client](const std::string& octets) {
      return !is_stopping_ &&
             ::send(client, octets.data(), octets.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(octets.size());
    });
  }

  Answer answer_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_stopping_ = false;
  mutable std::mutex lock_;
  std::vector<std::string> requests_;  // guarded by lock_
  std::thread thread_;
};

// A whole answer.
inline std::string http(const std::string& status, const std::string& body, const std::string& fields = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n" +
         fields + "\r\n" + body;
}

}  // namespace schoolgate::lists
