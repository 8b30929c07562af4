//===- NN.h - the nn dialect -----------------------------------------------===//
#ifndef ARGENT_DIALECTS_NN_NN_H
#define ARGENT_DIALECTS_NN_NN_H

#include "dialects/interfaces/Interfaces.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TensorEncoding.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/nn/Dialect.h.inc"
#include "dialects/nn/Enums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/nn/Attributes.h.inc"
#define GET_OP_CLASSES
#include "dialects/nn/Ops.h.inc"

#endif // ARGENT_DIALECTS_NN_NN_H
