#include "lists/formats/zone_records.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "lists/formats/words.h"

namespace schoolgate::lists {
namespace {

// Of a record that goes over several lines: a SOA has seven.
constexpr std::size_t kMostLines = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A parenthesis, a quoted text, an escape: what few records have.
bool needs_ldns(char c) { return c == '(' || c == ')' || c == '"' || c == '\\'; }

// "3600", or "1h30m" as BIND writes it.
bool is_ttl(std::string_view word) {
  constexpr std::string_view kUnits = "smhdwSMHDW";
  return !word.empty() && is_digit(word.front()) && std::all_of(word.begin(), word.end(), [&](char c) {
    return is_digit(c) || kUnits.find(c) != std::string_view::npos;
  });
}

bool is_class(std::string_view word) { return equals_in_any_case(word, "IN"); }

// What a file's directives and its SOA say about where a name stands.
class Origin {
 public:
  // False when the name cannot be placed: it is relative to nothing.
  bool set(std::string_view name) {
    auto absolute = absolute_of(name);
    if (!absolute) return false;
    place(*absolute);
    if (!has_soa_ && !apex_) apex_ = origin_;
    return true;
  }
  void take_soa(std::string_view owner) {
    has_soa_ = true;
    if (owner == "@" || !owner.ends_with('.')) {
      apex_ = origin_;
      return;
    }
    owner.remove_suffix(1);
    apex_ = owner;
    if (!origin_) place(*apex_);  // a file without $ORIGIN is relative to its zone
  }
  // With the final dot; a name that nobody has when it is not known.
  std::string_view text() const { return text_; }
  // The owner below the apex; nullopt when it is not there, or nobody knows. `room` holds what had to be put together.
  std::optional<std::string_view> below_apex(std::string_view owner, std::string& room) const {
    const bool is_relative = !owner.ends_with('.');
    if (is_relative && owner != "@" && origin_ == apex_) return owner;  // nearly always
    if (!origin_ && !apex_) return owner == "@" ? std::optional<std::string_view>("") : std::nullopt;
    const auto absolute = absolute_of(owner);
    if (!absolute || !apex_) return std::nullopt;
    room = *absolute;
    if (equals_in_any_case(room, *apex_)) return "";
    const std::size_t cut = apex_->empty() ? 0 : apex_->size() + 1;
    if (room.size() <= cut) return std::nullopt;
    const std::string_view below = std::string_view(room).substr(0, room.size() - cut);
    if (cut > 0 && !equals_in_any_case(std::string_view(room).substr(below.size() + 1), *apex_)) return std::nullopt;
    if (cut > 0 && room[below.size()] != '.') return std::nullopt;
    return below;
  }

 private:
  void place(const std::string& name) {
    origin_ = name;
    text_ = name + ".";
  }

  // Without the final dot.
  std::optional<std::string> absolute_of(std::string_view name) const {
    if (name.ends_with('.')) return std::string(name.substr(0, name.size() - 1));
    if (!origin_) return std::nullopt;
    if (name == "@") return *origin_;
    return std::string(name) + (origin_->empty() ? "" : "." + *origin_);
  }

  std::optional<std::string> origin_;  // both without the final dot
  std::optional<std::string> apex_;
  std::string text_ = "unknown.invalid.";
  bool has_soa_ = false;
};

struct FreeRecord {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};
struct FreeName {
  void operator()(ldns_rdf* name) const { ldns_rdf_deep_free(name); }
};
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string text_of(const ldns_rdf* datum) {
  const std::unique_ptr<char, decltype(&std::free)> text(datum == nullptr ? nullptr : ldns_rdf2str(datum), &std::free);
  return text == nullptr ? "" : text.get();
}

class Reader {
 public:
  Reader(std::string_view text, ZoneRecordSink& sink) : text_(text), sink_(sink) {}

  void read() {
    LineReader lines(text_);
    while (const auto line = lines.next()) {
      if (!several_.empty()) {
        go_on(*line);
      } else {
        begin(*line);
      }
    }
    if (!several_.empty()) give_up("a '(' without its ')'");
  }

 private:
  void begin(const Line& line) {
    if (line.text.empty() || begins_comment(line.text)) return sink_.skip(line);
    if (const auto why = why_unreadable(line); !why.empty()) return sink_.reject(line, why);
    if (line.text.front() == '$') return read_directive(line);
    std::any_of(line.text.begin(), line.text.end(), needs_ldns) ? add(line) : read_line(line);
  }

  void go_on(const Line& line) {
    if (!why_unreadable(line).empty()) {
      give_up("a '(' without its ')'");
      return begin(line);
    }
    add(line);
  }

  void read_directive(const Line& line) {
    std::string_view rest = without_comment(line.text);
    const std::string_view directive = take_word(rest);
    if (equals_in_any_case(directive, "$TTL")) return sink_.skip(line);
    if (equals_in_any_case(directive, "$ORIGIN")) {
      return origin_.set(take_word(rest)) ? sink_.skip(line) : sink_.reject(line, "is relative to no origin");
    }
    if (equals_in_any_case(directive, "$INCLUDE")) {
      return sink_.reject(line, "includes another file, which only a list of this machine may");
    }
    sink_.reject(line, "no directive that a list may have");
  }

  static std::string_view without_comment(std::string_view text) { return trimmed(text.substr(0, text.find(';'))); }

  // Blanks in front say: the owner of the record before.
  bool is_indented(const Line& line) const {
    return line.text.data() != text_.data() && (line.text.data()[-1] == ' ' || line.text.data()[-1] == '\t');
  }

  void read_line(const Line& line) {
    std::string_view rest = without_comment(line.text);
    if (!is_indented(line)) owner_ = take_word(rest);
    std::string_view word = take_word(rest);
    while (is_ttl(word) || is_class(word)) word = take_word(rest);
    if (word.empty()) return sink_.reject(line, "no record of a zone");
    tell(line, owner_, word, rest);
  }

  void tell(const Line& line, std::string_view owner, std::string_view type, std::string_view data) {
    if (equals_in_any_case(type, "SOA")) origin_.take_soa(owner);
    const auto below = origin_.below_apex(owner, room_);
    if (!below) return sink_.reject(line, "its owner is not in the zone, or the file does not say which zone that is");
    std::string_view rest = data;
    sink_.take({line, *below, type, take_word(rest), data, origin_.text()});
  }

  // A record of several lines is read when it is whole.
  void add(const Line& line) {
    several_.push_back(line);
    if (several_.size() == 1 && is_indented(line)) joined_ += ' ';
    bool is_quoted = false;
    for (std::size_t i = 0; i < line.text.size(); ++i) {
      const char c = line.text[i];
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        is_quoted = !is_quoted;
      } else if (c == ';' && !is_quoted) {
        break;
      } else if (!is_quoted) {
        depth_ += c == '(' ? 1 : c == ')' ? -1 : 0;
      }
    }
    joined_ += line.text;
    joined_ += '\n';
    if (depth_ <= 0) return read_joined();
    if (several_.size() == kMostLines) give_up("a '(' without its ')'");
  }

  void read_joined() {
    const Line first = several_.front();
    const std::string origin(origin_.text());
    const std::unique_ptr<std::FILE, CloseFile> file(::fmemopen(joined_.data(), joined_.size(), "r"));
    std::unique_ptr<ldns_rdf, FreeName> base(ldns_dname_new_frm_str(origin.c_str()));
    std::unique_ptr<ldns_rdf, FreeName> previous(ldns_dname_new_frm_str(origin.c_str()));
    std::uint32_t ttl_seconds = 0;
    int lines = 0;
    ldns_rr* read = nullptr;
    ldns_rdf* base_then = base.release();
    ldns_rdf* previous_then = previous.release();
    const ldns_status status =
        file == nullptr ? LDNS_STATUS_MEM_ERR
                        : ldns_rr_new_frm_fp_l(&read, file.get(), &ttl_seconds, &base_then, &previous_then, &lines);
    base.reset(base_then);
    previous.reset(previous_then);
    const std::unique_ptr<ldns_rr, FreeRecord> record(status == LDNS_STATUS_OK ? read : nullptr);
    if (record == nullptr) return give_up("no record of a zone");
    tell_joined(first, *record, origin);
    tell_rest();
  }

  void tell_joined(const Line& first, const ldns_rr& record, const std::string& origin) {
    const bool has_owner = joined_.front() != ' ';
    const std::string owner = has_owner ? relative(text_of(ldns_rr_owner(&record)), origin) : std::string(owner_);
    const std::unique_ptr<char, decltype(&std::free)> type(ldns_rr_type2str(ldns_rr_get_type(&record)), &std::free);
    std::string data;
    for (std::size_t i = 0; i < ldns_rr_rd_count(&record); ++i) {
      if (i > 0) data += ' ';
      data += text_of(ldns_rr_rdf(&record, i));
    }
    if (has_owner) {
      kept_owner_ = owner;
      owner_ = kept_owner_;
    }
    tell(first, owner, type.get(), data);
  }

  // As it may have been written: ldns completes what is relative.
  static std::string relative(const std::string& owner, const std::string& origin) {
    if (owner == origin) return "@";
    const bool is_below =
        owner.size() > origin.size() && owner.ends_with(origin) && owner[owner.size() - origin.size() - 1] == '.';
    return is_below && origin != "." ? owner.substr(0, owner.size() - origin.size() - 1) : owner;
  }

  void give_up(std::string_view why) {
    sink_.reject(several_.front(), why);
    tell_rest();
  }
  void tell_rest() {
    for (std::size_t i = 1; i < several_.size(); ++i) sink_.skip(several_[i]);
    several_.clear();
    joined_.clear();
    depth_ = 0;
  }

  std::string_view text_;
  ZoneRecordSink& sink_;
  Origin origin_;
  std::string_view owner_ = "@";  // of the record before, as written
  std::string kept_owner_;
  std::string room_;
  std::vector<Line> several_;
  std::string joined_;
  int depth_ = 0;
};

}  // namespace

void read_zone(std::string_view text, ZoneRecordSink& sink) { Reader(text, sink).read(); }

}  // namespace schoolgate::lists
