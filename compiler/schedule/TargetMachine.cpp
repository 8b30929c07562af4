//===- TargetMachine.cpp - what the rules need of a target -----------------===//
#include "compiler/schedule/TargetMachine.h"

#include "compiler/target/Target.h"

using namespace mlir;

namespace argent::schedule {

FailureOr<Machine> machineOf(StringRef name, Location location) {
  llvm::Expected<Target> target = Target::parse(name);
  if (!target)
    return emitError(location, llvm::toString(target.takeError()));
  Machine machine;
  machine.vectorBytes = target->vectorBits / 8;
  machine.registers = target->vectorRegisters;
  return machine;
}

} // namespace argent::schedule
