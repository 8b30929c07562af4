//===- Ports.h - a function's arguments and results as ports ---------------===//
#ifndef ARGENT_COMPILER_PLAN_PORTS_H
#define ARGENT_COMPILER_PLAN_PORTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace argent {

/// Which port and byte offset each argument or result has: consecutive ones named `totals` are one vector port.
struct Ports {
  struct Place {
    int64_t port = 0, offset = 0;
  };

  static Ports ofArguments(mlir::func::FuncOp function);
  static Ports ofResults(mlir::func::FuncOp function);

  llvm::SmallVector<mlir::Attribute> ports; // what plan.program says of each
  llvm::SmallVector<Place> places;          // of each argument or result
};

} // namespace argent

#endif // ARGENT_COMPILER_PLAN_PORTS_H
