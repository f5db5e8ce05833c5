#include "admin-cli/files.h"

#include <ostream>

#include "lists/build.h"
#include "lists/local_rules/local_rules_file.h"
#include "lists/opaque/opaque_key.h"

namespace schoolgate::admin_cli {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Error as_bad_configuration(const Error& error) { return Error(ErrorCode::kInvalid, error.message()); }

}  // namespace

Result<resolver::Configuration> read_configuration(const std::string& path) {
  auto configuration = resolver::Configuration::read(path);
  if (!configuration) return as_bad_configuration(configuration.error());
  return configuration;
}

Result<Files> read_files(const std::string& configuration_path) {
  auto configuration = read_configuration(configuration_path);
  if (!configuration) return configuration.error();
  return read_files(std::move(*configuration));
}

Result<Files> read_files(resolver::Configuration configuration) {
  auto taxonomy = lists::Taxonomy::read(configuration.data_folder() + "/taxonomy.toml");
  if (!taxonomy) return as_bad_configuration(taxonomy.error());
  auto settings = policy::read_policy(configuration.policy_file, taxonomy->tags());
  if (!settings) return as_bad_configuration(settings.error());
  return Files{std::move(configuration), std::move(*taxonomy), std::move(*settings)};
}

Result<lists::Catalogue> read_catalogue(const Files& files) {
  auto catalogue = lists::Catalogue::read(files.configuration.data_folder() + "/catalogue.toml", files.taxonomy);
  if (!catalogue) return as_bad_configuration(catalogue.error());
  return catalogue;
}

Result<Names> read_names(const Files& files) {
  auto image = lists::open_image(lists::image_path(files.configuration.state), files.configuration.state);
  if (!image) return image.error().within("no filter image to check against (schoolgate lists build makes one)");
  const auto kept = lists::read_local_rules(files.configuration.state);
  auto local = lists::build_overlay(kept.rules, (*image)->tags(), files.taxonomy.tags().locked());
  if (!local) return local.error();
  Names names{std::move(*image), local->overlay, {}};
  for (const std::string& problem : {kept.problem, lists::set_aside(kept.rules, *local)}) {
    if (!problem.empty()) names.problems.push_back(problem);
  }
  return names;
}

void show_problems(const Names& names, const Screen& screen) {
  for (const std::string& problem : names.problems) screen.err << printable(problem) << '\n';
}

}  // namespace schoolgate::admin_cli
