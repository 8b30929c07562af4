//===- MemoryTest.cpp - lifetimes to offsets -------------------------------===//
#include "compiler/plan/Memory.h"

#include <gtest/gtest.h>
#include <random>

using namespace argent;
using namespace llvm;

namespace {

MemoryBlock block(int64_t constant, int64_t perBatch, int64_t begin, int64_t end) {
  MemoryBlock result;
  result.size = {constant, perBatch};
  result.begin = begin;
  result.end = end;
  return result;
}

TEST(Memory, NothingNeedsNothing) {
  Linear total = placeBlocks({});
  EXPECT_EQ(total.constant, 0);
  EXPECT_EQ(total.perBatch, 0);
}

TEST(Memory, SizesAreRoundedUpTo64Bytes) {
  MemoryBlock blocks[] = {block(1, 0, 0, 0), block(65, 0, 0, 0), block(4, 4, 0, 0)};
  Linear total = placeBlocks(blocks);
  EXPECT_EQ(blocks[0].size.constant, 64);
  EXPECT_EQ(blocks[1].size.constant, 128);
  EXPECT_EQ(blocks[2].size.constant, 64);
  EXPECT_EQ(blocks[2].size.perBatch, 64);
  EXPECT_EQ(total.constant, 192);
  EXPECT_EQ(total.perBatch, 64);
}

TEST(Memory, BlocksOfDifferentTimesShareAPlace) {
  MemoryBlock blocks[] = {block(128, 0, 0, 1), block(64, 0, 2, 3)};
  EXPECT_EQ(placeBlocks(blocks).constant, 128);
  EXPECT_EQ(blocks[0].offset.constant, 0);
  EXPECT_EQ(blocks[1].offset.constant, 0);
}

// A kernel reads one and writes the other at step 1.
TEST(Memory, BothEndsOfALifetimeCount) {
  MemoryBlock blocks[] = {block(128, 0, 0, 1), block(64, 0, 1, 2)};
  EXPECT_EQ(placeBlocks(blocks).constant, 192);
  EXPECT_EQ(blocks[0].offset.constant, 0);
  EXPECT_EQ(blocks[1].offset.constant, 128);
}

// 256 bytes at 0, and behind them 192 that live on: when the first are free again, what fits lies there.
TEST(Memory, AGapIsFilledByWhatFits) {
  MemoryBlock blocks[] = {block(256, 0, 0, 1), block(192, 0, 0, 3), block(128, 0, 2, 3), block(128, 0, 2, 2),
                          block(64, 0, 3, 3)};
  EXPECT_EQ(placeBlocks(blocks).constant, 448);
  EXPECT_EQ(blocks[0].offset.constant, 0);
  EXPECT_EQ(blocks[1].offset.constant, 256);
  EXPECT_EQ(blocks[2].offset.constant, 0);
  EXPECT_EQ(blocks[3].offset.constant, 128);
  EXPECT_EQ(blocks[4].offset.constant, 128);
}

TEST(Memory, AGapThatIsTooSmallIsPassedOver) {
  MemoryBlock blocks[] = {block(256, 0, 0, 0), block(192, 0, 0, 3), block(128, 0, 1, 3), block(128, 0, 1, 3),
                          block(64, 0, 3, 3)};
  EXPECT_EQ(placeBlocks(blocks).constant, 512);
  EXPECT_EQ(blocks[3].offset.constant, 128);
  EXPECT_EQ(blocks[4].offset.constant, 448);
}

TEST(Memory, WhatGrowsWithTheBatchLiesBehindTheRest) {
  MemoryBlock blocks[] = {block(0, 64, 0, 0), block(320, 0, 0, 0), block(0, 128, 0, 0), block(0, 256, 1, 1)};
  Linear total = placeBlocks(blocks);
  EXPECT_EQ(total.constant, 320);
  EXPECT_EQ(total.perBatch, 256);
  EXPECT_EQ(blocks[1].offset.constant, 0);
  EXPECT_EQ(blocks[1].offset.perBatch, 0);
  for (const MemoryBlock *growing : {&blocks[0], &blocks[2], &blocks[3]})
    EXPECT_EQ(growing->offset.constant, 320);
  EXPECT_EQ(blocks[3].offset.perBatch, 0);
  EXPECT_EQ(blocks[2].offset.perBatch, 0);
  EXPECT_EQ(blocks[0].offset.perBatch, 128);
}

// What is promised, of many random programs: aligned, inside of the arena, apart where the times meet, and never more
// than without sharing.
TEST(Memory, RandomBlocksStayApart) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    SmallVector<MemoryBlock> blocks;
    int64_t constant = 0, perBatch = 0;
    for (int i = 0, count = 1 + random() % 40; i < count; ++i) {
      int64_t begin = random() % 30, size = 1 + random() % 5000;
      bool grows = random() % 2;
      blocks.push_back(block(grows ? 0 : size, grows ? size : 0, begin, begin + random() % 6));
      (grows ? perBatch : constant) += (size + 63) / 64 * 64;
    }
    Linear total = placeBlocks(blocks);
    EXPECT_LE(total.constant, constant);
    EXPECT_LE(total.perBatch, perBatch);
    for (int64_t batch : {1, 2, 7, 1000}) {
      auto at = [&](Linear bytes) { return bytes.at(batch); };
      for (const MemoryBlock &a : blocks) {
        EXPECT_EQ(at(a.offset) % 64, 0);
        EXPECT_GE(at(a.offset), 0);
        EXPECT_LE(at(a.offset) + at(a.size), at(total));
        for (const MemoryBlock &b : blocks) {
          bool sameTime = a.begin <= b.end && b.begin <= a.end;
          if (&a != &b && sameTime) {
            EXPECT_TRUE(at(a.offset) + at(a.size) <= at(b.offset) || at(b.offset) + at(b.size) <= at(a.offset));
          }
        }
      }
    }
  }
}

} // namespace
