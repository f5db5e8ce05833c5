// The text of schema.sql, compiled in.
#pragma once

namespace schoolgate::history {

extern const char* const kSchema;

}  // namespace schoolgate::history
