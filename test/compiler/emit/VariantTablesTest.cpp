//===- VariantTablesTest.cpp - plan operations as tables of the module -----===//
#include "compiler/emit/VariantTables.h"
#include "dialects/plan/Plan.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace argent;

TEST(VariantTablesTest, ArenasKeepTheirMemorySpace) {
  mlir::MLIRContext context;
  context.loadDialect<plan::PlanDialect>();
  VariantSource source;
  auto plan = mlir::parseSourceString<mlir::ModuleOp>("plan.arena \"parameters\" 0 bytes [64, 0]\n"
                                                      "plan.arena \"activations\" 1 on_device bytes [0, 128]\n",
                                                      &context);
  ASSERT_TRUE(plan);
  source.plan = *plan;
  auto variant = makeVariant(source);
  ASSERT_TRUE(succeeded(variant));
  ASSERT_EQ((*variant)->arenas.size(), 2u);
  const format::ArenaT &parameters = *(*variant)->arenas[0], &activations = *(*variant)->arenas[1];
  EXPECT_EQ(parameters.space, format::MemorySpace::host);
  EXPECT_EQ(activations.kind, format::ArenaKind::activations);
  EXPECT_EQ(activations.index, 1u);
  EXPECT_EQ(activations.space, format::MemorySpace::device);
  EXPECT_EQ(activations.bytes->per_batch(), 128);
}
