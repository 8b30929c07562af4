//===- MemoryBoundTest.cpp - what the rules for streams decide -------------===//
#include "compiler/schedule/Pointwise.h"
#include "compiler/schedule/Reduction.h"
#include "compiler/schedule/Scatter.h"
#include "compiler/schedule/Tasks.h"

#include "test/compiler/schedule/KernelText.h"

#include <gtest/gtest.h>

using namespace argent;
using namespace argent::schedule;
using namespace argent::test;

static Kernel getRelu(const std::string &type) { return Kernel("%x: " + type, "%y = nn.relu %x : " + type, type); }

static PointwiseDecision decide(Kernel &kernel, bool inplace = false) {
  return decidePointwise(kernel.getOutput(), getTarget("x86-64-linux-avx2"), inplace);
}

//===----------------------------------------------------------------------===//
// Pointwise
//===----------------------------------------------------------------------===//

TEST(Pointwise, Vectors) {
  Kernel whole = getRelu("tensor<?x32xf32>"), tailed = getRelu("tensor<?x13xf32>"), few = getRelu("tensor<?x5xf32>"),
         two = getRelu("tensor<?x2xf32>");
  EXPECT_EQ(decide(whole).lanes, 8);
  EXPECT_EQ(decide(whole).tail, hl::TailStrategy::Auto);
  // The last vector is computed again from inside, or not at all where that would update an element twice.
  EXPECT_EQ(decide(tailed).tail, hl::TailStrategy::ShiftInwards);
  EXPECT_EQ(decide(tailed, /*inplace=*/true).tail, hl::TailStrategy::GuardWithIf);
  EXPECT_TRUE(decide(few).isOneVector);
  EXPECT_EQ(decide(few).lanes, 5);
  EXPECT_EQ(decide(two).lanes, 0) << "two of eight lanes are no vector";
}

TEST(Pointwise, Tasks) {
  Kernel small = getRelu("tensor<4096xf32>"), flat = getRelu("tensor<1000000xf32>"),
         rows = getRelu("tensor<?x1000000xf32>"), batch = getRelu("tensor<?x1024xf32>");
  PointwiseDecision serial = decide(small), tasks = decide(flat), ofRows = decide(rows), ofBatch = decide(batch);
  EXPECT_EQ(serial.taskVectors + serial.taskRows + serial.taskPoints, 0);
  EXPECT_EQ(tasks.taskVectors * tasks.lanes, kTaskElements);
  EXPECT_EQ(ofRows.taskVectors, 15625) << "125000 vectors of one N in 8 tasks";
  EXPECT_EQ(ofBatch.taskPoints * 1024, kTaskElements);
  EXPECT_EQ(ofBatch.taskVectors, 0);
}

// An image is cut into chunks of rows if it is work for several threads, but not under another func's loop.
TEST(Pointwise, ChunksOfImages) {
  std::string x = "tensor<?x64x64x32xf32>";
  Kernel kernel("%x: " + x + ", %r: tensor<64x1x1xf32>", "%y = nn.mul %x, %r : " + x + ", tensor<64x1x1xf32>", x);
  EXPECT_EQ(decide(kernel).taskRows, 8) << "131072 elements in 8 tasks";
  Func &output = kernel.getOutput();
  EXPECT_EQ(taskLoop(output, 8), "task");
  output.levels.push_back(output.axes[0]);
  EXPECT_EQ(decide(kernel).taskRows, 0);
  EXPECT_EQ(decide(kernel).taskPoints, 1) << "the loop over images keeps its name";
}

//===----------------------------------------------------------------------===//
// Reduction
//===----------------------------------------------------------------------===//

// Sums over N walk it for several vectors of results at once.
TEST(Reduction, VectorsOfResults) {
  Kernel kernel("%x: tensor<?x64xf32>", "%y = nn.reduce sum %x [0] : tensor<?x64xf32>", "tensor<64xf32>");
  Func &sum = kernel.get(Kind::Reduction);
  ReductionDecision decision = decideReduction(sum, getTarget("x86-64-linux-avx2"));
  EXPECT_GT(decision.lanes, 1);
  EXPECT_EQ(decision.lanes * decision.vectors * (64 / (decision.lanes * decision.vectors)), 64) << "no tail";
  EXPECT_LE(decision.vectors, 8);
}

// A softmax's sum belongs into the loop over its rows if these are the first axes of who reads it. Along another axis,
// even one of as many elements, it is computed once.
TEST(Reduction, InRowsByTheirAxes) {
  std::string x = "tensor<?x6x6xf32>";
  for (int64_t axis : {1, 2}) {
    Kernel kernel("%x: " + x, "%y = nn.softmax %x axis " + std::to_string(axis) + " : " + x, x);
    ReductionDecision decision = decideReduction(kernel.getLast(Kind::Reduction), getTarget("x86-64-linux-avx2"));
    EXPECT_EQ(decision.place, axis == 2 ? ReductionPlace::Point : ReductionPlace::Root);
  }
}

// A pool's windows are one func of vectors over channels.
TEST(Reduction, Windows) {
  Kernel kernel("%x: tensor<?x56x56x64xf32>",
                "%y = nn.pool max %x size [2, 2] strides [2, 2] padding [0, 0, 0, 0] : tensor<?x56x56x64xf32>",
                "tensor<?x28x28x64xf32>");
  ReductionDecision decision = decideReduction(kernel.get(Kind::Reduction), getTarget("x86-64-linux-avx512"));
  EXPECT_EQ(decision.lanes, 16);
  EXPECT_EQ(decision.vectors, 4) << "all 64 channels of a pixel";
}

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

// Parts of a join are written once: vectors along each, or along the channels behind it.
TEST(Scatter, JoinedParts) {
  Kernel kernel("%a: tensor<?x4x4x3xf32>, %b: tensor<?x4x4x8xf32>",
                "%y = nn.concat %a, %b axis 3 : tensor<?x4x4x3xf32>, tensor<?x4x4x8xf32>", "tensor<?x4x4x11xf32>");
  ScatterDecision decision = decideScatter(kernel.get(Kind::Scatter), getTarget("x86-64-linux-avx2"));
  EXPECT_FALSE(decision.init) << "the parts write every point";
  ASSERT_EQ(decision.updates.size(), 2u);
  for (const ScatterUpdateDecision &update : decision.updates)
    EXPECT_EQ(update.vectors, ScatterUpdateDecision::Vectors::Part);
  EXPECT_EQ(decision.updates[0].lanes, 3);
  EXPECT_EQ(decision.updates[1].lanes, 8);
}

// A sum at rows from data keeps the order of its domain; vectors run along the row, and tasks are some of them.
TEST(Scatter, SumsAtIndices) {
  Kernel kernel("%g: tensor<?x50x512xf32>, %i: tensor<?x50xi32>",
                "%y = nn.scatter_add %g, %i axis 0 : tensor<?x50x512xf32>, tensor<?x50xi32> -> tensor<1000x512xf32>",
                "tensor<1000x512xf32>");
  ScatterDecision decision = decideScatter(kernel.get(Kind::Scatter), getTarget("x86-64-linux-avx2"));
  EXPECT_TRUE(decision.init) << "rows that no index names are 0";
  const ScatterUpdateDecision &update = decision.updates.back();
  EXPECT_EQ(update.vectors, ScatterUpdateDecision::Vectors::Last);
  EXPECT_EQ(update.taskVectors, 4);
  EXPECT_TRUE(update.hasTasks);
  EXPECT_EQ(update.taskAxis, -1) << "the rows have no loop";
}

// A permutation: nobody knows that two points of the domain store at different places, but rows are apart.
TEST(Scatter, StoresAtIndicesFromData) {
  Kernel kernel("%x: tensor<?x512xf32>", "%y = nn.argsort %x axis 1 : tensor<?x512xf32>", "tensor<?x512xi32>");
  ScatterDecision decision = decideScatter(kernel.get(Kind::Scatter), getTarget("x86-64-linux-avx2"));
  EXPECT_FALSE(decision.init) << "every place is written";
  const ScatterUpdateDecision &update = decision.updates.back();
  EXPECT_EQ(update.vectors, ScatterUpdateDecision::Vectors::None);
  EXPECT_EQ(update.taskAxis, 0);
}
