// What a list's local data says to a question: records of the asked type, or that the name is an alias.
#pragma once

#include <optional>
#include <vector>

#include "dns/name.h"
#include "dns/reply.h"
#include "filter/rules/answer.h"

namespace schoolgate::resolver {

struct LocalData {
  std::vector<dns::LocalRecord> records;  // of the asked type; views of the table
  std::optional<dns::Name> alias;         // lower case
};

// "*.garden.example" as an alias stands for the asked name below garden.example. An alias that is no name says nothing.
LocalData find_local_data(const filter::AnswerTable& answers, filter::AnswerNumber answer, const dns::Query& query);

}  // namespace schoolgate::resolver
