//===- FusionRules.cpp - what ops are to fusion ----------------------------===//
#include "compiler/graph/FusionRules.h"

using namespace mlir;

namespace argent::nn {

bool isCompute(Operation *op) { return isa<KernelOpInterface>(op) && op->getNumResults() == 1; }

bool isPointwise(Operation *op) {
  return op->hasTrait<OpTrait::Elementwise>() ||
         isa<AddOp, SubOp, MulOp, DivOp, FloorDivOp, ModOp, MaxOp, MinOp, PowOp, CompareOp, AndOp, OrOp, SelectOp, CastOp>(op);
}

bool isFree(Operation *op) { return isa<ReshapeOp, BroadcastOp>(op); }

bool isProduct(Operation *op) { return isa<MatmulOp, ConvOp, ConvInputGradOp, ConvFilterGradOp>(op); }

static bool areDisjoint(ArrayRef<int64_t> size, ArrayRef<int64_t> strides, ArrayRef<int64_t> padding) {
  return llvm::all_of(padding, [](int64_t p) { return p == 0; }) &&
         llvm::all_of(llvm::zip(size, strides), [](auto axis) { return std::get<0>(axis) <= std::get<1>(axis); });
}

bool hasDisjointWindows(Operation *op) {
  if (auto pool = dyn_cast<PoolOp>(op))
    return areDisjoint(pool.getSize(), pool.getStrides(), pool.getPadding());
  if (auto pool = dyn_cast<PoolGradOp>(op))
    return areDisjoint(pool.getSize(), pool.getStrides(), pool.getPadding());
  return false;
}

bool isCheap(Operation *op) {
  if (isFree(op))
    return true;
  return isPointwise(op) && !isa<ExpOp, LogOp, SqrtOp, RsqrtOp, SinOp, CosOp, ErfOp, TanhOp, SigmoidOp, PowOp, DivOp,
                                 FloorDivOp, ModOp>(op);
}

bool looksOnce(OpOperand &operand) {
  Operation *op = operand.getOwner();
  if (isa<ReduceOp, ArgmaxOp, TransposeOp>(op))
    return true;
  // The logits are read for the maximum, the sum and the result; the label and the row's gradient once for each row.
  if (isa<CrossEntropyOp, CrossEntropyGradOp>(op))
    return operand.getOperandNumber() > 0;
  // A maximum's gradient compares the whole window with its maximum: only the gradient itself is read once.
  if (isa<PoolGradOp>(op))
    return hasDisjointWindows(op) && operand.getOperandNumber() == 0;
  return isa<PoolOp>(op) && hasDisjointWindows(op);
}

ElementCount resultCount(Operation *op) { return countElements(op->getResult(0).getType()); }

} // namespace argent::nn
