#include "admin-cli/files.h"

#include "filter/image.h"
#include "lists/build.h"
#include "lists/opaque_key.h"
#include "policy/policy.h"

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

Result<policy::CheckReport> check_files(Files files, const policy::CheckRequest& request) {
  const auto image = lists::open_image(lists::image_path(files.configuration.state), files.configuration.state);
  if (!image) return image.error().within("no filter image to check against (schoolgate lists build makes one)");
  const auto policy = policy::Policy::compile(std::move(files.policy), files.taxonomy.tags());
  return policy::check(*policy, **image, request);
}

}  // namespace schoolgate::admin_cli
