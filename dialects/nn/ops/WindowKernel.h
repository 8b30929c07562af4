//===- WindowKernel.h - what convolution and pooling kernels share ---------===//
#ifndef ARGENT_DIALECTS_NN_OPS_WINDOWKERNEL_H
#define ARGENT_DIALECTS_NN_OPS_WINDOWKERNEL_H

#include "dialects/nn/Window.h"
#include "dialects/nn/kernel/KernelBuilder.h"

namespace argent::nn {

/// z y x, the last `count` of them; `suffix` behind each.
llvm::SmallVector<std::string, 3> spatialNames(unsigned count, llvm::StringRef suffix = "");
/// t r s, the last `count` of them: the taps of a window.
llvm::SmallVector<std::string, 3> tapNames(unsigned count);

/// The indices of flattened pixel `p` in an image of `sizes`.
llvm::SmallVector<Expr, 6> unflatten(Expr p, llvm::ArrayRef<int64_t> sizes);

/// `image` [N, spatial..., C] with zeros around: read at spatial coordinates that begin `before` elements before the
/// image and are less than `extents`. Reads the image itself where nothing is outside it or where its producer left a
/// border that is wide enough; else through a func "padded".
std::function<Expr(Expr n, Args spatial, Expr c)>
padded(KernelBuilder &kernel, const Tensor &image, llvm::ArrayRef<int64_t> before, llvm::ArrayRef<int64_t> extents);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_OPS_WINDOWKERNEL_H
