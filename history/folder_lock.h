// FolderLock: one process at a time writes the history of a folder. Held while it lives; a dead process holds nothing.
#pragma once

#include <string>

#include "base/result.h"
#include "history/file_descriptor.h"

namespace schoolgate::history {

class FolderLock {
 public:
  // kInUse when another process, or another History of this one, has it.
  static base::Result<FolderLock> take(const std::string& folder);

 private:
  explicit FolderLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace schoolgate::history
