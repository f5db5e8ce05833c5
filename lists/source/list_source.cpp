#include "lists/source/list_source.h"

namespace schoolgate::lists {

std::string copy_folder(const std::string& state_folder) { return state_folder + "/lists"; }
std::string copy_path(const std::string& state_folder, const std::string& list) {
  return copy_folder(state_folder) + "/" + list;
}

}  // namespace schoolgate::lists
