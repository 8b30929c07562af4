//===- FusionRules.h - what ops are to fusion ------------------------------===//
// Questions that --nn-fuse and --nn-layout ask about one op: the shape of its computation, never its place in a model.
#ifndef ARGENT_COMPILER_GRAPH_FUSIONRULES_H
#define ARGENT_COMPILER_GRAPH_FUSIONRULES_H

#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

namespace argent::nn {

/// Becomes part of a kernel.
bool isCompute(mlir::Operation *op);
/// Each element of the result depends on one element of each operand, at the broadcast index.
bool isPointwise(mlir::Operation *op);
/// Moves no element of a dense tensor, or only repeats them: costs nothing inside a kernel.
bool isFree(mlir::Operation *op);
/// A loop of its own: a window, a product, a reduction ... Everything that is neither pointwise nor free.
inline bool isAnchor(mlir::Operation *op) { return isCompute(op) && !isPointwise(op) && !isFree(op); }
/// A product or convolution: its kernel keeps a tile of sums in registers.
bool isProduct(mlir::Operation *op);
/// A pooling whose windows do not overlap and need no padding: it looks at each element at most once.
bool hasDisjointWindows(mlir::Operation *op);
/// Whether evaluating it twice costs less than storing and loading it: no transcendental function, no division.
bool isCheap(mlir::Operation *op);
/// Whether the anchor looks at each element of this operand about once, so that computing it there repeats no work.
bool looksOnce(mlir::OpOperand &operand);

/// Elements of the op's result.
ElementCount resultCount(mlir::Operation *op);
inline bool isScalar(mlir::Operation *op) { return resultCount(op) == ElementCount{1, 0}; }

} // namespace argent::nn

#endif // ARGENT_COMPILER_GRAPH_FUSIONRULES_H
