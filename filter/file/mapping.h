// Mapping: a file's octets, mapped read-only; or octets held in memory, for who has no file.
//
// Thread contract: immutable after it is made. A mapped file must never be written in place: our writers rename.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "filter/file/octets.h"

namespace schoolgate::filter {

class Mapping {
 public:
  static base::Result<Mapping> of_file(const std::string& path);
  static Mapping of_memory(std::string octets);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  // They stay where they are when the Mapping moves.
  Octets octets() const;
  // Gives the memory back that a file's octets have taken; they are read anew from the system's cache where they are wanted again.
  void forget_pages() const noexcept;

 private:
  Mapping() = default;
  const std::uint8_t* mapped_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<const std::string> memory_;
};

}  // namespace schoolgate::filter
