// The verbs of `schoolgate`, one file each. A verb prints to the screen and returns; cli.cpp turns an error into a
// message and an exit code.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "admin-cli/client.h"
#include "admin-cli/screen.h"
#include "base/result.h"

namespace schoolgate::admin_cli {

// The options that stand before or after every verb.
struct Globals {
  std::string config = "/etc/schoolgate/schoolgate.toml";
  std::string socket;  // empty: the configuration's
  bool json = false;
};

struct CheckOptions {
  std::string name;
  std::string device;
  std::string group;
  std::string type = "A";
  bool offline = false;
  bool many = false;  // names on standard input
};

struct SearchOptions {
  std::string device, client, name, category, verdict;
  std::string from, to;  // as parse_time() reads them
  std::uint32_t limit = 100;
  std::string cursor;
};

struct LocalOptions {
  std::string name, category, reason;
  bool exact = false;  // only the name
  bool below = false;  // only the names below it
  bool even_protected = false;
};

// Names that were looked up: of a file, or those that the history has since a time; or neither.
struct LookedUpOptions {
  std::string names_file;
  std::string since;  // as parse_time() reads it
  bool empty() const { return names_file.empty() && since.empty(); }
};

struct VersionOptions {
  std::string list;
  std::optional<std::uint32_t> version, other;
  std::string reason;
  LookedUpOptions looked_up;  // for diff
  bool all = false;           // everything of a difference
};

struct UpdateOptions {
  std::vector<std::string> lists;    // ids; none: all
  bool background = false;           // only what is named, or else due; says nothing but what went wrong
  std::string state, policy, data;   // as BuildOptions has them
  std::vector<std::string> servers;  // name servers for the hosts of lists; none: the configuration's
};

struct BuildOptions {
  std::string only;         // a list's id: of the others nothing is printed
  bool background = false;  // give way to everything else on the machine, and stay within bounds
  bool says_lists = false;  // a line for each one, when it is read
  // All three or none; none: the configuration's.
  std::string state, policy, data;
};

struct AddOptions {
  std::vector<std::string> ids;  // of the catalogue
  std::string set;               // a recommended one
  // A list of one's own; `ids` and `set` are then empty.
  std::string id, category, source, format;
};

struct ImportOptions {
  std::string file;
  std::string category;  // of all that is imported
  bool dry_run = false;
};

// At --socket, or else at the admin socket of the configuration.
base::Result<Client> connect(const Globals& globals);

base::Status show_status(const Globals& globals, const Screen& screen);
base::Status check_name(const Globals& globals, const CheckOptions& options, const Screen& screen);
// A line of `in` each; nothing of it is shown before the files are read.
base::Status check_names(const Globals& globals, const CheckOptions& options, std::istream& in, const Screen& screen);
base::Status search_history(const Globals& globals, const SearchOptions& options, const Screen& screen);
base::Status show_policy(const Globals& globals, const Screen& screen);
base::Status show_lists(const Globals& globals, const Screen& screen);
base::Status show_local_rules(const Globals& globals, const Screen& screen);
base::Status block_name(const Globals& globals, const LocalOptions& options, const Screen& screen);
base::Status allow_name(const Globals& globals, const LocalOptions& options, const Screen& screen);
base::Status remove_local_rule(const Globals& globals, const LocalOptions& options, const Screen& screen);
// Of one category, or of all when it is empty.
base::Status show_catalogue(const Globals& globals, const std::string& category, const Screen& screen);
base::Status add_lists(const Globals& globals, const AddOptions& options, const Screen& screen);
base::Status remove_list(const Globals& globals, const std::string& id, const Screen& screen);
base::Status import_lists(const Globals& globals, const ImportOptions& options, const Screen& screen);
// From the files: the image that was built last, and the local rules.
base::Status find_in_lists(const Globals& globals, const std::string& typed, const Screen& screen);
base::Status show_list_statistics(const Globals& globals, const LookedUpOptions& looked_up, const Screen& screen);
base::Status show_list_log(const Globals& globals, const VersionOptions& options, const Screen& screen);
base::Status show_list_difference(const Globals& globals, const VersionOptions& options, const Screen& screen);
// These build the lists afterwards.
base::Status accept_list_update(const Globals& globals, const VersionOptions& options, const Screen& screen);
base::Status refuse_list_update(const Globals& globals, const VersionOptions& options, const Screen& screen);
base::Status roll_list_back(const Globals& globals, const VersionOptions& options, const Screen& screen);
// Fetches the lists that have an address, and builds.
base::Status update_lists(const Globals& globals, const UpdateOptions& options, const Screen& screen);
// A daemon that runs has the result in force when this returns, or else it is said.
base::Status build_lists(const Globals& globals, const BuildOptions& options, const Screen& screen);

}  // namespace schoolgate::admin_cli
