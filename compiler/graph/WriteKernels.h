//===- WriteKernels.h - groups of ops to nn.fused ---------------------------===//
#ifndef ARGENT_COMPILER_GRAPH_WRITEKERNELS_H
#define ARGENT_COMPILER_GRAPH_WRITEKERNELS_H

#include "compiler/graph/KernelGroups.h"

namespace argent::nn {

/// Puts the ops of each group into an nn.fused, and drops those that none needs any more. Reshapes at the border of a
/// group stay outside.
void writeKernels(mlir::Block &block, KernelGroups &groups);

} // namespace argent::nn

#endif // ARGENT_COMPILER_GRAPH_WRITEKERNELS_H
