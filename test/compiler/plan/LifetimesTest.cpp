//===- LifetimesTest.cpp - when values are last read, regions among the readers --------===//
#include "compiler/plan/Lifetimes.h"
#include "compiler/Registration.h"
#include "test/testdialect/TestDialect.h"

#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace argent;

namespace {

class LifetimesTest : public testing::Test {
protected:
  LifetimesTest() : context_(registry(), MLIRContext::Threading::DISABLED) {}

  static DialectRegistry registry() {
    DialectRegistry registry;
    registerAll(registry);
    registry.insert<test::TestDialect>();
    return registry;
  }

  /// The block of the function in the text.
  mlir::Block &parse(StringRef text) {
    module_ = parseSourceString<ModuleOp>(text, &context_);
    EXPECT_TRUE(module_);
    return (*module_->getOps<func::FuncOp>().begin()).front();
  }

  static Value result(mlir::Block &block, unsigned op) { return std::next(block.begin(), op)->getResult(0); }

  MLIRContext context_;
  OwningOpRef<ModuleOp> module_;
};

TEST_F(LifetimesTest, AReaderInARegionReadsUntilTheOpThatHoldsItEnds) {
  mlir::Block &block = parse(R"(
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.tanh %x : tensor<4xf32>
  %1 = nn.exp %x : tensor<4xf32>
  test.scope {
    test.scope {
      %2 = nn.add %0, %1 : tensor<4xf32>, tensor<4xf32>
      test.yield
    }
    test.yield
  }
  %3 = nn.neg %1 : tensor<4xf32>
  return %3 : tensor<4xf32>
})");
  Lifetimes lifetimes(block);
  EXPECT_EQ(lifetimes.lastUse(block.getArgument(0)), 1);
  // The ops of a region are numbered between the begin and the end of its op.
  EXPECT_EQ(lifetimes.lastUse(result(block, 0)), 8);
  EXPECT_EQ(lifetimes.lastUse(result(block, 1)), 9);
  EXPECT_EQ(lifetimes.lastUse(result(block, 3)), 10);
  Operation *add = nullptr;
  block.walk([&](nn::AddOp op) { add = op; });
  EXPECT_EQ(lifetimes.begin(add), 4);
  // Nobody reads it.
  EXPECT_EQ(lifetimes.lastUse(add->getResult(0)), 4);
}

TEST_F(LifetimesTest, ARelabeledValueIsReadByWhoReadsThat) {
  mlir::Block &block = parse(R"(
func.func @f(%x: tensor<4xf32>) -> tensor<2x2xf32> {
  %0 = nn.tanh %x : tensor<4xf32>
  %1 = nn.reshape %0 : tensor<4xf32> to tensor<2x2xf32>
  %2 = nn.exp %x : tensor<4xf32>
  test.scope {
    %3 = nn.reshape %1 : tensor<2x2xf32> to tensor<1x4xf32>
    %4 = nn.neg %3 : tensor<1x4xf32>
    test.yield
  }
  %5 = nn.neg %1 : tensor<2x2xf32>
  return %5 : tensor<2x2xf32>
})");
  Lifetimes lifetimes(block);
  EXPECT_EQ(lifetimes.lastUse(result(block, 0)), 8);
  EXPECT_EQ(lifetimes.lastUse(result(block, 2)), 2);
}

TEST_F(LifetimesTest, AnArgumentOfARegionIsThereWhenTheRegionRuns) {
  mlir::Block &block = parse(R"(
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.tanh %x : tensor<4xf32>
  %1 = test.step(%0) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    test.yield %a : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
})");
  Lifetimes lifetimes(block);
  EXPECT_EQ(lifetimes.lastUse(std::next(block.begin())->getRegion(0).getArgument(0)), 2);
  EXPECT_EQ(lifetimes.lastUse(result(block, 0)), 4);
}

TEST_F(LifetimesTest, StatesAreAssignedAtTheEnd) {
  mlir::Block &block = parse(R"(
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.tanh %x : tensor<4xf32>
  nn.assign "s", %0 : tensor<4xf32>
  %1 = nn.exp %x : tensor<4xf32>
  return %1 : tensor<4xf32>
})");
  EXPECT_EQ(Lifetimes(block).lastUse(result(block, 0)), 3);
}

TEST_F(LifetimesTest, AnOpOfAnotherFunctionIsAMistake) {
  mlir::Block &block = parse(R"(
func.func @f() {
  return
}
func.func @g() {
  return
})");
  Lifetimes lifetimes(block);
  mlir::Block &other = (*std::next(module_->getOps<func::FuncOp>().begin())).front();
  EXPECT_DEATH(lifetimes.begin(&other.front()), "not in this function");
}

} // namespace
