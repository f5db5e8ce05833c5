// Readers on one image while another thread opens and swaps images: what workers and the control thread do. Its worth is
// under ThreadSanitizer; without it, it still sees a wrong answer.
#include <atomic>
#include <mutex>
#include <thread>

#include "tests/filter/filter_fixture.h"

namespace schoolgate::filter {
namespace {

// Every version blocks casinoN.example by pattern and vN.example by name, so any version's answers can be told.
void write_version(const std::string& path, int version) {
  ImageBuilder builder(some_tags());
  const ListNumber list = builder.add_list({"list", 3, std::to_string(version), ""});
  builder.add_name(list, Reach::kBoth, Exception::kNo, name(fmt::format("v{}.example", version)), 1, "x");
  builder.add_name(list, Reach::kBoth, Exception::kNo, name("always.example"), 2, "x");
  builder.add_pattern(list, Exception::kNo, "casino[0-9]", 3, "x");
  ASSERT_TRUE(builder.write(path));
}

class Published {
 public:
  std::shared_ptr<const Image> get() const {
    const std::lock_guard lock(mutex_);
    return image_;
  }
  void set(std::shared_ptr<const Image> image) {
    const std::lock_guard lock(mutex_);
    image_ = std::move(image);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Image> image_;
};

bool answers_rightly(const Image& image, Image::Scratch& scratch) {
  const TagSet gambling = tag_set({3});
  const std::string own = fmt::format("www.v{}.example", image.lists()[0].version);
  const auto hits = image.explain(name("casino1.always.example"));
  return image.classify(name(own), scratch) == gambling && image.classify(name("v.example"), scratch) == TagSet() &&
         image.classify(name("casino5.example"), scratch) == gambling &&
         list_of(image, name("always.example"), 3, scratch) == ListNumber{0} && hits && hits->size() == 2;
}

TEST(ConcurrentReaders, ReadWhileImagesAreSwapped) {
  const Folder folder;
  constexpr int kVersions = 4;
  for (int version = 0; version < kVersions; ++version) write_version(folder.file(std::to_string(version)), version);
  Published published;
  published.set(Image::open(folder.file("0")).value());
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> looks = 0;
  const auto read = [&] {
    std::shared_ptr<const Image> image;
    Image::Scratch scratch;
    while (!done.load()) {
      if (auto newest = published.get(); newest != image) {
        image = std::move(newest);
        scratch = image->make_scratch().value();
      }
      for (int i = 0; i < 20; ++i, ++looks) {
        if (!answers_rightly(*image, scratch)) ++wrong;
      }
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) readers.emplace_back(read);
  for (int swap = 1; swap <= 100; ++swap)
    published.set(Image::open(folder.file(std::to_string(swap % kVersions))).value());
  while (looks.load() < 400) std::this_thread::yield();
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace schoolgate::filter
