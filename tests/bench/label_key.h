// Names as text with their labels from the right: an ancestor's key is a prefix of its descendants', and sorting puts it
// right before them.
#pragma once

#include <string>
#include <string_view>

namespace schoolgate::bench {

// Calls visit(label) from the right: "www.example.com" gives "com", "example", "www".
template <class Visit>
void for_each_label_from_right(std::string_view name, Visit visit) {
  for (std::size_t end = name.size();;) {
    const std::size_t dot = end == 0 ? std::string_view::npos : name.rfind('.', end - 1);
    const std::size_t begin = dot == std::string_view::npos ? 0 : dot + 1;
    visit(name.substr(begin, end - begin));
    if (begin == 0) return;
    end = dot;
  }
}

// The order of the image's own keys: each label with its length in front.
inline std::string sort_key(std::string_view name) {
  std::string key;
  for_each_label_from_right(name, [&key](std::string_view label) {
    key += static_cast<char>(label.size());
    key += label;
  });
  return key;
}

// Calls visit(suffix) for the name itself and each name above it, until it returns true. Did it?
template <class Visit>
bool any_suffix(std::string_view name, Visit visit) {
  for (;;) {
    if (visit(name)) return true;
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return false;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace schoolgate::bench
