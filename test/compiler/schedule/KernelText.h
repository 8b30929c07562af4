//===- KernelText.h - the funcs of a kernel, from nn text ------------------===//
#ifndef ARGENT_TEST_COMPILER_SCHEDULE_KERNELTEXT_H
#define ARGENT_TEST_COMPILER_SCHEDULE_KERNELTEXT_H

#include "compiler/schedule/Analysis.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <optional>

namespace argent::test {

/// The one kernel that a function of nn ops becomes, without a schedule: what a rule decides of it.
class Kernel {
public:
  /// `arguments`: "%x: tensor<?x8xf32>, ..."; `ops`: lines, the last of which defines %y of type `result`. A text that
  /// is wrong fails the test and leaves no funcs.
  Kernel(llvm::StringRef arguments, llvm::StringRef ops, llvm::StringRef result);

  /// The first func of the kind, and the last.
  schedule::Func &get(schedule::Kind kind);
  schedule::Func &getLast(schedule::Kind kind);
  schedule::Func &getOutput();

private:
  mlir::MLIRContext context_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  std::optional<schedule::Pipeline> pipeline_;
};

Target getTarget(llvm::StringRef name);

} // namespace argent::test

#endif // ARGENT_TEST_COMPILER_SCHEDULE_KERNELTEXT_H
