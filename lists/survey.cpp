#include "lists/survey.h"

#include <xxhash.h>

#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/build_progress.h"
#include "lists/guard/address_limit.h"
#include "lists/source/archive.h"
#include "lists/source/category_folder.h"
#include "lists/source/zone_includes.h"

namespace schoolgate::lists {
namespace {

std::string digest_of(std::string_view bytes) {
  const XXH128_hash_t digest = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", digest.high64, digest.low64);
}

class Survey final : public ActionSink {
 public:
  Survey(Reading& reading, const Guard& guard, const Source& source, const SurveyListeners& listeners)
      : ActionSink(source.action),
        bytes_(reading.bytes),
        report_(reading.report),
        guard_(guard),
        suffixes_(source.suffixes),
        rules_(listeners.rules),
        progress_(listeners.progress) {}
  void take(const Line& line, filter::Reach reach, filter::Exception exception, const dns::Name& name) override {
    const bool is_in_force = count(line, guard_.why_set_aside(reach, exception, name, suffixes_));
    if (is_in_force && rules_ != nullptr) rules_->add_name(reach, exception, name, line.number, line.text);
  }
  void take_pattern(const Line& line, filter::Exception exception, std::string_view expression) override {
    if (report_.opaque) return reject(line, "a pattern cannot be hashed, and its list is opaque");
    ++report_.rules;
    if (rules_ != nullptr) rules_->add_pattern(exception, expression, line.number, line.text);
  }
  void reject(const Line& line, std::string_view reason) override {
    note_rejected(report_, {report_.id, line.number, std::string(line.text), std::string(reason)});
  }
  void skip(const Line&) override { ++report_.skipped; }

 private:
  void take_given(const Line& line, filter::Reach reach, const dns::Name& name,
                  const filter::RuleAnswer& answer) override {
    const bool is_in_force = count(line, guard_.why_set_aside(reach, filter::Exception::kNo, name, suffixes_));
    if (is_in_force && rules_ != nullptr) rules_->add_answer(reach, name, answer, line.number, line.text);
  }
  void take_by_address(const Line& line, const filter::AddressTrigger& trigger, filter::Exception exception,
                       const filter::RuleAnswer& answer) override {
    if (report_.opaque) return reject(line, "an address cannot be hashed, and its list is opaque");
    const bool is_in_force = count(line, exception == filter::Exception::kYes ? "" : limit_.why_set_aside(trigger));
    if (is_in_force && rules_ != nullptr) rules_->add_address(trigger, exception, answer, line.number, line.text);
  }

  // Whether it goes into force: when there is no reason why it is set aside.
  bool count(const Line& line, const std::string& why) {
    if (why.empty()) {
      ++report_.rules;
    } else {
      set_aside(line, why);
    }
    if (++seen_ % BuildProgress::kRulesBetween == 0 && progress_ != nullptr) tell(line);
    return why.empty();
  }
  // Why says of the rule what an opaque list keeps to itself.
  void set_aside(const Line& line, const std::string& why) {
    const std::string reason = report_.opaque ? "would block what is protected" : why;
    note_rejected(report_, {report_.id, line.number, std::string(line.text), reason, true});
  }
  // Lines are views into the octets, in their order, but for those that a format put together.
  void tell(const Line& line) {
    const auto at =
        reinterpret_cast<std::uintptr_t>(line.text.data()) - reinterpret_cast<std::uintptr_t>(bytes_.data());
    if (at < bytes_.size()) progress_->tell(at, bytes_.size());
  }

  const std::string& bytes_;
  ListReport& report_;
  std::uint64_t seen_ = 0;  // rules by name or address
  const Guard& guard_;
  const Guard::Suffixes suffixes_;
  AddressLimit limit_;
  filter::ListRulesBuilder* const rules_;
  BuildProgress* const progress_;
};

base::Result<std::string> read_bytes(const Source& source, const std::string& path, bool& is_of_one_file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return read_category_folder(path, kMostSourceBytes);
  auto bytes = base::read_file(path, kMostSourceBytes);
  if (!bytes) return bytes;
  // Of a zone that came from elsewhere nothing lies beside it.
  is_of_one_file = source.remote || !has_includes(*bytes);
  if (!is_of_one_file) return expand_includes(path, *bytes, kMostSourceBytes);
  if (!is_archive(*bytes)) return bytes;
  return read_archive(source.shown_source(), *bytes, source.folder, kMostSourceBytes);
}

}  // namespace

Reading read_octets(const Source& source, const std::string& path, const std::string& format) {
  Reading reading;
  reading.report.id = source.id;
  reading.report.category = source.category;
  reading.report.source = source.shown_source();
  reading.report.format = source.format;
  reading.report.opaque = source.opaque;
  auto bytes = read_bytes(source, path, reading.is_of_one_file);
  if (!bytes) {
    reading.report.problem = bytes.error().message();
    return reading;
  }
  reading.bytes = std::move(*bytes);
  reading.format = format == "auto" ? &detect_format(reading.bytes) : find_format(format);
  reading.report.format = reading.format->name;
  reading.report.version = digest_of(reading.bytes);
  return reading;
}

void survey(Reading& reading, const Source& source, const Guard& guard, const SurveyListeners& listeners) {
  if (reading.format == nullptr) return;
  Survey counting(reading, guard, source, listeners);
  reading.format->parse(reading.bytes, counting);
  if (reading.report.rules > 0) return;
  reading.report.problem = fmt::format("{}: no rule in it (rejected: {}): is it the right file, and the right format?",
                                       source.shown_source(), reading.report.rejected_count);
}

void say_fetch(ListReport& report, const Source& source, const Ground& ground) {
  if (!source.remote) return;
  const FetchState state = FetchedList(ground.state_folder, source.id).state(*source.remote);
  const std::string why = why_not_current(*source.remote, state, ground.now_us);
  if (why.empty()) return;
  if (report.rules == 0) {
    report.problem = why + "; there is no earlier copy, so this list is missing";
    return;
  }
  // Where the octets are not there it says of them the same again, in words about files.
  const bool has_more_to_say = report.held.has_value();
  report.problem = fmt::format("{}; the last good version is in force (rules: {}){}", why, report.rules,
                               has_more_to_say ? "; " + report.problem : "");
  report.kept_copy = true;
}

}  // namespace schoolgate::lists
