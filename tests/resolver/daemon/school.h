// A school's folder as the daemon finds it: configuration, policy, state, and a builder that a test writes as a script.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "lists/build.h"
#include "lists/catalogue/taxonomy.h"
#include "resolver/configuration.h"
#include "tests/lists/no_guard.h"
#include "tests/support/temporary_folder.h"

namespace schoolgate::daemon {

class School {
 public:
  School() {
    configuration.file = folder.write("schoolgate.toml", "[server]\n");
    configuration.state = folder.file("state");
    configuration.data = SCHOOLGATE_SOURCE_DIR "/lists/data";
    configuration.workers = 1;
    configuration.block_ipv4 = *base::IpAddress::parse("10.0.0.2");
    configuration.policy_file = folder.file("policy.toml");
    std::filesystem::create_directory(configuration.state);
    write_policy("gambling");
    write_builder("exit 0");
  }

  // Pupils, and one device among them, may not have `category`.
  void write_policy(const std::string& category) {
    folder.write("policy.toml", "default_group = \"pupils\"\n[[group]]\nid = \"pupils\"\nblock = [\"" + category +
                                    "\"]\n[[device]]\nid = \"lab-pc-07\"\nmatch = { address = \"10.0.0.7\" }\n"
                                    "group = \"pupils\"\n");
  }

  // The same with a list "zone-list" of the zone rpz.example on 192.0.2.1.
  void write_policy_with_zone() {
    write_policy("gambling");
    folder.write("policy.toml", folder.read("policy.toml") + "[[list]]\nid = \"zone-list\"\ncategory = \"gambling\"\n" +
                                    "source = \"axfr://192.0.2.1/rpz.example\"\n");
  }

  void write_builder(const std::string& script) {
    folder.write("builder", "#!/bin/sh\n" + script + "\n");
    ::chmod(builder().c_str(), 0755);
  }
  std::string builder() const { return folder.file("builder"); }

  // Builds an image where `name` is a gambling site, and returns its path. Elsewhere than the state folder.
  std::string build_image(const std::string& name) const { return build_image_of(name, name + "\n", "domains"); }
  std::string build_image_of(const std::string& name, const std::string& list, const std::string& format) const {
    const auto taxonomy = lists::Taxonomy::read(configuration.data_folder() + "/taxonomy.toml");
    const std::string elsewhere = folder.file("built-" + name);
    std::filesystem::create_directories(elsewhere);
    const auto built = lists::build_image(*taxonomy, lists::no_guard(), {},
                                          {{"bets", "gambling", folder.write(name + ".txt", list), format}}, elsewhere);
    if (!built) throw std::runtime_error(built.error().message());
    return lists::image_path(elsewhere);
  }
  // The same as an opaque list, where the daemon looks for it. The source is gone afterwards, so that no build can help.
  void build_opaque(const std::string& name) const {
    const auto taxonomy = lists::Taxonomy::read(configuration.data_folder() + "/taxonomy.toml");
    const std::string source = folder.write(name + ".txt", name + "\n");
    const auto built = lists::build_image(*taxonomy, lists::no_guard(), {},
                                          {{"bets", "gambling", source, "domains", true}}, configuration.state);
    if (!built) throw std::runtime_error(built.error().message());
    std::filesystem::remove(source);
  }
  // With what lies beside it.
  void install(const std::string& image_path) const {
    for (const char* part : {"", ".lines", ".hs"}) {
      if (std::filesystem::exists(image_path + part)) std::filesystem::copy(image_path + part, image() + part);
    }
  }
  std::string image() const { return lists::image_path(configuration.state); }

  support::TemporaryFolder folder;
  resolver::Configuration configuration;
};

}  // namespace schoolgate::daemon
