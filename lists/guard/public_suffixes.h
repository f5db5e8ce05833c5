// PublicSuffixes: under which names anybody may register one: "co.uk", "github.io". Wraps libpsl and the list that its package
// `publicsuffix` brings. Immutable, thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "dns/name.h"
#include "lists/guard/name_screen.h"

namespace schoolgate::lists {

class PublicSuffixes {
 public:
  enum class Kind {
    kNone,
    kRegistry,  // of a top-level domain's registry (the list's ICANN section), each top-level domain among them
    kHoster,    // of somebody who gives names to customers (its private section)
  };

  // The system's list. kNotFound when its package is not there, kDamaged when it holds no suffix.
  static base::Result<PublicSuffixes> read(const std::string& path = default_path());
  static std::string default_path();  // where Debian's package has the list as text

  PublicSuffixes(PublicSuffixes&&) noexcept;
  PublicSuffixes& operator=(PublicSuffixes&&) noexcept;
  ~PublicSuffixes();

  // REQUIRES: lower case.
  Kind kind_of(const dns::Name& name) const;
  // A name that is one passes the first of these screens, or else its parent the second.
  const NameScreen& screen() const;
  const NameScreen& parents_screen() const;
  std::uint64_t fingerprint() const;  // of the list's octets

 private:
  struct Database;
  explicit PublicSuffixes(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace schoolgate::lists
