//===- VariantTablesTest.cpp - what a module's tables refuse ---------------------------===//
#include "compiler/emit/VariantTables.h"
#include "compiler/Registration.h"

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
plan.arena "activations" 0 bytes [64, 0]
plan.program @predict inputs [] outputs [] {
  %0 = plan.view "activations" 0 at [0, 0] : !hl.buffer<4xf32>
})"),
            "");
  EXPECT_EQ(refuse(R"(
plan.arena "activations" 0 bytes [64, 0]
plan.program @predict inputs [] outputs [] {
  %0 = arith.constant 1 : i32
})"),
            "'arith.constant' op is no instruction of a program");
}

} // namespace
