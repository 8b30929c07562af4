//===- ReduceKernel.h - reductions that other families build on ------------===//
#ifndef ARGENT_DIALECTS_NN_REDUCEKERNEL_H
#define ARGENT_DIALECTS_NN_REDUCEKERNEL_H

#include "dialects/nn/KernelBuilder.h"

namespace argent::nn {

/// The lowest or largest finite number of a type.
Expr getExtreme(mlir::Type type, bool largest);

/// How two values become one, and the value that changes nothing.
struct Combiner {
  Expr identity;
  std::function<Expr(Expr, Expr)> combine;
};
Combiner getCombiner(ReduceKind kind, mlir::Type type);

/// An element at an index of the kept and one of the reduced axes.
using ReduceLoad = llvm::function_ref<Expr(Args, Args)>;

/// A func `name` over `kept` that combines `load` over `reduced`; chains are cut in chunks by the shape alone. `innermost`: the last
/// reduced axis is the one along which elements are neighbours.
Func reduceChunked(KernelBuilder &kernel, llvm::StringRef name, const Axes &kept, const Axes &reduced, bool innermost, mlir::Type type,
                   const Combiner &combiner, ReduceLoad load);

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

#endif // ARGENT_DIALECTS_NN_REDUCEKERNEL_H
