//===- FusionRules.h - what ops are to fusion ------------------------------===//
// Questions that --nn-fuse and --nn-layout ask about one op: the shape of its computation, never its place in a model.
// The op answers them (KernelOpInterface and the traits beside it).
#ifndef ARGENT_COMPILER_GRAPH_FUSIONRULES_H
#define ARGENT_COMPILER_GRAPH_FUSIONRULES_H

#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

namespace argent::nn {

/// Becomes part of a kernel.
bool isCompute(mlir::Operation *op);
/// Each element of the result depends on one element of each operand, at the broadcast index.
bool isPointwise(mlir::Operation *op);
/// Each element of the result is an element of an operand, at another index.
bool isMoving(mlir::Operation *op);
/// Puts its operands one behind the other; a kernel computes it piece by piece.
bool isJoining(mlir::Operation *op);
/// Moves no element of a dense tensor, only repeats them, or computes an index: costs nothing inside a kernel.
bool isFree(mlir::Operation *op);
/// Of a dense tensor, the same memory under another shape.
bool isRelabeling(mlir::Operation *op);
/// Reading through it costs as much as reading its operand, in every kernel.
bool isView(mlir::Operation *op);
/// A loop of its own: a window, a product, a reduction ... Everything that is not pointwise, free or joining.
inline bool isAnchor(mlir::Operation *op) { return isCompute(op) && !isPointwise(op) && !isFree(op) && !isJoining(op); }
/// Whether evaluating it twice costs less than storing and loading it: no transcendental function, no division.
bool isCheap(mlir::Operation *op);
/// What evaluating it once adds to a kernel's code, in units of one arithmetic instruction.
int64_t codeCost(mlir::Operation *op);
/// Whether every kernel that wants it computes it, instead of one that stores it.
bool isRecomputed(mlir::Operation *op);
/// Whether the anchor looks at each element of this operand about once, so that computing it there repeats no work.
bool looksOnce(mlir::OpOperand &operand);
/// Whether the anchor `upper` can take the results of the anchor `lower` before they are in memory.
bool isTower(mlir::Operation *lower, mlir::Operation *upper, bool fusePooling);

/// Elements of the op's result.
ElementCount resultCount(mlir::Operation *op);
inline bool isScalar(mlir::Operation *op) { return resultCount(op) == ElementCount{1, 0}; }

} // namespace argent::nn

#endif // ARGENT_COMPILER_GRAPH_FUSIONRULES_H
