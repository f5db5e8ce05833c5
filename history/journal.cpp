// The journal ring.
//
//     offset 0     identity: magic, version, slot size and count, worker, node, boot id, check   written once, by create()
//     offset 192   released                                                                      written by the writer
//     offset 256   dropped                                                                       written by the worker
//     offset 4096  slot 0 | slot 1 | … | slot N-1                                                written by the worker
//
//     slot, 512 bytes   commit (8) | check (8) | record: fixed part (236), name (255), padding
//
// Sequences start at 1; record s lies in slot (s - 1) mod N. Each word has one writer, so nothing is ever locked:
//
//     worker                                              writer
//     s = published + 1
//     s - released > N ? drop and count   ←─ acquire ──   released = what is committed in SQLite    (release)
//     copy the record, its check
//     commit = s                          ── release ─→   commit == s ? copy the record             (acquire)
//     published = s                       ── release ─→   how far to read
//
// The worker touches a slot again only after it saw `released` pass it, which the writer stored after its last read of
// that slot: neither side ever sees the other's half-written bytes. The worker keeps the last `released` it saw and
// looks again only when the ring seems full, so the two cores share a cache line once a lap and not once a record.
//
// What a kill -9 leaves. Stores to a mapped file are in the page cache at once, and the kernel keeps them when the
// process goes. Every record whose publish() returned has its commit word; the one being copied still shows the commit
// word of a lap ago, s - N, which is released already and never read again. `published` is not in the file: open()
// finds the newest whole slot.
//
// What a power cut leaves. Pages reach the disk in any order and at any moment of a copy. Two things tell a whole slot
// from a torn one: a slot is exactly one sector, and `check` is a hash of the record seeded with its sequence. Setting
// the commit word to zero before the copy would tell less, and would cost a fence a record on some processors.
//
// Exactly once is the store's business (store.h): a record that was committed but not yet released when the process
// died is read again and recognised by its sequence.
#include "history/journal.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstddef>

#include "base/file.h"
#include "dns/name.h"
#include "history/file_descriptor.h"

namespace schoolgate::history {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::array<char, 8> kMagic = {'S', 'G', 'J', 'R', 'N', 'L', '\r', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 4096;
constexpr std::size_t kCacheLine = 64;
constexpr std::uint32_t kMostSlots = 1 << 22;  // 2 GiB: a larger count in a file is damage

struct Slot {
  std::uint64_t commit;  // the record's sequence; through atomic_ref only
  std::uint64_t check;
  LookupRecord record;
};
static_assert(sizeof(Slot) == 512 && kHeaderBytes % sizeof(Slot) == 0, "a slot is one sector");

struct Identity {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t slot_size;
  std::uint32_t slot_count;
  std::uint32_t worker;
  std::array<char, 64> node;
  std::array<char, 64> boot_id;
  std::uint64_t check;  // of all above
};
static_assert(std::is_trivially_copyable_v<Identity> && sizeof(Identity) == 160);

struct Header {
  Identity identity;
  alignas(kCacheLine) std::uint64_t released;  // these two through atomic_ref only
  alignas(kCacheLine) std::uint64_t dropped;
};
static_assert(offsetof(Header, released) == 192 && sizeof(Header) <= kHeaderBytes);
static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free, "another process reads what a dead one left");

struct Unmap {
  std::size_t size = 0;
  void operator()(std::byte* memory) const { ::munmap(memory, size); }
};
using Mapping = std::unique_ptr<std::byte, Unmap>;

// With every page present: a worker should not meet page faults one by one.
Mapping map_memory(int file, std::size_t size) {
  const int flags = (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED) | MAP_POPULATE;
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, file, 0);
  return Mapping(memory == MAP_FAILED ? nullptr : static_cast<std::byte*>(memory), Unmap{size});
}

std::size_t file_size(std::uint32_t slots) { return kHeaderBytes + std::size_t{slots} * sizeof(Slot); }

std::uint64_t identity_check(const Identity& identity) {
  return dns::hash({reinterpret_cast<const std::uint8_t*>(&identity), offsetof(Identity, check)});
}

// The fixed part and as much of the name as there is.
std::size_t used_bytes(const LookupRecord& record) { return offsetof(LookupRecord, name) + record.name_size; }

std::uint64_t record_check(const LookupRecord& record, std::uint64_t sequence) {
  return dns::hash({reinterpret_cast<const std::uint8_t*>(&record), used_bytes(record)}, sequence);
}

std::string safe(std::string_view text, std::size_t most) {
  std::string out(text.substr(0, most));
  for (char& c : out) {
    const bool keep =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (!keep) c = '_';
  }
  return out;
}

// The file, mapped; or nothing, and `problem` says why.
Result<Mapping> make_file(const std::string& path, std::size_t size, std::string& problem) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (file.number() < 0) {
    if (errno == EEXIST) return Error(ErrorCode::kInUse, path + ": there is a ring of this name already");
    problem = base::system_error(errno, "cannot create " + path).message();
    return Mapping();
  }
  // Every block is there from now on: a store to the mapping cannot meet a full disk, which would be SIGBUS.
  if (const int error = ::posix_fallocate(file.number(), 0, static_cast<off_t>(size)); error != 0) {
    problem = base::system_error(error, "cannot reserve space for " + path).message();
  } else if (Mapping memory = map_memory(file.number(), size)) {
    return memory;
  } else {
    problem = base::system_error(errno, "cannot map " + path).message();
  }
  ::unlink(path.c_str());
  return Mapping();
}

// Into memory of our own: a file that shrinks or a disk that fails is then an error and not a SIGBUS.
Result<Mapping> read_whole(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0) {
    return base::system_error(errno, "cannot open " + path);
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size < kHeaderBytes || size > file_size(kMostSlots)) {
    return Error(ErrorCode::kDamaged, path + ": not a journal ring: its size is " + std::to_string(size));
  }
  Mapping memory = map_memory(-1, size);
  if (!memory) return base::system_error(errno, "no memory to read " + path);
  for (std::size_t at = 0; at < size;) {
    const ssize_t count = ::pread(file.number(), memory.get() + at, size - at, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::system_error(errno, "cannot read " + path);
    if (count == 0) return Error(ErrorCode::kDamaged, path + ": shrank while it was read");
    at += static_cast<std::size_t>(count);
  }
  return memory;
}

std::optional<std::string_view> find_damage(const Identity& identity, std::size_t size) {
  if (identity.magic != kMagic) return "not a journal ring";
  if (identity.version != kVersion) return "written by another version";
  if (identity.check != identity_check(identity)) return "its header is damaged";
  if (identity.slot_size != sizeof(Slot) || !std::has_single_bit(identity.slot_count) ||
      identity.slot_count > kMostSlots || size != file_size(identity.slot_count)) {
    return "its size does not fit its header";
  }
  return std::nullopt;
}

}  // namespace

std::string RingName::to_text() const {
  constexpr std::size_t kMostOctets = 63;
  return safe(node, kMostOctets) + "-" + safe(boot_id, kMostOctets) + "-" + std::to_string(worker);
}

struct JournalRing::Impl {
  Mapping memory;
  std::string path;
  std::string key;
  std::string node;
  std::string problem;
  std::uint64_t slot_count = 0;

  // The worker's own cache line.
  alignas(kCacheLine) std::atomic<std::uint64_t> published{0};
  std::uint64_t released_seen = 0;

  explicit Impl(Mapping mapping) : memory(std::move(mapping)) {}

  Header& header() const { return *reinterpret_cast<Header*>(memory.get()); }
  Slot& slot(std::uint64_t sequence) const {
    auto* slots = reinterpret_cast<Slot*>(memory.get() + kHeaderBytes);
    return slots[(sequence - 1) & (slot_count - 1)];
  }
  std::atomic_ref<std::uint64_t> released() const { return std::atomic_ref(header().released); }
  std::atomic_ref<std::uint64_t> dropped() const { return std::atomic_ref(header().dropped); }

  bool is_whole(std::uint64_t sequence) const {
    Slot& candidate = slot(sequence);
    return std::atomic_ref(candidate.commit).load(std::memory_order_acquire) == sequence &&
           candidate.check == record_check(candidate.record, sequence);
  }

  void take_identity(const Identity& identity) {
    slot_count = identity.slot_count;
    node = LookupRecord::get(identity.node);
    key = RingName{node, std::string(LookupRecord::get(identity.boot_id)), identity.worker}.to_text();
  }

  // The newest whole record of a file, and what of its lap was not released.
  void find_extent() {
    std::uint64_t newest = 0;
    for (std::uint64_t index = 0; index < slot_count; ++index) {
      const std::uint64_t sequence = slot(index + 1).commit;
      const bool belongs = sequence != 0 && ((sequence - 1) & (slot_count - 1)) == index;
      if (belongs && sequence > newest && is_whole(sequence)) newest = sequence;
    }
    const std::uint64_t lap_ago = newest > slot_count ? newest - slot_count : 0;
    header().released = std::min(newest, std::max(header().released, lap_ago));
    published = newest;
  }
};

JournalRing::JournalRing(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JournalRing::~JournalRing() = default;

Result<std::unique_ptr<JournalRing>> JournalRing::create(const std::string& folder, const RingName& name,
                                                         std::uint32_t slots) {
  if (!std::has_single_bit(slots) || slots > kMostSlots) {
    return Error(ErrorCode::kInvalid, "a ring of " + std::to_string(slots) + " slots: a power of two would be right");
  }
  const std::string path = folder + "/" + name.to_text() + ".ring";
  std::string problem;
  auto mapping = make_file(path, file_size(slots), problem);
  if (!mapping) return mapping.error();
  const bool in_file = *mapping != nullptr;
  if (!in_file) *mapping = map_memory(-1, file_size(slots));
  if (!*mapping) return base::system_error(errno, "no memory for a journal ring");

  auto impl = std::make_unique<Impl>(std::move(*mapping));
  Identity identity{kMagic, kVersion, sizeof(Slot), slots, name.worker, {}, {}, 0};
  LookupRecord::put(identity.node, safe(name.node, identity.node.size() - 1));
  LookupRecord::put(identity.boot_id, safe(name.boot_id, identity.boot_id.size() - 1));
  identity.check = identity_check(identity);
  impl->header().identity = identity;
  impl->take_identity(identity);
  if (in_file) impl->path = path;
  impl->problem = std::move(problem);
  return std::unique_ptr<JournalRing>(new JournalRing(std::move(impl)));
}

Result<std::unique_ptr<JournalRing>> JournalRing::open(const std::string& path) {
  auto mapping = read_whole(path);
  if (!mapping) return mapping.error();
  const std::size_t size = mapping->get_deleter().size;
  auto impl = std::make_unique<Impl>(std::move(*mapping));
  const Identity& identity = impl->header().identity;
  if (const auto damage = find_damage(identity, size)) {
    return Error(ErrorCode::kDamaged, path + ": " + std::string(*damage));
  }
  impl->take_identity(identity);
  impl->path = path;
  impl->find_extent();
  return std::unique_ptr<JournalRing>(new JournalRing(std::move(impl)));
}

void JournalRing::publish(const LookupRecord& record) noexcept {
  Impl& ring = *impl_;
  const std::uint64_t sequence = ring.published.load(std::memory_order_relaxed) + 1;
  if (sequence - ring.released_seen > ring.slot_count) {
    ring.released_seen = ring.released().load(std::memory_order_acquire);
    if (sequence - ring.released_seen > ring.slot_count) {
      ring.dropped().store(ring.dropped().load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return;
    }
  }
  Slot& slot = ring.slot(sequence);
  std::memcpy(static_cast<void*>(&slot.record), &record, used_bytes(record));
  slot.check = record_check(record, sequence);
  std::atomic_ref(slot.commit).store(sequence, std::memory_order_release);
  ring.published.store(sequence, std::memory_order_release);
}

std::uint64_t JournalRing::dropped() const noexcept { return impl_->dropped().load(std::memory_order_relaxed); }

std::uint64_t JournalRing::waiting() const noexcept {
  // `released` first: it never passes a `published` that is read after it.
  const std::uint64_t released = impl_->released().load(std::memory_order_acquire);
  return impl_->published.load(std::memory_order_acquire) - released;
}

std::uint64_t JournalRing::published() const noexcept { return impl_->published.load(std::memory_order_acquire); }

std::uint64_t JournalRing::read(std::uint64_t after, std::size_t most, std::vector<LookupRecord>& out) const {
  const std::uint64_t newest = published();
  std::uint64_t next = std::max(after, impl_->released().load(std::memory_order_relaxed)) + 1;
  while (next <= newest && !impl_->is_whole(next)) ++next;
  std::uint64_t last = after;
  for (std::size_t count = 0; next <= newest && count < most && impl_->is_whole(next); ++next, ++count) {
    const LookupRecord& record = impl_->slot(next).record;
    std::memcpy(static_cast<void*>(&out.emplace_back()), &record, used_bytes(record));
    last = next;
  }
  return last;
}

void JournalRing::release(std::uint64_t up_to) noexcept {
  const std::uint64_t bounded = std::min(up_to, published());
  if (bounded <= impl_->released().load(std::memory_order_relaxed)) return;
  impl_->released().store(bounded, std::memory_order_release);
}

const std::string& JournalRing::path() const { return impl_->path; }
const std::string& JournalRing::key() const { return impl_->key; }
const std::string& JournalRing::node() const { return impl_->node; }
const std::string& JournalRing::problem() const { return impl_->problem; }
bool JournalRing::is_mapped() const { return !impl_->path.empty(); }

}  // namespace schoolgate::history
