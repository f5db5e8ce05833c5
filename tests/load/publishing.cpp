#include "tests/load/publishing.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace schoolgate::load {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kWorkers = 2;
constexpr std::size_t kBlock = 64;  // records; one publish() is too short to be timed
constexpr std::uint64_t kFullEnough = history::JournalRing::kDefaultSlots - kBlock;
// The writer stands still: it has a problem.
constexpr auto kPatience = 60s;

struct Worker {
  Traffic traffic;
  std::uint64_t lookups;
  history::JournalRing& ring;
  std::vector<std::uint32_t> block_ns;
  bool has_given_up = false;
};

bool wait_for_room(const history::JournalRing& ring) {
  const auto end = Clock::now() + kPatience;
  while (ring.waiting() > kFullEnough) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(200us);
  }
  return true;
}

std::uint32_t publish_block(history::JournalRing& ring, const std::array<history::LookupRecord, kBlock>& block,
                            std::size_t size) {
  const auto started = Clock::now();
  for (std::size_t i = 0; i < size; ++i) ring.publish(block[i]);
  return static_cast<std::uint32_t>(std::chrono::nanoseconds(Clock::now() - started).count());
}

void work(Worker& worker) {
  std::array<history::LookupRecord, kBlock> block;
  worker.block_ns.reserve(worker.lookups / kBlock);
  for (std::uint64_t left = worker.lookups; left > 0;) {
    const std::size_t size = std::min<std::uint64_t>(left, kBlock);
    for (std::size_t i = 0; i < size; ++i) block[i] = worker.traffic.next();
    if (!wait_for_room(worker.ring)) {
      worker.has_given_up = true;
      return;
    }
    const std::uint32_t took_ns = publish_block(worker.ring, block, size);
    if (size == kBlock) worker.block_ns.push_back(took_ns);
    left -= size;
  }
}

double median_ns(std::vector<std::uint32_t> block_ns) {
  if (block_ns.empty()) return 0;
  const auto middle = block_ns.begin() + static_cast<std::ptrdiff_t>(block_ns.size() / 2);
  std::nth_element(block_ns.begin(), middle, block_ns.end());
  return static_cast<double>(*middle) / kBlock;
}

std::vector<Worker> make_workers(history::History& history, const School& school, std::uint64_t lookups) {
  std::vector<Worker> workers;
  for (std::uint32_t number = 0; number < kWorkers; ++number) {
    const std::uint64_t share = lookups * (number + 1) / kWorkers - lookups * number / kWorkers;
    workers.push_back({Traffic(school, number + 1, share), share, **history.add_ring(number), {}});
  }
  return workers;
}

}  // namespace

Published publish_all(history::History& history, const School& school, std::uint64_t lookups) {
  std::vector<Worker> workers = make_workers(history, school, lookups);
  const auto started = Clock::now();
  std::vector<std::thread> threads;
  for (Worker& worker : workers) threads.emplace_back([&worker] { work(worker); });
  for (std::thread& thread : threads) thread.join();
  history.stop();

  Published published;
  published.seconds = std::chrono::duration<double>(Clock::now() - started).count();
  std::vector<std::uint32_t> block_ns;
  for (const Worker& worker : workers) {
    published.accounts += worker.traffic.accounts();
    published.has_given_up |= worker.has_given_up;
    block_ns.insert(block_ns.end(), worker.block_ns.begin(), worker.block_ns.end());
  }
  published.publish_ns = median_ns(std::move(block_ns));
  return published;
}

}  // namespace schoolgate::load
