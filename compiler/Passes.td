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

def Plan : Pass<"plan", "::mlir::ModuleOp"> {
  let summary = "functions of nn.launch to programs on arenas";
  let description = [{
    Gives every value its memory and writes a plan.program for each function, and @pack and @unpack between logical and physical
    layout of the parameters. Requires --lower-to-hl. Fails on an op that is no launch, parameter, state or store, and where two declarations of
    one path differ.

    Before: `%y = nn.launch "relu" [@k0] at_least [1](%x) : ...`; after: `plan.launch [@k0] at_least [1](%0, %1) : ...`.
  }];
  let dependentDialects = ["::argent::plan::PlanDialect"];
}

#endif // ARGENT_PASSES_TD
