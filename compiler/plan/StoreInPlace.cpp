//===- StoreInPlace.cpp - results that are written over inputs -------------===//
// Finds where the results of launches are stored (ValueMemory) and says of each kernel which of its inputs lie there:
// `inplace` of hl.pipeline. Schedules depend on it.
#include "compiler/Passes.h"
#include "compiler/plan/ValueMemory.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_STOREINPLACE
#include "compiler/Passes.h.inc"

namespace {
struct StoreInPlace : impl::StoreInPlaceBase<StoreInPlace> {
  void runOnOperation() final {
    FailureOr<ParameterArena> arena = planParameterArena(getOperation());
    if (failed(arena))
      return signalPassFailure();
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (failed(checkOneBlock(function)))
        return signalPassFailure();
      Ports inputs = Ports::ofArguments(function), outputs = Ports::ofResults(function);
      ValueMemory memory(function, *arena, inputs, outputs);
      if (failed(memory.find()))
        return signalPassFailure();
      function.walk([&](nn::LaunchOp launch) {
        if (SmallVector<int64_t> inplace = memory.getInplace(launch);
            llvm::any_of(inplace, [](int64_t input) { return input >= 0; }))
          memory.getKernel(launch).setInplace(inplace);
      });
    }
  }
};
} // namespace
} // namespace argent
