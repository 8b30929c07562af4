//===- HL.h - the hl dialect -----------------------------------------------===//
#ifndef ARGENT_DIALECTS_HL_HL_H
#define ARGENT_DIALECTS_HL_HL_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/hl/Dialect.h.inc"
#include "dialects/hl/Enums.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/hl/Types.h.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/hl/Attributes.h.inc"
#define GET_OP_CLASSES
#include "dialects/hl/Ops.h.inc"

namespace argent::hl {

/// Whether `name` can name a func or a loop: a letter, then letters, digits and single underscores.
bool isValidName(llvm::StringRef name);

/// The types of the values that `hl.at` gives for a source of type `source`.
llvm::SmallVector<mlir::Type> getLoadTypes(mlir::Type source);

/// Checks the schedule of a pipeline: constraints C1 to C9 of hl.schedule, those of hl.rfactor and hl.in, and C5 of
/// hl.pipeline.
mlir::LogicalResult verifySchedule(PipelineOp pipeline);

} // namespace argent::hl

#endif // ARGENT_DIALECTS_HL_HL_H
