#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <string>

namespace schoolgate::lists {

// Whether anybody opened a file.
class OpenWatch {
 public:
  explicit OpenWatch(const std::string& path) : watch_(::inotify_init1(IN_NONBLOCK)) {
    EXPECT_GE(::inotify_add_watch(watch_, path.c_str(), IN_OPEN), 0) << path;
  }
  ~OpenWatch() { ::close(watch_); }
  OpenWatch(const OpenWatch&) = delete;
  OpenWatch& operator=(const OpenWatch&) = delete;
  bool was_opened() const {
    pollfd waiting{watch_, POLLIN, 0};
    return ::poll(&waiting, 1, 0) == 1;
  }

 private:
  int watch_;
};

}  // namespace schoolgate::lists
