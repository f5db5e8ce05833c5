// FileEdit: a file that a person keeps by hand, changed by us. Whoever else changes it at the same time loses nothing.
//
// Thread contract: one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"

namespace schoolgate::admin_cli {

class FileEdit {
 public:
  // Reads the file, and keeps other edits of ours out while it lives: kInUse when one goes on.
  static base::Result<FileEdit> open(const std::string& path, std::size_t limit_bytes);
  FileEdit(FileEdit&&) noexcept;
  FileEdit& operator=(FileEdit&&) noexcept;
  ~FileEdit();

  const std::string& text() const;
  // In one step, owner and mode as they were (base::rewrite_file). kInUse when the file is no longer as open() read it.
  base::Status replace(const std::string& text);

 private:
  struct Impl;
  explicit FileEdit(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schoolgate::admin_cli
