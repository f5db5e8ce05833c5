// What the verbs that need no daemon read: configuration, taxonomy, policy file, filter image, local rules.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "admin-cli/screen.h"
#include "base/result.h"
#include "filter/classifier.h"
#include "lists/catalogue/catalogue.h"
#include "lists/catalogue/taxonomy.h"
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

// Beside the taxonomy.
base::Result<lists::Catalogue> read_catalogue(const Files& files);

// What names are, to a daemon that started now: by the image that the last build left, and the local rules.
struct Names {
  std::shared_ptr<const filter::Image> image;
  std::shared_ptr<const filter::Overlay> local_rules;
  std::vector<std::string> problems;  // with the local rules, in words
};
base::Result<Names> read_names(const Files& files);
void show_problems(const Names& names, const Screen& screen);

}  // namespace schoolgate::admin_cli
