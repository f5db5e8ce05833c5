#include "resolver/configuration.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "base/toml.h"

namespace schoolgate::resolver {
namespace {

using base::TomlTable;

constexpr std::uint16_t kDnsPort = 53;
constexpr std::int64_t kMostWorkers = 256;
constexpr std::int64_t kMostBlockTtlSeconds = 3'600;

std::filesystem::path program_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

std::string host_name() {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return name;
}

// A path as written, relative to the configuration's own folder.
std::string beside(const std::string& file, const std::string& path) {
  if (path.empty()) return path;
  return (std::filesystem::absolute(file).parent_path() / path).lexically_normal().string();
}

// Contract settings of later rooms: their defaults may be written out, anything else is refused.
void only_empty(TomlTable& table, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (!table.is_empty(key)) table.report(table.place(key), "'" + std::string(key) + "': not built yet; leave it out");
  }
}

void only_value(TomlTable& table, std::string_view key, bool wanted) {
  const auto value = table.boolean(key);
  if (value && value->value != wanted) {
    table.report(value->place, "'" + std::string(key) + " = " + (value->value ? "true" : "false") + "': not built yet");
  }
}

std::vector<base::Endpoint> endpoints(TomlTable& table, std::string_view key) {
  std::vector<base::Endpoint> found;
  for (const auto& text : table.strings(key)) {
    const auto endpoint = base::Endpoint::parse(text.value);
    if (endpoint) {
      found.push_back(*endpoint);
    } else {
      table.report(text.place, "'" + text.value + "' should be ADDRESS:PORT, like \"0.0.0.0:53\" or \"[::]:53\"");
    }
  }
  return found;
}

std::vector<base::IpNetwork> networks(TomlTable& table, std::string_view key) {
  std::vector<base::IpNetwork> found;
  for (const auto& text : table.strings(key)) {
    const auto network = base::IpNetwork::parse(text.value);
    if (network) {
      found.push_back(*network);
    } else {
      table.report(text.place, "'" + text.value + "' should be a network, like \"10.0.0.0/8\"");
    }
  }
  return found;
}

std::vector<base::Endpoint> servers(TomlTable& table) {
  std::vector<base::Endpoint> found;
  for (const auto& text : table.strings("servers")) {
    const std::string_view server = text.value;
    if (server.starts_with("tls://") || server.starts_with("https://")) {
      table.report(text.place, "'" + text.value + "': encrypted upstreams are not built yet; give udp://ADDRESS");
      continue;
    }
    constexpr std::string_view kScheme = "udp://";
    const auto endpoint =
        server.starts_with(kScheme) ? base::Endpoint::parse(server.substr(kScheme.size()), kDnsPort) : std::nullopt;
    if (endpoint) {
      found.push_back(*endpoint);
    } else {
      table.report(text.place, "'" + text.value + "' should be udp://ADDRESS or udp://ADDRESS:PORT");
    }
  }
  return found;
}

void read_server(TomlTable table, Configuration& configuration) {
  auto listen = endpoints(table, "listen");  // asked for even when it is absent: a misspelt one is then named
  if (table.has("listen")) configuration.listen = std::move(listen);
  if (configuration.listen.empty()) table.report(table.place("listen"), "'listen' is empty: nobody could ask");
  only_empty(table, {"listen_tls", "listen_https", "certificate", "private_key", "time_zone", "trusted_forwarders",
                     "trusted_proxies"});
  if (const auto workers = table.integer("workers", 0, kMostWorkers)) {
    configuration.workers = static_cast<unsigned>(workers->value);
  }
  auto allow_from = networks(table, "allow_from");
  if (table.has("allow_from")) configuration.allow_from = std::move(allow_from);
  if (const auto state = table.string("state")) configuration.state = beside(configuration.file, state->value);
  if (const auto user = table.string("user")) configuration.user = user->value;
  if (const auto node = table.string("node")) configuration.node = node->value;
  if (const auto site = table.string("site")) configuration.site = site->value;
  if (const auto data = table.string("data")) configuration.data = beside(configuration.file, data->value);
  table.finish();
}

void read_zone(TomlTable table, std::vector<UpstreamZone>& zones) {
  UpstreamZone zone;
  const auto name = table.string("name");
  if (!name) {
    table.report(table.place(), "a [[upstream.zone]] needs a 'name', like \"school.internal\"");
  } else if (auto parsed = dns::Name::parse(name->value)) {
    zone.name = parsed->lowered();
  } else {
    table.report(name->place, parsed.error().message());
  }
  zone.servers = servers(table);
  if (zone.servers.empty()) table.report(table.place(), "a [[upstream.zone]] needs 'servers'");
  table.finish();
  zones.push_back(std::move(zone));
}

void read_upstream(TomlTable table, Configuration& configuration) {
  if (const auto mode = table.string("mode"); mode && mode->value != "forward") {
    const bool later = mode->value == "recursive";
    table.report(mode->place, later ? "'mode = \"recursive\"': not built yet; \"forward\" is"
                                    : "'" + mode->value + "' should be \"forward\" or \"recursive\"");
  }
  configuration.upstream.servers = servers(table);
  only_value(table, "dnssec", false);
  only_empty(table, {"bootstrap", "root_hints", "trust_anchor"});
  for (TomlTable& zone : table.tables("zone")) read_zone(zone, configuration.zones);
  std::stable_sort(configuration.zones.begin(), configuration.zones.end(),
                   [](const auto& left, const auto& right) { return left.name.size() > right.name.size(); });
  table.finish();
}

void read_block(TomlTable table, Configuration& configuration) {
  if (const auto text = table.string("ipv4")) {
    const auto address = base::IpAddress::parse(text->value);
    if (address && address->is_v4()) {
      configuration.block_ipv4 = *address;
    } else {
      table.report(text->place, "'" + text->value + "' should be an IPv4 address");
    }
  } else {
    table.report(table.place(), "[block] needs 'ipv4': the address that unsafe names resolve to");
  }
  if (const auto text = table.string("ipv6"); text && !text->value.empty()) {
    const auto address = base::IpAddress::parse(text->value);
    configuration.has_block_ipv6 = address && !address->is_v4();
    if (configuration.has_block_ipv6) {
      configuration.block_ipv6 = *address;
    } else {
      table.report(text->place, "'" + text->value + "' should be an IPv6 address, or empty");
    }
  }
  if (const auto ttl = table.integer("ttl", 0, kMostBlockTtlSeconds)) {
    configuration.block_ttl_seconds = static_cast<std::uint32_t>(ttl->value);
  }
  if (auto page = table.table("page")) {
    configuration.block_page_http = endpoints(*page, "http");
    only_empty(*page, {"https"});
    page->finish();
  }
  table.finish();
}

void read_history(TomlTable table) {
  table.not_built_yet("retention_days");
  if (auto clickhouse = table.table("clickhouse")) {
    only_empty(*clickhouse, {"url"});
    clickhouse->finish();
  }
  table.finish();
}

void read_policy(TomlTable table, Configuration& configuration) {
  if (const auto file = table.string("file")) configuration.policy_file = beside(configuration.file, file->value);
  only_value(table, "takes_over", false);
  table.finish();
}

void read_listen_only(std::optional<TomlTable> table) {
  if (!table) return;
  only_empty(*table, {"listen"});
  table->finish();
}

Configuration defaults(const std::string& file) {
  Configuration configuration;
  configuration.file = file;
  configuration.listen = {*base::Endpoint::parse("0.0.0.0:53"), *base::Endpoint::parse("[::]:53")};
  for (const char* network :
       {"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"}) {
    configuration.allow_from.push_back(*base::IpNetwork::parse(network));
  }
  return configuration;
}

base::Result<Configuration> finish(base::TomlDocument document, const std::string& file) {
  Configuration configuration = defaults(file);
  TomlTable root = document.root();
  if (auto table = root.table("server")) read_server(*table, configuration);
  if (auto table = root.table("policy")) read_policy(*table, configuration);
  if (auto table = root.table("upstream")) read_upstream(*table, configuration);
  if (auto table = root.table("block")) {
    read_block(*table, configuration);
  } else {
    root.report(root.place(),
                "a [block] table is missing: it says what unsafe names resolve to, like ipv4 = \"10.0.0.2\"");
  }
  if (auto table = root.table("history")) read_history(*table);
  read_listen_only(root.table("console"));
  read_listen_only(root.table("metrics"));
  root.finish();
  if (auto status = document.check(); !status) return status.error();
  if (configuration.node.empty()) configuration.node = host_name();
  if (configuration.workers == 0) configuration.workers = std::max(1U, std::thread::hardware_concurrency());
  return configuration;
}

}  // namespace

base::Result<Configuration> Configuration::parse(std::string_view text, const std::string& file) {
  auto document = base::TomlDocument::parse(text, file);
  if (!document) return document.error();
  return finish(std::move(*document), file);
}

base::Result<Configuration> Configuration::read(const std::string& path) {
  auto document = base::TomlDocument::read(path);
  if (!document) return document.error();
  return finish(std::move(*document), path);
}

std::string Configuration::data_folder() const {
  if (!data.empty()) return data;
  const auto installed = program_folder().parent_path() / "share" / "schoolgate";
  if (std::error_code error; std::filesystem::exists(installed / "taxonomy.toml", error)) return installed.string();
  return SCHOOLGATE_SOURCE_DATA;
}

}  // namespace schoolgate::resolver
