//===- ReduceKernel.h - reductions that other families build on ------------===//
#ifndef ARGENT_DIALECTS_NN_OPS_REDUCEKERNEL_H
#define ARGENT_DIALECTS_NN_OPS_REDUCEKERNEL_H

#include "dialects/nn/kernel/KernelBuilder.h"

namespace argent::nn {

/// The lowest or largest finite number of a type.
Expr getExtreme(mlir::Type type, bool largest);

/// How two values become one, and the value that changes nothing.
struct Combiner {
  Expr identity;
  std::function<Expr(Expr, Expr)> combine;
  bool rounds = false; ///< whether an error grows with the number of elements
};
Combiner getCombiner(ReduceKind kind, mlir::Type type);

/// What long sums of `type` are kept in: f64 for f32.
mlir::Type getWideType(mlir::Type type);
/// A sum of more elements is cut in pieces: its error is that of one piece, for the sums of the pieces are added in the
/// wide type.
inline constexpr int64_t kMaxSum = 64;

/// An element at an index of the kept and one of the reduced axes.
using ReduceLoad = llvm::function_ref<Expr(Args, Args)>;

/// A func `name` over `kept` that combines `load` over `reduced`, in an order that the shape alone decides. The error
/// of a sum does not grow with its length: pieces of some 64 elements, which are added in f64. `innermost`: the last
/// reduced axis is the one along which elements are neighbours.
Func reduceChunked(KernelBuilder &kernel, llvm::StringRef name, const Axes &kept, const Axes &reduced, bool innermost,
                   mlir::Type type, const Combiner &combiner, ReduceLoad load);

/// The sum over `reduced` of what are sums of many elements already: one after the other in f64, rounded to `type`
/// once.
Func addPartialSums(KernelBuilder &kernel, llvm::StringRef name, const Axes &kept, const Axes &reduced, mlir::Type type,
                    ReduceLoad load);

/// What a softmax knows of each row. `exp` has the kept axes and then the reduced one.
struct RowStatistics {
  Groups groups;
  llvm::SmallVector<bool> reduces;
  Func max, exp, sum;
  mlir::Type type;
};
/// Of `x` along `axis`: once a kernel.
RowStatistics getRowStatistics(KernelBuilder &kernel, mlir::Value x, int64_t axis);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_OPS_REDUCEKERNEL_H
