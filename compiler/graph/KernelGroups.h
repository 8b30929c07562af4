//===- KernelGroups.h - which ops of a block become one kernel --------------===//
#ifndef ARGENT_COMPILER_GRAPH_KERNELGROUPS_H
#define ARGENT_COMPILER_GRAPH_KERNELGROUPS_H

#include "compiler/graph/FusionRules.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

#include <vector>

namespace argent::nn {

/// Ops that one kernel computes. The root is the last in the block; every result's use outside comes after it.
struct KernelGroup {
  /// How often a member is computed.
  struct Member {
    bool isRepeated = false; // more often than it has elements: a user broadcasts it
    bool isUniform = true;   // all that follows it, up to the root or an anchor, has as many elements
  };

  mlir::Operation *root = nullptr;
  llvm::SetVector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Operation *, Member> members;
  llvm::SmallVector<mlir::Operation *> results; // beside the root, of its shape
  llvm::SmallVector<mlir::Operation *> anchors;
  int64_t cost = 0; // of the ops: codeCost

  bool isPointwiseOnly() const { return anchors.empty(); }
};

/// The groups of a block, the last in the block first. An op may be a member of several, each of which computes it.
class KernelGroups {
public:
  KernelGroups(mlir::Block &block, bool fusePooling);

  /// Constants, counts, and arithmetic on them: in no group, but cloned into each kernel that wants them.
  llvm::DenseSet<mlir::Operation *> leaves;
  std::vector<KernelGroup> kernels;

private:
  bool isKnownWithoutLoads(mlir::Operation *op) const;
  void assign(mlir::Operation *op);
  void join(mlir::Operation *op, int index);
  bool canCopy(mlir::Operation *op, size_t copies) const;
  bool loadsNoMore(mlir::Operation *op) const;
  bool isEpilogue(mlir::Operation *op) const;
  bool canJoin(mlir::Operation *op, const KernelGroup &kernel) const;
  bool absorbs(mlir::OpOperand &use, mlir::Operation *op, const KernelGroup &kernel) const;
  bool canJoiningJoin(mlir::Operation *op, const KernelGroup &kernel) const;
  bool canAnchorJoin(mlir::Operation *op, const KernelGroup &kernel) const;
  bool canBeResult(mlir::Operation *op, const KernelGroup &kernel) const;
  /// Who reads the op's result, as an op of the block: one in a region of another op is that op.
  llvm::SmallVector<mlir::Operation *> readersOf(mlir::Operation *op) const;

  mlir::Block &block_;
  bool fusePooling_;
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<int>> kernelsOf_;
};

} // namespace argent::nn

#endif // ARGENT_COMPILER_GRAPH_KERNELGROUPS_H
