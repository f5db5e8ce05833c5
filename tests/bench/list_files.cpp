#include "tests/bench/list_files.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>

namespace schoolgate::bench {
namespace {

using base::Error;
using base::ErrorCode;
using base::Status;
using filter::Exception;

// Appends the line for a name; nothing when the format cannot say it.
using WriteLine = void (*)(std::string& to, std::string_view name, Exception exception);

void append(std::string& to, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) to += part;
}

void write_domain(std::string& to, std::string_view name, Exception exception) {
  if (exception == Exception::kNo) append(to, {name, "\n"});
}
void write_host(std::string& to, std::string_view name, Exception exception) {
  if (exception == Exception::kNo) append(to, {"0.0.0.0 ", name, "\n"});
}
void write_adblock(std::string& to, std::string_view name, Exception exception) {
  append(to, {exception == Exception::kYes ? "@@||" : "||", name, "^\n"});
}
void write_wildcard(std::string& to, std::string_view name, Exception exception) {
  if (exception == Exception::kNo) append(to, {"*.", name, "\n"});
}
void write_dnsmasq(std::string& to, std::string_view name, Exception exception) {
  append(to, {exception == Exception::kYes ? "server=/" : "address=/", name, "/#\n"});
}
void write_unbound(std::string& to, std::string_view name, Exception exception) {
  append(to, {"local-zone: \"", name, exception == Exception::kYes ? ".\" always_transparent\n" : ".\" always_null\n"});
}
void write_rpz(std::string& to, std::string_view name, Exception exception) {
  const std::string_view target = exception == Exception::kYes ? " CNAME rpz-passthru.\n" : " CNAME .\n";
  append(to, {name, target, "*.", name, target});
}

struct Kind {
  std::string_view file;
  std::string_view head;
  WriteLine write;
};

// One for each of list_files() that has names: the biggest first, as the lists of BlockLists are.
constexpr std::array kKinds = {
    Kind{"category/domains", "", write_domain},
    Kind{"domains.txt", "# Title: domains\n", write_domain},
    Kind{"hosts.txt", "# Title: hosts\n127.0.0.1 localhost\n::1 localhost\n\n", write_host},
    Kind{"adblock.txt", "[Adblock Plus]\n! Title: adblock\n", write_adblock},
    Kind{"wildcard.txt", "# Title: wildcard\n", write_wildcard},
    Kind{"dnsmasq.conf", "# Title: dnsmasq\n", write_dnsmasq},
    Kind{"unbound.conf", "# Title: unbound\nserver:\n", write_unbound},
    Kind{"rpz.zone", "$TTL 300\n@ SOA localhost. root.localhost. 1 43200 3600 86400 300\n  NS localhost.\n", write_rpz},
    Kind{"small.txt.gz", "", write_domain},
};

constexpr std::array kFiles = {
    ListFile{"category", "category", "squidguard"},
    ListFile{"domains", "domains.txt", "domains"},
    ListFile{"hosts", "hosts.txt", "hosts"},
    ListFile{"adblock", "adblock.txt", "adblock"},
    ListFile{"wildcard", "wildcard.txt", "wildcard"},
    ListFile{"dnsmasq", "dnsmasq.conf", "dnsmasq"},
    ListFile{"unbound", "unbound.conf", "unbound"},
    ListFile{"rpz", "rpz.zone", "rpz"},
    ListFile{"small-packed", "small.txt.gz", "domains"},
    ListFile{"regex", "regex.txt", "regex"},
};
constexpr std::array kCategories = {"pornography", "gambling", "games"};

Status write_file(const std::string& path, const std::string& octets) {
  std::ofstream stream(path, std::ios::binary);
  stream << octets;
  stream.close();
  return stream ? Status() : Error(ErrorCode::kUnavailable, "cannot write " + path);
}

Status write_packed(const std::string& path, const std::string& octets) {
  const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path.c_str(), "wb"), &gzclose);
  const auto size = static_cast<unsigned>(octets.size());
  if (file != nullptr && gzwrite(file.get(), octets.data(), size) == static_cast<int>(size)) return {};
  return Error(ErrorCode::kUnavailable, "cannot write " + path);
}

// As publishers have them, in the order of their text.
std::string text_of(const Kind& kind, const BlockLists& lists, std::vector<std::pair<std::size_t, Exception>> names) {
  std::ranges::sort(names, [&lists](const auto& left, const auto& right) {
    return lists.name(left.first) < lists.name(right.first);
  });
  std::string text(kind.head);
  for (const auto& [index, exception] : names) kind.write(text, lists.name(index), exception);
  return text;
}

Status write_names(const std::string& folder, const BlockLists& lists) {
  std::array<std::vector<std::pair<std::size_t, Exception>>, kKinds.size()> names;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    for (const ListRule& rule : lists.rules(i)) {
      auto& of_file = names[rule.list % kKinds.size()];
      if (of_file.empty() || of_file.back().first != i) of_file.emplace_back(i, rule.exception);
    }
  }
  for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
    const std::string path = folder + "/" + std::string(kKinds[kind].file);
    const std::string text = text_of(kKinds[kind], lists, std::move(names[kind]));
    const Status status = path.ends_with(".gz") ? write_packed(path, text) : write_file(path, text);
    if (!status) return status;
  }
  return {};
}

}  // namespace

std::span<const ListFile> list_files() { return kFiles; }

Status write_list_files(const std::string& folder, const BlockLists& lists, const std::vector<std::string>& patterns) {
  std::error_code ignored;
  std::filesystem::create_directory(folder + "/category", ignored);
  if (auto status = write_names(folder, lists); !status) return status;
  if (auto status = write_file(folder + "/category/urls", "www.example.net/page\nwww.example.net/~someone\n");
      !status) {
    return status;
  }
  std::string text;
  for (const std::string& pattern : patterns) text += pattern + "\n";
  if (auto status = write_file(folder + "/regex.txt", text); !status) return status;
  std::string policy = "default_group = \"everyone\"\n";
  for (std::size_t i = 0; i < kFiles.size(); ++i) {
    policy += fmt::format("[[list]]\nid = \"{}\"\ncategory = \"{}\"\nsource = \"{}\"\nformat = \"{}\"\n", kFiles[i].id,
                          kCategories[i % kCategories.size()], kFiles[i].path,
                          kFiles[i].format == "regex" ? "regex" : "auto");
  }
  return write_file(folder + "/policy.toml", policy);
}

}  // namespace schoolgate::bench
