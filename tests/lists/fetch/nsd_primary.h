// NSD, Debian's authoritative server, as the primary of zones, in a folder of its own; it keeps what changed, for IXFR.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/lists/fetch/zone_messages.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::lists {

class NsdPrimary {
 public:
  // `access`: to whom the zone rpz.example is given, as in nsd.conf: "NOKEY" or "school.key".
  NsdPrimary(const std::string& algorithm, const std::string& secret, const std::string& access) : port_(free_port()) {
    folder_.write("nsd.conf", fmt::format(R"(
server:
  ip-address: 127.0.0.1
  port: {0}
  username: ""
  chroot: ""
  zonesdir: "{1}"
  database: ""
  pidfile: ""
  xfrdfile: ""
  zonelistfile: "{1}/zone.list"
  server-count: 1
remote-control:
  control-enable: no
key:
  name: "school.key"
  algorithm: {2}
  secret: "{3}"
zone:
  name: "rpz.example"
  zonefile: rpz.zone
  store-ixfr: yes
  create-ixfr: yes
  provide-xfr: 127.0.0.1 {4}
)",
                                          port_, folder_.path(), algorithm, secret, access));
  }
  ~NsdPrimary() {
    if (process_ <= 0) return;
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  NsdPrimary(const NsdPrimary&) = delete;
  NsdPrimary& operator=(const NsdPrimary&) = delete;

  void write_zone(unsigned serial, const std::vector<std::string>& names) const {
    std::string zone = soa(serial) + "\nrpz.example. 300 IN NS localhost.\n";
    for (const std::string& name : names) zone += block(name) + '\n';
    folder_.write("rpz.zone", zone);
  }
  // Answers on TCP within ten seconds, or false.
  bool start() {
    process_ = ::fork();
    if (process_ == 0) become_nsd();
    for (int i = 0; i < 500; ++i) {
      if (is_listening()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  // Reads its zone file again; when it has, nobody tells.
  void reload() const { ::kill(process_, SIGHUP); }

  std::uint16_t port() const { return port_; }
  std::string log() const { return folder_.read("nsd.log"); }

 private:
  [[noreturn]] void become_nsd() const {
    ::setpgid(0, 0);
    const int log = ::open(folder_.file("nsd.log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (const int file : {1, 2}) ::dup2(log, file);
    const std::string configuration = folder_.file("nsd.conf");
    ::setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    ::execlp("nsd", "nsd", "-d", "-c", configuration.c_str(), nullptr);
    ::_exit(127);
  }
  static std::uint16_t free_port() {
    sockaddr_in address = loopback(0);
    const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::bind(file, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    socklen_t size = sizeof address;
    ::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size);
    ::close(file);
    return ntohs(address.sin_port);
  }
  bool is_listening() const {
    const sockaddr_in address = loopback(port_);
    const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected = ::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(file);
    return connected;
  }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  support::TemporaryFolder folder_;
  std::uint16_t port_;
  pid_t process_ = -1;
};

}  // namespace schoolgate::lists
