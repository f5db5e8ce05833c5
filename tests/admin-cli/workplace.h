// Workplace: a folder of its own with configuration, policy and lists, a daemon's API over a Unix socket in it when a
// test wants one, and the command run in process.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "admin-cli/cli.h"
#include "tests/web/fake_service.h"
#include "web/api.h"
#include "web/http_server.h"

namespace schoolgate::admin_cli {

struct Ran {
  int exit = -1;
  std::string out;
  std::string err;
};

// Standard input for as long as it lives.
class Input {
 public:
  explicit Input(const std::string& text) : stream_(text), before_(std::cin.rdbuf(stream_.rdbuf())) {}
  ~Input() {
    std::cin.rdbuf(before_);
    std::cin.clear();
  }

 private:
  std::istringstream stream_;
  std::streambuf* before_;
};

class Workplace {
 public:
  Workplace() {
    std::string pattern = "/tmp/schoolgate-cli-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    write("taxonomy.toml", web::kTaxonomy);
    write("popular.txt", "www.google.com\n");
    write("guard.toml", "[[guard]]\nid = \"help\"\nwhy = \"a helpline\"\nnames = [\"childline.org.uk\"]\n");
    write("schoolgate.toml", "[server]\nlisten = [\"127.0.0.1:5399\"]\nstate = \"" + folder_ +
                                 "/state\"\nuser = \"root\"\ndata = \".\"\n[policy]\nfile = "
                                 "\"policy.toml\"\n[block]\nipv4 = \"10.0.0.2\"\n");
    write("policy.toml", kPolicy);
    write("gambling.txt", "# ours\nbet365.com\n<script>\n");
    std::filesystem::create_directory(folder_ + "/state");
  }
  ~Workplace() {
    stop_daemon();
    std::filesystem::remove_all(folder_);
  }

  std::string path(const std::string& file) const { return folder_ + "/" + file; }
  std::string socket() const { return path("state/admin.sock"); }
  void write(const std::string& file, const std::string& text) { std::ofstream(path(file)) << text; }

  // Answers from `service`, to whoever runs the test.
  void start_daemon() { start_daemon({::getuid()}); }
  void start_daemon(std::set<std::uint32_t> authorised) {
    api_ = std::make_unique<web::Api>(service, std::move(authorised));
    server_ = std::make_unique<web::HttpServer>(*api_);
    if (const auto bound = server_->listen_unix(socket()); !bound) throw std::runtime_error(bound.error().message());
    server_->run();
  }
  void stop_daemon() { server_.reset(); }

  Ran run(std::vector<std::string> words, unsigned columns = 100, bool colours = false) const {
    words.insert(words.begin(), {"schoolgate", "--config", path("schoolgate.toml")});
    std::vector<const char*> argv;
    for (const auto& word : words) argv.push_back(word.c_str());
    std::ostringstream out, err;
    const int exit = admin_cli::run(static_cast<int>(argv.size()), argv.data(), Screen{out, err, columns, colours});
    return {exit, out.str(), err.str()};
  }

  web::FakeService service;

 private:
  static constexpr const char* kPolicy = R"toml(default_group = "pupils"
[[list]]
id = "our-gambling"
category = "gambling"
source = "gambling.txt"
[[group]]
id = "pupils"
parent = "everyone"
block = ["gambling"]
[[group]]
id = "staff"
parent = "everyone"
[[device]]
id = "lab-pc-07"
match = { address = "10.0.0.7" }
group = "staff"
)toml";

  std::string folder_;
  std::unique_ptr<web::Api> api_;
  std::unique_ptr<web::HttpServer> server_;
};

}  // namespace schoolgate::admin_cli
