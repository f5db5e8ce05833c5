// schoolgated: reads its command line and configuration, and runs.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <exception>

#include "resolver/configuration.h"
#include "resolver/daemon/daemon.h"
#include "resolver/daemon/options.h"

namespace {

using schoolgate::base::Error;
using schoolgate::base::ErrorCode;

constexpr int kFailed = 1;
constexpr int kBadConfiguration = 2;

// What is wrong in a file begins with file:line:column, so that editors can jump there; the rest with our name.
int report(const Error& error) {
  const bool configuration = error.code() == ErrorCode::kInvalid || error.code() == ErrorCode::kNotBuiltYet;
  std::fprintf(stderr, "%s%s\n", configuration ? "" : "schoolgated: ", error.message().c_str());
  return configuration ? kBadConfiguration : kFailed;
}

int run(const schoolgate::daemon::Options& options) {
  const auto configuration = schoolgate::resolver::Configuration::read(options.config);
  if (!configuration) {
    report(configuration.error());
    return kBadConfiguration;
  }
  const auto status =
      options.check_config ? schoolgate::daemon::check(*configuration) : schoolgate::daemon::run(*configuration);
  if (!status) return report(status.error());
  if (options.check_config) std::printf("%s: good\n", options.config.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    spdlog::set_default_logger(spdlog::stderr_color_mt("schoolgated"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    const auto options = schoolgate::daemon::parse_options(argc, argv);
    if (const int* exit_code = std::get_if<int>(&options)) return *exit_code;
    return run(std::get<schoolgate::daemon::Options>(options));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "schoolgated: %s\n", error.what());
    return kFailed;
  }
}
