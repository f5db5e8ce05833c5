#include "lists/source.h"

#include <xxhash.h>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "lists/guard/address_limit.h"
#include "lists/source/archive.h"
#include "lists/source/category_folder.h"
#include "lists/source/zone_includes.h"
#include "lists/versions/versions.h"

namespace schoolgate::lists {
namespace {

std::string digest_of(std::string_view bytes) {
  const XXH128_hash_t digest = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", digest.high64, digest.low64);
}

// Counts into a report what a file would give.
class Survey final : public ActionSink {
 public:
  Survey(Reading& reading, const Guard& guard, const Source& source)
      : ActionSink(source.action),
        report_(reading.report),
        set_aside_(reading.set_aside),
        guard_(guard),
        suffixes_(source.suffixes) {}
  void take(const Line& line, filter::Reach reach, filter::Exception exception, const dns::Name& name) override {
    count(line, guard_.why_set_aside(reach, exception, name, suffixes_));
  }
  void take_pattern(const Line& line, filter::Exception, std::string_view) override {
    if (report_.opaque) return reject(line, "a pattern cannot be hashed, and its list is opaque");
    ++report_.rules;
  }
  void reject(const Line& line, std::string_view reason) override {
    note_rejected(report_, {report_.id, line.number, std::string(line.text), std::string(reason)});
  }
  void skip(const Line&) override { ++report_.skipped; }

 private:
  void take_given(const Line& line, filter::Reach reach, const dns::Name& name, const filter::RuleAnswer&) override {
    take(line, reach, filter::Exception::kNo, name);
  }
  void take_by_address(const Line& line, const filter::AddressTrigger& trigger, filter::Exception exception,
                       const filter::RuleAnswer&) override {
    if (report_.opaque) return reject(line, "an address cannot be hashed, and its list is opaque");
    count(line, exception == filter::Exception::kYes ? "" : limit_.why_set_aside(trigger));
  }

  // Why it is set aside; empty: it is not.
  void count(const Line& line, const std::string& why) {
    if (why.empty()) {
      ++report_.rules;
    } else {
      set_aside(line, why);
    }
    ++place_;
  }
  // Why says of the rule what an opaque list keeps to itself.
  void set_aside(const Line& line, const std::string& why) {
    set_aside_.add(place_);
    const std::string reason = report_.opaque ? "would block what is protected" : why;
    note_rejected(report_, {report_.id, line.number, std::string(line.text), reason, true});
  }

  ListReport& report_;
  SetAside& set_aside_;
  std::uint64_t place_ = 0;
  const Guard& guard_;
  const Guard::Suffixes suffixes_;
  AddressLimit limit_;
};

// Written only when it differs: an unchanged list costs no sync.
void keep_copy(Reading& reading, const std::string& path) {
  if (const auto kept = base::read_file(path, kMostSourceBytes); kept && *kept == reading.bytes) return;
  if (const auto status = base::replace_file(path, reading.bytes); !status) {
    reading.report.problem = "in force, but no copy of it could be kept: " + status.error().message();
  }
}

// What was read goes into force, or else, when it is held back, the kept copy stays.
Reading take_version(Reading now, const Source& source, const Ground& ground) {
  const Received received = receive_version(source, now.report, now.bytes, ground);
  if (received.is_held()) {
    Reading kept = survey_copy(source, ground);
    if (kept.report.rules > 0) {
      say_held(kept.report, received);
      return kept;
    }
  }
  say_received(now.report, received);
  keep_copy(now, copy_path(ground.state_folder, source.id));
  return now;
}

base::Result<std::string> read_bytes(const Source& source, const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return read_category_folder(path, kMostSourceBytes);
  auto bytes = base::read_file(path, kMostSourceBytes);
  if (!bytes) return bytes;
  // Of a zone that came from elsewhere nothing lies beside it.
  if (!source.remote && has_includes(*bytes)) return expand_includes(path, *bytes, kMostSourceBytes);
  if (!is_archive(*bytes)) return bytes;
  return read_archive(source.shown_source(), *bytes, source.folder, kMostSourceBytes);
}

}  // namespace

Reading survey(const Source& source, const std::string& path, const std::string& format, const Guard& guard) {
  Reading reading;
  reading.report.id = source.id;
  reading.report.category = source.category;
  reading.report.source = source.shown_source();
  reading.report.format = source.format;
  reading.report.opaque = source.opaque;
  auto bytes = read_bytes(source, path);
  if (!bytes) {
    reading.report.problem = bytes.error().message();
    return reading;
  }
  reading.bytes = std::move(*bytes);
  reading.format = format == "auto" ? &detect_format(reading.bytes) : find_format(format);
  reading.report.format = reading.format->name;
  reading.report.version = digest_of(reading.bytes);
  Survey counting(reading, guard, source);
  reading.format->parse(reading.bytes, counting);
  if (reading.report.rules == 0) {
    reading.report.problem = source.shown_source() +
                             ": no rule in it (rejected: " + std::to_string(reading.report.rejected_count) +
                             "): is it the right file, and the right format?";
  }
  return reading;
}

Reading survey_copy(const Source& source, const Ground& ground) {
  const std::string path = copy_path(ground.state_folder, source.id);
  Reading kept = survey(source, path, source.format, ground.guard);
  return kept.report.rules > 0 ? kept : survey(source, path, "auto", ground.guard);
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

namespace {

Reading read_octets(const Source& source, const Ground& ground) {
  Reading now = survey(source, source.path, source.format, ground.guard);
  if (now.report.rules > 0) return take_version(std::move(now), source, ground);
  Reading kept = survey_copy(source, ground);
  if (kept.report.rules > 0) {
    kept.report.kept_copy = true;
    kept.report.problem =
        now.report.problem + "; the last good copy is in force (rules: " + std::to_string(kept.report.rules) + ")";
    return kept;
  }
  now.report.problem += now.format == nullptr ? "; there is no earlier copy, so this list is missing" : "";
  return now;
}

}  // namespace

Reading read_source(const Source& source, const Ground& ground) {
  Reading reading = read_octets(source, ground);
  say_fetch(reading.report, source, ground);
  return reading;
}

}  // namespace schoolgate::lists
