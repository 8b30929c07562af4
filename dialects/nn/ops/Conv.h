//===- Conv.h - the shape of a convolution ---------------------------------===//
#ifndef ARGENT_DIALECTS_NN_OPS_CONV_H
#define ARGENT_DIALECTS_NN_OPS_CONV_H

#include "dialects/nn/Dims.h"
#include "dialects/nn/Window.h"

namespace argent::nn {

/// The window along each spatial axis of a convolution.
llvm::SmallVector<Window, 3> getConvWindows(llvm::ArrayRef<Dim> input, llvm::ArrayRef<Dim> filter,
                                            llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> padding,
                                            llvm::ArrayRef<int64_t> dilations);

/// Whether the gradient to the input is computed by phases (Window.h): some window is strided, and all have phases.
bool hasPhases(llvm::ArrayRef<Window> windows);

/// The type of a convolution's result; an error that names its constraint if there is none.
mlir::FailureOr<mlir::RankedTensorType> inferConv(std::optional<mlir::Location> location, mlir::Type input,
                                                  mlir::Type filter, llvm::ArrayRef<int64_t> strides,
                                                  llvm::ArrayRef<int64_t> padding, llvm::ArrayRef<int64_t> dilations,
                                                  int64_t groups);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_OPS_CONV_H
