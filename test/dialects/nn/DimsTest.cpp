//===- DimsTest.cpp - shapes whose dimensions may be multiples of N --------===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "mlir/IR/MLIRContext.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace argent::nn;

namespace {

const Dim kN = {1, true}, kTwoN = {2, true};
Dim d(int64_t size) { return {size, false}; }

/// Broadcasting has no left and right.
std::optional<Dims> broadcast(const Dims &a, const Dims &b) {
  std::optional<Dims> result = broadcastDims(a, b);
  EXPECT_EQ(result, broadcastDims(b, a));
  return result;
}

TEST(Broadcast, AlignsAtTheRight) {
  EXPECT_EQ(broadcast({d(3), d(4)}, {d(4)}), Dims({d(3), d(4)}));
  EXPECT_EQ(broadcast({d(3), d(4)}, {}), Dims({d(3), d(4)}));
  EXPECT_EQ(broadcast({d(3), d(4)}, {d(3)}), std::nullopt);
  EXPECT_EQ(broadcast({}, {}), Dims());
}

TEST(Broadcast, OneStretches) {
  EXPECT_EQ(broadcast({d(3), d(1)}, {d(1), d(4)}), Dims({d(3), d(4)}));
  EXPECT_EQ(broadcast({d(2), d(3), d(4)}, {d(3), d(1)}), Dims({d(2), d(3), d(4)}));
  EXPECT_EQ(broadcast({d(1)}, {d(1)}), Dims({d(1)}));
  EXPECT_EQ(broadcast({d(2)}, {d(4)}), std::nullopt);
}

TEST(Broadcast, NStretchesToNothing) {
  EXPECT_EQ(broadcast({kN, d(4)}, {d(1), d(4)}), Dims({kN, d(4)}));
  EXPECT_EQ(broadcast({kN, d(4)}, {d(4)}), Dims({kN, d(4)}));
  EXPECT_EQ(broadcast({kN, d(4)}, {kN, d(1)}), Dims({kN, d(4)}));
  EXPECT_EQ(broadcast({kN, d(4)}, {d(7), d(4)}), std::nullopt);
  EXPECT_EQ(broadcast({kN}, {kTwoN}), std::nullopt);
  EXPECT_EQ(broadcast({kTwoN}, {kTwoN}), Dims({kTwoN}));
  EXPECT_EQ(broadcast({kTwoN}, {d(2)}), std::nullopt);
  EXPECT_EQ(broadcast({kTwoN}, {d(1)}), Dims({kTwoN}));
}

TEST(Dims, Reduce) {
  EXPECT_EQ(reduceDims({kN, d(4), d(5)}, {0, 2}, false), Dims({d(4)}));
  EXPECT_EQ(reduceDims({kN, d(4), d(5)}, {0, 2}, true), Dims({d(1), d(4), d(1)}));
  EXPECT_EQ(reduceDims({kN, d(4)}, {}, false), Dims({kN, d(4)}));
  EXPECT_EQ(reduceDims({kN, d(4)}, {0, 1}, false), Dims());
}

TEST(Dims, Count) {
  EXPECT_EQ(countElements(Dims()), (ElementCount{1, 0}));
  EXPECT_EQ(countElements({d(3), d(4)}), (ElementCount{12, 0}));
  EXPECT_EQ(countElements({kTwoN, d(4)}), (ElementCount{8, 1}));
  EXPECT_EQ(countElements({kN, d(4), kTwoN}), (ElementCount{8, 2}));
  EXPECT_EQ(countElements({kN, d(0)}).at(5), 0);
  EXPECT_EQ((ElementCount{8, 2}).at(3), 72);
  EXPECT_TRUE((ElementCount{8, 0}).isConstant());
  EXPECT_FALSE((ElementCount{8, 1}).isConstant());
}

TEST(Dims, Axes) {
  EXPECT_TRUE(areAxes({}, 0));
  EXPECT_TRUE(areAxes({0, 2}, 3));
  EXPECT_FALSE(areAxes({2, 0}, 3)) << "not sorted";
  EXPECT_FALSE(areAxes({1, 1}, 3)) << "not distinct";
  EXPECT_FALSE(areAxes({3}, 3));
  EXPECT_FALSE(areAxes({-1}, 3));
}

TEST(Dims, Print) {
  EXPECT_EQ(printDims({}), "[]");
  EXPECT_EQ(printDims({kN, d(28), kTwoN}), "[N, 28, 2 * N]");
}

TEST(Dims, TypesAndBack) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<NNDialect>();
  Type f32 = Float32Type::get(&context);
  for (const Dims &dims : {Dims(), Dims({d(3)}), Dims({kN, d(3)}), Dims({kTwoN, d(3)}), Dims({d(3), kTwoN, kN})})
    EXPECT_EQ(getDims(makeType(dims, f32)), dims) << printDims(dims);
  // What the type says by itself is not said again.
  EXPECT_FALSE(makeType({kN, d(3)}, f32).getEncoding());
  EXPECT_EQ(makeType({d(3), kTwoN}, f32).getEncoding(), BatchAttr::get(&context, {0, 2}));
  RankedTensorType rows = makeType({kTwoN, d(3)}, f32);
  EXPECT_EQ(withElementType(rows, IntegerType::get(&context, 32)).getEncoding(), rows.getEncoding());
}

} // namespace
