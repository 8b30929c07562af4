//===- Tape.h - what backpropagation through a loop stores of each step ------===//
#ifndef ARGENT_DIALECTS_NN_GRADIENT_TAPE_H
#define ARGENT_DIALECTS_NN_GRADIENT_TAPE_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace argent::nn {

/// The ops of `forward`, in its order, that the backward body computes again, so that the values of `forward` that it
/// then still reads, those of `read` and what these ops are computed from, are the fewest bytes. Values of which
/// `isGiven` says that they are at hand anyway cost nothing. Only what is computed element by element, or moved, is
/// computed again: no product, no sum, no random value; but whatever is computed from values of `isSame` alone, those
/// of all steps, which is computed once. Of choices that cost the same bytes, the one that computes the least again.
///
/// A minimum cut between what cannot be computed again and what is read, as in PyTorch's AOTAutograd (Horace He and
/// Shangdi Yu 2022, Min-cut optimal recomputation); by blocking flows (Dinic 1970).
llvm::SmallVector<mlir::Operation *> chooseRecomputed(mlir::Block &forward, llvm::ArrayRef<mlir::Value> read,
                                                      llvm::function_ref<bool(mlir::Value)> isGiven,
                                                      llvm::function_ref<bool(mlir::Value)> isSame);

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_GRADIENT_TAPE_H
