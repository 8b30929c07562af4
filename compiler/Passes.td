//===- Passes.td - every pass ----------------------------------------------===//
// For each: what it does, what it requires, when it fails. The order is compiler/Pipeline.cpp.
#ifndef ARGENT_PASSES_TD
#define ARGENT_PASSES_TD

include "mlir/Pass/PassBase.td"

def ScheduleKernels : Pass<"hl-schedule", "::mlir::ModuleOp"> {
  let summary = "gives every hl.pipeline without a schedule one by rule";
  let description = [{
    Rules are chosen by the shape of the computation (Pointwise, Reduction, Matmul, Window) and by the target's description, never by an
    op's name (compiler/schedule). A pipeline that has schedule operations keeps them.
  }];
  let options = [Option<"target", "target", "std::string", "\"host\"", "the target, as --target of argent compile takes it">];
}

#endif // ARGENT_PASSES_TD
