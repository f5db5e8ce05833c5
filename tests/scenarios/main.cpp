// Makes one test case of each *.scenario file beside this one.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "tests/scenarios/runner.h"
#include "tests/scenarios/scenario.h"

namespace schoolgate::scenarios {
namespace {

class ScenarioTest : public testing::Test {
 public:
  explicit ScenarioTest(std::string path) : path_(std::move(path)) {}
  void TestBody() override {
    const auto scenario = read_scenario(path_);
    ASSERT_TRUE(scenario) << scenario.error().message();
    // Not on the stack: GCC 12's AddressSanitizer puts what is aligned to 64 octets there at 32 (GCC bug 110027).
    std::make_unique<Runner>(*scenario)->run();
  }

 private:
  std::string path_;
};

void register_all() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(SCHOOLGATE_SCENARIOS)) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    testing::RegisterTest("scenario", file.stem().c_str(), nullptr, nullptr, file.c_str(), 1,
                          [path = file.string()]() -> testing::Test* { return new ScenarioTest(path); });
  }
}

}  // namespace
}  // namespace schoolgate::scenarios

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  schoolgate::scenarios::register_all();
  return RUN_ALL_TESTS();
}
