// The known word that a misspelt one most likely meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schoolgate::base {

// The candidate with the smallest edit distance, when it is close enough to be meant; ties go to the first.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

// " (did you mean 'gambling'?)", or empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace schoolgate::base
