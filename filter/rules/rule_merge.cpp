#include "filter/rules/rule_merge.h"

#include <utility>

namespace schoolgate::filter {

void RuleMerge::add(ListNumber list, Octets names, LinkedNumbers numbers) {
  Source source{list, numbers, RuleReader(names), {}};
  if (!source.reader.next()) {
    is_good_ = is_good_ && source.reader.is_good();
    return;
  }
  source.start = KeyStart(source.reader.key());
  sources_.push_back(source);
  heap_.push_back(sources_.size() - 1);
  std::ranges::push_heap(heap_, [this](std::size_t left, std::size_t right) { return follows(left, right); });
}

bool RuleMerge::follows(std::size_t left, std::size_t right) const {
  const Source& one = sources_[left];
  const Source& other = sources_[right];
  return one.start != other.start ? one.start.follows(other.start) : one.reader.key() > other.reader.key();
}

bool RuleMerge::next() {
  rules_.clear();
  if (heap_.empty() || !is_good_) return false;
  const Source& first = sources_[heap_.front()];
  key_size_ = first.reader.key().copy(key_.data(), key_.size());
  start_ = first.start;
  do {
    take_rule(sources_[heap_.front()]);
    advance_first();
  } while (!heap_.empty() && is_at_name(sources_[heap_.front()]));
  if (rules_.size() > 1) {
    sort_same_name(std::span(rules_));
    std::erase_if(rules_, [](const RuleLine& rule) { return rule.is_dropped; });
  }
  return is_good_;
}

bool RuleMerge::is_at_name(const Source& source) const {
  return source.start == start_ && source.reader.key() == key();
}

void RuleMerge::take_rule(const Source& source) {
  RuleLine rule = source.reader.rule();
  rule.list = source.list;
  rule.answer = linked_answer(rule.answer, source.numbers.answers);
  if (rule.frame != kWrittenOut) {
    is_good_ = is_good_ && rule.frame < source.numbers.frames.size();
    rule.frame = is_good_ ? source.numbers.frames[rule.frame] : kNameAlone;
  }
  rules_.push_back(rule);
}

void RuleMerge::advance_first() {
  Source& first = sources_[heap_.front()];
  if (first.reader.next()) {
    first.start = KeyStart(first.reader.key());
  } else {
    is_good_ = is_good_ && first.reader.is_good();
    heap_.front() = heap_.back();
    heap_.pop_back();
  }
  sink_first();
}

// To its place, from the top. Nearly always that is near it: neighbours in one list are neighbours among all.
void RuleMerge::sink_first() {
  for (std::size_t at = 0;;) {
    std::size_t least = at;
    for (const std::size_t child : {2 * at + 1, 2 * at + 2}) {
      if (child < heap_.size() && follows(heap_[least], heap_[child])) least = child;
    }
    if (least == at) return;
    std::swap(heap_[at], heap_[least]);
    at = least;
  }
}

}  // namespace schoolgate::filter
