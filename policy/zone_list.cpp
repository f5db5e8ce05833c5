#include "policy/zone_list.h"

#include <filesystem>

#include <fmt/format.h>

#include "dns/name.h"
#include "dns/zone_source.h"
#include "policy/section.h"
#include "policy/written_name.h"

namespace schoolgate::policy {
namespace {

std::string required(base::TomlTable& tsig, std::string_view key) {
  const auto value = tsig.string(key);
  if (!value) {
    if (!tsig.has(key)) tsig.report(tsig.place(), fmt::format("this 'tsig' has no '{}'", key));
    return {};
  }
  if (value->value.empty()) tsig.report(value->place, fmt::format("'{}' is empty", key));
  return value->value;
}

void check_name(base::TomlTable& tsig, const std::string& name) {
  if (name.empty()) return;
  if (const auto parsed = dns::Name::parse(name); !parsed || parsed->is_root()) {
    tsig.report(tsig.place("name"),
                fmt::format("{} is no name of a key: one is written like a domain name, as the primary "
                            "has it",
                            in_quotes(name)));
  }
}

}  // namespace

std::optional<TsigSetting> read_tsig(base::TomlTable& list, std::string_view source, const std::string& policy_file) {
  static const std::vector<std::string> kAlgorithms = {"hmac-sha256", "hmac-sha512"};
  auto table = list.table("tsig");
  if (!table) return std::nullopt;
  if (!dns::is_zone_source(source))
    table->report(table->place(), "'tsig' is for a source that begins with axfr:// or ixfr://");
  TsigSetting setting;
  setting.name = required(*table, "name");
  check_name(*table, setting.name);
  setting.algorithm = kAlgorithms[read_choice(*table, "algorithm", kAlgorithms, {}).value_or(0)];
  // A policy is shared, and readable by many: it has the file's name alone.
  if (table->has("secret")) {
    table->report(table->place("secret"),
                  "a secret does not belong in the policy: put it into a file that only the daemon "
                  "may read, and name that as 'secret_file'");
    static_cast<void>(table->string("secret"));
  }
  setting.secret_file = required(*table, "secret_file");
  table->finish();
  if (setting.name.empty() || setting.secret_file.empty()) return std::nullopt;
  setting.secret_file = (std::filesystem::path(policy_file).parent_path() / setting.secret_file).string();
  return setting;
}

}  // namespace schoolgate::policy
