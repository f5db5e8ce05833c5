#include "tests/bench/bench_folder.h"

#include <fstream>

namespace schoolgate::bench {
namespace {

base::Status written(std::ofstream& stream, const std::string& path) {
  stream.close();
  if (stream) return {};
  return base::Error(base::ErrorCode::kUnavailable, "cannot write " + path);
}

base::Error unreadable(const std::string& path) {
  return base::Error(base::ErrorCode::kNotFound, "cannot read " + path + "; has bench_names made it?");
}

}  // namespace

base::Status write_lists(const std::string& folder, const BlockLists& lists) {
  const std::string path = folder + "/rules.tsv";
  std::ofstream rules(path);
  std::ofstream names(folder + "/names.txt");
  for (std::size_t i = 0; i < lists.size(); ++i) {
    names << lists.name(i) << '\n';
    for (const ListRule& rule : lists.rules(i)) {
      rules << lists.name(i) << '\t' << rule.list << '\t' << static_cast<int>(rule.reach) << '\t'
            << static_cast<int>(rule.exception) << '\n';
    }
  }
  if (auto status = written(names, folder + "/names.txt"); !status) return status;
  return written(rules, path);
}

base::Result<BlockLists> read_lists(const std::string& folder) {
  const std::string path = folder + "/rules.tsv";
  std::ifstream stream(path);
  if (!stream) return unreadable(path);
  BlockLists lists;
  std::string name;
  std::string current;
  std::vector<ListRule> rules;
  int list = 0;
  int reach = 0;
  int exception = 0;
  while (stream >> name >> list >> reach >> exception) {
    if (name != current && !rules.empty()) {
      lists.add(current, rules);
      rules.clear();
    }
    current = name;
    rules.push_back({static_cast<filter::ListNumber>(list), static_cast<filter::Reach>(reach),
                     static_cast<filter::Exception>(exception)});
  }
  if (!rules.empty()) lists.add(current, rules);
  return lists;
}

base::Status write_queries(const std::string& folder, const std::string& mix, const QueryMix& queries) {
  const std::string path = folder + "/" + mix + ".txt";
  std::ofstream stream(path);
  for (std::size_t i = 0; i < queries.names.size(); ++i)
    stream << queries.blocked[i] << ' ' << queries.names[i] << '\n';
  return written(stream, path);
}

base::Result<QueryMix> read_queries(const std::string& folder, const std::string& mix) {
  const std::string path = folder + "/" + mix + ".txt";
  std::ifstream stream(path);
  if (!stream) return unreadable(path);
  QueryMix queries;
  bool blocked = false;
  for (std::string name; stream >> blocked >> name;) {
    queries.blocked.push_back(blocked);
    queries.names.add(name);
  }
  return queries;
}

}  // namespace schoolgate::bench
