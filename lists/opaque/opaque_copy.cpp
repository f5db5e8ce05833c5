#include "lists/opaque/opaque_copy.h"

#include "base/file.h"
#include "filter/file/sectioned_file.h"
#include "lists/report/report.h"
#include "lists/source/list_source.h"

namespace schoolgate::lists {
namespace {

// The report is one of a build with this list alone, see report.h; for the rules see opaque_rules.h.
enum class CopySection : std::uint32_t { kReport, kRules };
constexpr filter::FileKind kCopyFile{"SGHASHED", "kept copy of an opaque list", 1, 2};

constexpr std::size_t kMostCopyBytes = std::size_t{1} << 30;

}  // namespace

std::string encode_opaque_copy(const OpaqueCopy& copy, const filter::OpaqueKey& key) {
  BuildOutcome alone;
  alone.lists.push_back(copy.report);
  filter::SectionWriter writer(kCopyFile);
  writer.begin_section() += encode_report(alone);
  filter::encode_opaque(copy.rules, key, writer.begin_section());
  return std::move(writer).finish();
}

base::Status write_opaque_copy(const std::string& path, std::string_view octets) {
  if (const auto kept = base::read_file(path, kMostCopyBytes); kept && *kept == octets) return {};
  return base::replace_file(path, octets);
}

base::Result<OpaqueCopy> read_opaque_copy(const std::string& path, const filter::OpaqueKey& key) {
  const auto octets = base::read_file(path, kMostCopyBytes);
  if (!octets) return octets.error();
  const auto file =
      filter::SectionedFile::read(filter::octets_of(*octets), kCopyFile, path, filter::Checksums::kVerify);
  if (!file) return file.error();
  if (const auto whole = file->verify_sections(); !whole) return whole.error();
  auto report = parse_report(filter::text_of(file->section(CopySection::kReport)));
  if (!report) return report.error().within(path);
  const auto rules = filter::OpaqueRules::read(file->section(CopySection::kRules), key);
  if (!rules) return rules.error().within(path);
  if (report->lists.size() != 1 || rules->empty()) return file->damaged("it is not of one list with rules");
  return OpaqueCopy{std::move(report->lists.front()), rules->all()};
}

std::string opaque_copy_path(const std::string& state_folder, const std::string& list) {
  return copy_folder(state_folder) + "/" + list + ".hashed";
}

}  // namespace schoolgate::lists
