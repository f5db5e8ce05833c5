// Hyperscan, wrapped: these two files alone know it. Block mode, because a name is one short block.
//
// Thread contract: a database is immutable and may be scanned by any number of threads, each with its own scratch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct hs_database;
struct hs_scratch;

namespace schoolgate::filter {

// Working memory of one thread, for one database or several that are scanned one after the other.
class HyperscanScratch {
 private:
  friend class HyperscanDatabase;
  struct Free {
    void operator()(hs_scratch* scratch) const;
  };
  std::unique_ptr<hs_scratch, Free> scratch_;
};

struct HyperscanExpression {
  std::string text;
  // Compiled to what matches at least what the expression does: how Hyperscan takes look-around and back-references.
  bool is_prefilter = false;
};

// About how many items an expression has when its counted repeats are written out. Hyperscan's time to compile one grows
// about with the square of it.
std::size_t unrolled_size(std::string_view expression);
// Why Hyperscan cannot take one expression, found without compiling it; nullopt when it looks well.
std::optional<std::string> find_fault(const HyperscanExpression& expression);

class HyperscanDatabase {
 public:
  // What a serialised database depends on: Hyperscan's version and the processor.
  static std::string platform();

  // The numbers that a scan tells are places in these vectors. REQUIRES: no literal is empty or there twice.
  static base::Result<HyperscanDatabase> of_literals(const std::vector<std::string>& literals);
  // Each expression is told at most once a scan, in any case of letters. Those that cannot be compiled are in `faults`, by
  // their place; then there is no database, and the caller tries again without them.
  struct Fault {
    std::size_t place = 0;
    std::string reason;
  };
  static base::Result<HyperscanDatabase> of_expressions(const std::vector<HyperscanExpression>& expressions,
                                                        std::vector<Fault>& faults);
  // From octets that serialise() made on the same platform. Hyperscan trusts what its own checksum covers: take them from
  // a file of ours only. The numbers that a scan tells may be any.
  static base::Result<HyperscanDatabase> deserialise(std::string_view octets);

  HyperscanDatabase() = default;  // empty: a scan tells nothing
  bool empty() const { return database_ == nullptr; }
  base::Result<std::string> serialise() const;  // "" when empty
  base::Status make_room(HyperscanScratch& scratch) const;

  // Calls visit(number, end, context), `end` being the offset behind the match. No allocation, no lock.
  // REQUIRES: a scratch that has room for this database and is not in use.
  using Visit = void (*)(std::uint32_t number, std::size_t end, void* context);
  void scan(std::string_view text, const HyperscanScratch& scratch, Visit visit, void* context) const noexcept;

 private:
  struct Free {
    void operator()(hs_database* database) const;
  };
  explicit HyperscanDatabase(hs_database* database) : database_(database) {}
  std::unique_ptr<hs_database, Free> database_;
};

}  // namespace schoolgate::filter
