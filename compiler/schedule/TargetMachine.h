//===- TargetMachine.h - what the rules need of a target -------------------===//
#ifndef ARGENT_COMPILER_SCHEDULE_TARGETMACHINE_H
#define ARGENT_COMPILER_SCHEDULE_TARGETMACHINE_H

#include "compiler/schedule/Rules.h"

namespace argent::schedule {

/// Reads the target's name (compiler/target/Target.h). Fails after an error at `location` that lists the known ones.
mlir::FailureOr<Machine> machineOf(llvm::StringRef target, mlir::Location location);

} // namespace argent::schedule

#endif // ARGENT_COMPILER_SCHEDULE_TARGETMACHINE_H
