// PolicyEdit: the policy file, changed by the command. What would be wrong is never written.
//
// Thread contract: one thread.
#pragma once

#include <string>

#include "admin-cli/file_edit.h"
#include "admin-cli/files.h"
#include "base/result.h"

namespace schoolgate::admin_cli {

class PolicyEdit {
 public:
  static base::Result<PolicyEdit> open(const std::string& configuration_path);
  const Files& files() const { return files_; }  // `policy` is what the text says
  const std::string& text() const { return edit_.text(); }
  const policy::ListSetting* find(const std::string& id) const;
  // What the text says; kInvalid, with every mistake, when it is wrong.
  base::Result<policy::PolicySettings> check(const std::string& text) const;
  // Checks the text, then writes it, and returns what it says. A text that is wrong is kInvalid, and never written.
  base::Result<policy::PolicySettings> replace(const std::string& text);

 private:
  PolicyEdit(Files files, FileEdit edit) : files_(std::move(files)), edit_(std::move(edit)) {}
  Files files_;
  FileEdit edit_;
};

}  // namespace schoolgate::admin_cli
