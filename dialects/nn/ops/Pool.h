//===- Pool.h - the shape of a pooling -------------------------------------===//
#ifndef ARGENT_DIALECTS_NN_OPS_POOL_H
#define ARGENT_DIALECTS_NN_OPS_POOL_H

#include "dialects/nn/Dims.h"
#include "dialects/nn/Window.h"

namespace argent::nn {

/// The window along each spatial axis of a pooling.
llvm::SmallVector<Window, 3> getPoolWindows(llvm::ArrayRef<Dim> input, llvm::ArrayRef<int64_t> size,
                                            llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> padding);

/// The type of a pooling's result; an error that names its constraint if there is none.
mlir::FailureOr<mlir::RankedTensorType> inferPool(std::optional<mlir::Location> location, mlir::Type input,
                                                  llvm::ArrayRef<int64_t> size, llvm::ArrayRef<int64_t> strides,
                                                  llvm::ArrayRef<int64_t> padding);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_OPS_POOL_H
