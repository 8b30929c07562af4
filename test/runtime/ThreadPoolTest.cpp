//===- ThreadPoolTest.cpp - parallel loops ---------------------------------===//
#include "runtime/device/cpu/ThreadPool.h"
#include "runtime/device/cpu/Escape.h"
#include "runtime/device/cpu/Scratch.h"

#include <cstring>
#include <gtest/gtest.h>
#include <thread>

using namespace argent;

namespace {

struct Context {
  ThreadPool *pool = nullptr;
  int thread = 0;
};

struct Pool {
  explicit Pool(int threads) : contexts(threads) {
    std::vector<void *> pointers;
    for (int i = 0; i < threads; ++i) {
      contexts[i].thread = i;
      pointers.push_back(&contexts[i]);
    }
    EXPECT_TRUE(ThreadPool::create(pointers, pool).ok());
    for (Context &context : contexts)
      context.pool = pool.get();
  }
  int run(ThreadPool::Task task, int min, int size, void *closure) {
    return pool->parallelFor(&contexts[0], task, min, size, static_cast<uint8_t *>(closure));
  }

  std::vector<Context> contexts;
  std::unique_ptr<ThreadPool> pool;
};

int countIndex(void *, int index, uint8_t *closure) {
  ++reinterpret_cast<std::atomic<int> *>(closure)[index];
  return 0;
}

} // namespace

TEST(ThreadPoolTest, RunsEachIndexOnce) {
  for (int threads : {1, 2, 3, 8}) {
    Pool pool(threads);
    EXPECT_EQ(pool.pool->threads(), threads);
    for (int size : {0, 1, 2, 3, 17, 1000}) {
      std::vector<std::atomic<int>> counts(1005);
      EXPECT_EQ(pool.run(countIndex, 3, size, counts.data()), 0);
      for (int i = 0; i < 1005; ++i)
        EXPECT_EQ(counts[i], i >= 3 && i < 3 + size ? 1 : 0);
    }
  }
}

TEST(ThreadPoolTest, ManySmallLoopsBackToBackAndAfterSleep) {
  Pool pool(3);
  std::vector<std::atomic<int>> counts(4);
  for (int i = 0; i < 20000; ++i)
    ASSERT_EQ(pool.run(countIndex, 0, 4, counts.data()), 0);
  for (int i = 0; i < 50; ++i) {
    std::this_thread::sleep_for(std::chrono::microseconds(i * 10));
    ASSERT_EQ(pool.run(countIndex, 0, 4, counts.data()), 0);
  }
  for (std::atomic<int> &count : counts)
    EXPECT_EQ(count, 20050);
}

TEST(ThreadPoolTest, ReturnsATasksError) {
  auto failing = [](void *, int index, uint8_t *) { return index == 57 ? -42 : 0; };
  for (int threads : {1, 4}) {
    Pool pool(threads);
    for (int i = 0; i < 200; ++i) {
      EXPECT_EQ(pool.run(failing, 0, 100, nullptr), -42);
      EXPECT_EQ(pool.run(failing, 0, 57, nullptr), 0);
    }
  }
}

TEST(ThreadPoolTest, ATaskThatEscapesEndsTheLoop) {
  // With one thread the loop ends with what its caller runs.
  auto escaping = [](void *, int index, uint8_t *closure) {
    ++*reinterpret_cast<std::atomic<int> *>(closure);
    if (index >= 57)
      escape();
    return 0;
  };
  struct Call {
    Pool &pool;
    ThreadPool::Task task;
    std::atomic<int> started = 0;
    int result = 0;
  };
  auto body = [](void *argument) {
    Call &call = *static_cast<Call *>(argument);
    call.result = call.pool.run(call.task, 0, 10000, &call.started);
  };
  for (int threads : {1, 4}) {
    Pool pool(threads);
    for (int i = 0; i < 200; ++i) {
      Call call{pool, escaping};
      EXPECT_EQ(runWithEscape(body, &call), threads > 1);
      EXPECT_EQ(call.result, threads > 1 ? -1 : 0);
      EXPECT_GE(call.started, 58);
      EXPECT_LE(call.started, 57 + threads);
      std::atomic<int> none = 0;
      EXPECT_EQ(pool.run(escaping, 0, 57, &none), 0);
    }
  }
}

TEST(ThreadPoolTest, ALoopInsideALoopRunsOnItsThread) {
  auto outer = [](void *context, int index, uint8_t *closure) {
    auto inner = [](void *context, int, uint8_t *closure) {
      *reinterpret_cast<std::atomic<int> *>(closure) += 1 + 0 * static_cast<Context *>(context)->thread;
      return 0;
    };
    return static_cast<Context *>(context)->pool->parallelFor(context, inner, 0, 10, closure);
  };
  Pool pool(4);
  std::atomic<int> count = 0;
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(pool.run(outer, 0, 20, &count), 0);
  EXPECT_EQ(count, 100 * 20 * 10);
}

TEST(ThreadPoolTest, UnevenTasksAreShared) {
  auto slow = [](void *, int index, uint8_t *closure) {
    if (index == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
    ++*reinterpret_cast<std::atomic<int> *>(closure);
    return 0;
  };
  Pool pool(2);
  std::atomic<int> count = 0;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(pool.run(slow, 0, 10, &count), 0);
  EXPECT_EQ(count, 30); // the caller waited for the slow task, whoever ran it
}

TEST(ThreadPoolTest, PoolsComeAndGo) {
  // Often enough that pools end while workers are on their way into and out of their last loop.
  for (int i = 0; i < 5000; ++i) {
    Pool pool(1 + i % 5);
    std::vector<std::atomic<int>> counts(8);
    if (i % 2 == 0) {
      EXPECT_EQ(pool.run(countIndex, 0, 8, counts.data()), 0);
    }
  }
}

TEST(ScratchTest, BlocksAreAlignedReusedAndApart) {
  Scratch scratch;
  std::vector<void *> first;
  for (size_t bytes : {size_t(0), size_t(1), size_t(255), size_t(256), size_t(257), size_t(5000), size_t(1) << 20}) {
    void *block = scratch.allocate(bytes);
    ASSERT_NE(block, nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % kScratchAlignment, 0u);
    std::memset(block, 7, bytes);
    first.push_back(block);
  }
  void *last = first.back();
  for (void *block : first)
    scratch.release(block);
  scratch.release(nullptr);
  EXPECT_EQ(scratch.allocate(size_t(1) << 20), last);
  EXPECT_EQ(scratch.allocate(size_t(1) << 60), nullptr);
}

TEST(ScratchTest, StartsAfreshAfterClear) {
  Scratch scratch;
  for (int round = 0; round < 3; ++round) {
    std::vector<void *> blocks;
    for (int i = 0; i < 4; ++i) {
      blocks.push_back(scratch.allocate(5000));
      ASSERT_NE(blocks.back(), nullptr);
      std::memset(blocks.back(), i, 5000);
    }
    scratch.release(blocks[2]);
    scratch.clear(); // one is free, three are in use
  }
  void *block = scratch.allocate(5000);
  scratch.release(block);
  EXPECT_EQ(scratch.allocate(5000), block);
}
