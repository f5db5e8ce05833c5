// Records of a zone file (RFC 1035 §5.1), one after the other, as a response policy zone has them: millions of short lines,
// read without copying; what goes over several lines or has quotes is read by ldns.
#pragma once

#include <string>
#include <string_view>

#include "lists/formats/lines.h"

namespace schoolgate::lists {

// A view: valid until the next record is read.
struct ZoneRecord {
  Line line;                // its first one
  std::string_view owner;   // below the apex of the zone, "" for the apex itself: "bad.example", without the final dot
  std::string_view type;    // as written, in any case
  std::string_view target;  // the first word of the record's data: of a CNAME the name, of an A or AAAA the address
  std::string_view data;    // all of it, in presentation form
  std::string_view origin;  // what relative names in it are relative to, with the final dot
};

class ZoneRecordSink {
 public:
  virtual ~ZoneRecordSink() = default;
  virtual void take(const ZoneRecord& record) = 0;
  // A line that is no record, or a later one of a record of several lines.
  virtual void skip(const Line& line) = 0;
  // The reason never quotes the line.
  virtual void reject(const Line& line, std::string_view reason) = 0;
};

// Tells each line of the text once, in order. Any bytes.
void read_zone(std::string_view text, ZoneRecordSink& sink);

}  // namespace schoolgate::lists
