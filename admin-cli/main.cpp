// schoolgate: the command for technicians.
#include <exception>
#include <iostream>

#include "admin-cli/cli.h"

int main(int argc, char** argv) {
  try {
    return schoolgate::admin_cli::run(argc, argv, schoolgate::admin_cli::Screen::of_process());
  } catch (const std::exception& error) {
    std::cerr << "schoolgate: " << error.what() << '\n';
    return 1;
  }
}
