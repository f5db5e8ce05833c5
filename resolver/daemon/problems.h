// Problems: what needs a person, by subject, newest text each. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace schoolgate::daemon {

class Problems {
 public:
  // Empty text: the subject is well again.
  void set(const std::string& subject, const std::string& text);
  std::vector<std::string> texts() const;

 private:
  mutable std::mutex lock_;
  std::map<std::string, std::string> by_subject_;
};

}  // namespace schoolgate::daemon
