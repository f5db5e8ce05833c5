// What the verbs that need no daemon read: configuration, taxonomy, policy file, filter image.
#pragma once

#include <string>

#include "base/result.h"
#include "lists/taxonomy.h"
#include "policy/check.h"
#include "policy/policy_file.h"
#include "resolver/configuration.h"

namespace schoolgate::admin_cli {

struct Files {
  resolver::Configuration configuration;
  lists::Taxonomy taxonomy;
  policy::PolicySettings policy;
};

// Every error of these is kInvalid: to the command, a configuration that cannot be read is a bad one (exit code 2).
base::Result<resolver::Configuration> read_configuration(const std::string& path);
base::Result<Files> read_files(const std::string& configuration_path);
base::Result<Files> read_files(resolver::Configuration configuration);  // the files that it names

// policy::check() over the image that the last build left: what a daemon started now would say.
base::Result<policy::CheckReport> check_files(Files files, const policy::CheckRequest& request);

}  // namespace schoolgate::admin_cli
