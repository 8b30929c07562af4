//===- FusionRules.cpp - what ops are to fusion ----------------------------===//
#include "compiler/graph/FusionRules.h"

using namespace mlir;

namespace argent::nn {

bool isCompute(Operation *op) { return isa<KernelOpInterface>(op) && op->getNumResults() == 1; }
bool isPointwise(Operation *op) { return op->hasTrait<Pointwise>(); }
bool isMoving(Operation *op) { return op->hasTrait<Moving>(); }
bool isJoining(Operation *op) { return op->hasTrait<Joining>(); }
bool isFree(Operation *op) { return op->hasTrait<Free>() || isMoving(op); }
bool isRelabeling(Operation *op) { return op->hasTrait<Relabeling>(); }
bool isView(Operation *op) { return isRelabeling(op) || (isMoving(op) && cast<KernelOpInterface>(op).isView()); }
bool isCheap(Operation *op) { return isFree(op) || (isPointwise(op) && !op->hasTrait<Costly>()); }
int64_t codeCost(Operation *op) {
  constexpr int64_t kCostlyCode = 20; // a polynomial with its range reduction
  return !isPointwise(op) || isFree(op) ? 0 : op->hasTrait<Costly>() ? kCostlyCode : 1;
}
bool isRecomputed(Operation *op) { return op->hasTrait<Recomputed>(); }
bool looksOnce(OpOperand &operand) { return cast<KernelOpInterface>(operand.getOwner()).looksOnce(operand); }

bool isTower(Operation *lower, Operation *upper, bool fusePooling) {
  if (upper->hasTrait<Reducing>())
    return lower->hasTrait<Rowwise>();
  return fusePooling && cast<KernelOpInterface>(upper).reducesDisjointWindows() && lower->hasTrait<Tiled>();
}

ElementCount resultCount(Operation *op) { return countElements(op->getResult(0).getType()); }

} // namespace argent::nn
