//===- GraphBuilderTest.cpp - where a limit of an index is written -------------------------===//
#include "dialects/nn/GraphBuilder.h"
#include "test/testdialect/TestDialect.h"

#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace argent;

namespace {

struct Builder : nn::GraphBuilder {
  using GraphBuilder::GraphBuilder;
  Location location(StringRef) override { return builder.getUnknownLoc(); }
};

class GraphBuilderTest : public testing::Test {
protected:
  GraphBuilderTest() : context_(MLIRContext::Threading::DISABLED) {
    context_.loadDialect<nn::NNDialect, func::FuncDialect, test::TestDialect>();
  }

  func::FuncOp parse(StringRef text) {
    module_ = parseSourceString<ModuleOp>(text, &context_);
    EXPECT_TRUE(module_);
    return *module_->getOps<func::FuncOp>().begin();
  }

  /// The largest element that argument `i` may have; -1: nothing is said.
  static int64_t limitOf(func::FuncOp function, unsigned i) {
    auto range = function.getArgAttrOfType<ArrayAttr>(i, "nn.range");
    return range ? cast<IntegerAttr>(range[1]).getInt() : -1;
  }

  MLIRContext context_;
  OwningOpRef<ModuleOp> module_;
};

TEST_F(GraphBuilderTest, ALimitIsWrittenOnTheArgumentThatHoldsTheElements) {
  func::FuncOp function = parse(R"(
func.func @f(%x: tensor<4xf32>, %i: tensor<2x3xi32>) {
  %0 = nn.reshape %i : tensor<2x3xi32> to tensor<6xi32>
  %1 = nn.reverse %0 [0] : tensor<6xi32>
  %2 = nn.add %i, %i : tensor<2x3xi32>, tensor<2x3xi32>
  return
})");
  Builder builder(&context_);
  auto op = function.front().begin();
  builder.limitIndex(std::next(op)->getResult(0), 10);
  EXPECT_EQ(limitOf(function, 0), -1);
  EXPECT_EQ(limitOf(function, 1), 9);
  // The smallest counts.
  builder.limitIndex(function.getArgument(1), 20);
  EXPECT_EQ(limitOf(function, 1), 9);
  builder.limitIndex(function.getArgument(1), 5);
  EXPECT_EQ(limitOf(function, 1), 4);
  // What is computed from an argument has other elements.
  builder.limitIndex(std::next(op, 2)->getResult(0), 2);
  EXPECT_EQ(limitOf(function, 1), 4);
}

TEST_F(GraphBuilderTest, AnArgumentOfARegionIsNotTheFunctionsOfThatNumber) {
  func::FuncOp function = parse(R"(
func.func @f(%i: tensor<4xi32>, %j: tensor<4xi32>) {
  %0 = test.step(%j) : (tensor<4xi32>) -> tensor<4xi32> {
  ^bb0(%a: tensor<4xi32>):
    test.yield %a : tensor<4xi32>
  }
  return
})");
  Builder builder(&context_);
  builder.limitIndex(function.front().front().getRegion(0).getArgument(0), 10);
  EXPECT_EQ(limitOf(function, 0), -1);
  EXPECT_EQ(limitOf(function, 1), -1);
}

} // namespace
