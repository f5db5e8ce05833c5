// schoolgate: the command for technicians.
#include <exception>
#include <iostream>

#include "admin-cli/cli.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);  // nothing here uses C's streams, and millions of names may come through
  try {
    return schoolgate::admin_cli::run(argc, argv, schoolgate::admin_cli::Screen::of_process());
  } catch (const std::exception& error) {
    std::cerr << "schoolgate: " << error.what() << '\n';
    return 1;
  }
}
