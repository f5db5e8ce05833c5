// Recovery: what dead processes left in their rings is stored before anything new is.
#pragma once

#include <string>

#include "history/problems.h"
#include "history/writer.h"

namespace schoolgate::history {

// Drains every ring in the folder, one after the other, and deletes those that are stored to the last record. A file
// that is no ring is renamed *.damaged; one that cannot be stored now stays for the next start. Neither is fatal.
// Damaged ones that were set aside before `oldest_kept` are deleted.
void recover_rings(const std::string& journal_folder, Day today, Day oldest_kept, Writer& writer, Problems& problems);

}  // namespace schoolgate::history
