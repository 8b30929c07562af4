//===- VariantTablesTest.cpp - plan operations as tables of the module -----===//
#include "compiler/emit/VariantTables.h"
#include "compiler/Registration.h"
#include "dialects/plan/Plan.h"

#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace argent;

namespace {

/// The error of making tables of the plan; empty if there is none.
std::string refuse(StringRef text) {
  DialectRegistry registry;
  registerAll(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  OwningOpRef<ModuleOp> plan = parseSourceString<ModuleOp>(text, &context);
  EXPECT_TRUE(plan);
  std::string error;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) { error = diagnostic.str(); });
  VariantSource source;
  source.plan = *plan;
  EXPECT_EQ(failed(makeVariant(source)), !error.empty());
  return error;
}

TEST(VariantTables, AnUnknownOpOfAProgramIsAnError) {
  EXPECT_EQ(refuse(R"(
plan.arena activations 0 bytes [64, 0]
plan.program @predict inputs [] outputs [] {
  %0 = plan.view activations 0 at [0, 0] : !hl.buffer<4xf32>
})"),
            "");
  EXPECT_EQ(refuse(R"(
plan.arena activations 0 bytes [64, 0]
plan.program @predict inputs [] outputs [] {
  %0 = arith.constant 1 : i32
})"),
            "'arith.constant' op is no instruction of a program");
}

TEST(VariantTables, ArenasKeepTheirMemorySpace) {
  MLIRContext context;
  context.loadDialect<plan::PlanDialect>();
  OwningOpRef<ModuleOp> plan = parseSourceString<ModuleOp>("plan.arena parameters 0 bytes [64, 0]\n"
                                                           "plan.arena activations 1 on_device bytes [0, 128]\n",
                                                           &context);
  ASSERT_TRUE(plan);
  VariantSource source;
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

} // namespace
