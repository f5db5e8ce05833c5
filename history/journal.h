// Journal: one ring of LookupRecords a worker, in a mapped file. A record is published before its answer is sent, so an
// answer that a client received is in the history, whatever happens next.
//
//     header page | slot 0 | slot 1 | … | slot N-1        slot: commit word (stored last, release), check, record
//
// Thread contract: publish() from the one worker that owns the ring; read() and release() from the one writer thread;
// dropped() and waiting() from any thread. The layout, the memory order and what a kill leaves: top of journal.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "history/record.h"

namespace schoolgate::history {

struct RingName {
  std::string node;     // this machine
  std::string boot_id;  // of the process that made the ring: random, hex
  std::uint32_t worker = 0;
  std::string to_text() const;  // safe as a file name: letters, digits, '.', '-' and '_'
};

class JournalRing {
 public:
  // 512 bytes a slot: 32 MiB a worker. At 50,000 lookups a second on one worker that is 1.3 s of a writer that stands
  // still, and at a school's 500 a second more than two minutes of a full disk.
  static constexpr std::uint32_t kDefaultSlots = 1 << 16;

  // Preallocated; where the file cannot be made (no space, read-only), anonymous memory: is_mapped() is false, lost
  // with the process, and problem() says why. `slots` is a power of two. kInUse when a ring of that name is there.
  static base::Result<std::unique_ptr<JournalRing>> create(const std::string& folder, const RingName& name,
                                                           std::uint32_t slots = kDefaultSlots);
  // A ring that a dead process left, copied into memory: the file is not written to. kDamaged when it is not a ring.
  static base::Result<std::unique_ptr<JournalRing>> open(const std::string& path);
  ~JournalRing();

  // One copy and one release store; no lock, no system call. A full ring drops the record and counts it.
  void publish(const LookupRecord& record) noexcept;
  std::uint64_t dropped() const noexcept;
  // Records published and not yet released.
  std::uint64_t waiting() const noexcept;
  // The sequence of the newest record; the first one's is 1.
  std::uint64_t published() const noexcept;

  // Copies up to `most` records whose sequence follows `after` (0: from the start of what is there), oldest first;
  // returns the last sequence copied, or `after`. The sequences copied have no gap: a slot that a power cut left in
  // pieces ends a run, and is passed over by the next call.
  std::uint64_t read(std::uint64_t after, std::size_t most, std::vector<LookupRecord>& out) const;
  // What is stored may be overwritten.
  void release(std::uint64_t up_to) noexcept;

  const std::string& path() const;     // empty when not mapped from a file
  const std::string& key() const;      // RingName::to_text(): the store's committed sequence goes by it
  const std::string& node() const;     // the machine that published
  const std::string& problem() const;  // why there is no file; empty: none
  bool is_mapped() const;

 private:
  struct Impl;
  explicit JournalRing(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schoolgate::history
