//===- KernelGroups.cpp - which ops of a block become one kernel -----------===//
// Visits the compute ops last to first. All users of an op then have their kernels, and the op
//   joins the kernel of its users, if they all stand in one and computing it there repeats no work;
//   joins several kernels as copies, if it is cheap;
//   joins a pointwise kernel as one more result of the same shape;
//   or begins a kernel, whose root it is.
// What an op is (pointwise, anchor, cheap) stands in FusionRules; the rules that follow speak of the shape of
// computations:
//   R1 epilogue: the pointwise users of an anchor's result are computed from registers when the tile is done. Saves a
//      store and a load of each element. The anchor must be used there only, by ops of as many elements.
//   R2 chain: a pointwise op is computed where it is used. Repeated for several kernels only when cheap: two loads cost
//      less than a store and two loads, a transcendental function (20 flops and more) does not; for any number of
//      kernels when a copy loads no more than the result would be; and never when it is the epilogue of an anchor,
//      whose result must be stored anyway. A random value is computed in every kernel that wants it at its own shape: a
//      mask is needed from the forward pass to the backward pass, and would occupy memory for so long.
//   R3 prologue: a pointwise op is computed inside an anchor that looks at each of its elements once (reduce, disjoint
//      windows). A product looks at an element once for each tile of output channels: its operands stay in memory.
//   R4 tower: a reduction over the result of a row-wise anchor (cross_entropy, argmax, reduce) and a pooling with
//      disjoint windows over the epilogue of a product are one kernel: the element in between never exists in memory.
//   R5 scalars: an op on one element is computed in every kernel that wants it; a launch costs more.
//   R6 results: a kernel has one result, or several of one shape if it is pointwise: one loop nest stores them all.
//   R7 moves: a slice, pad, reverse or gather is an index in the kernel that reads it; one that is a view (a slice)
//      even in a product. What it reads is computed there under the rules above, if that repeats no work.
//   R8 joins: a concat takes what its operands need into its kernel, as R2, and the pointwise ops behind it. Such a
//      kernel holds nothing else that reads a join, no anchor, and only joins of the same parts: it is computed part by
//      part.
//   R9 cost: a kernel holds only so much code, so that what the source repeats is many kernels and not one that grows:
//      the time to compile one grows faster than its length, and its values leave the registers.
// An op in a region of another op is no member of a kernel of this block: what it reads is stored before that op.
#include "compiler/graph/KernelGroups.h"

using namespace mlir;

namespace argent::nn {

/// The most code of a kernel (R9): a dozen transcendental functions.
constexpr int64_t kMaxCost = 256;

/// At most so many kernels compute a copy: of a sum of two tensors, four kernels would load more than one store and
/// four loads.
constexpr size_t kMaxCopies = 3;

KernelGroups::KernelGroups(Block &block, bool fusePooling) : block_(block), fusePooling_(fusePooling) {
  for (Operation &op : block.without_terminator())
    if (isCompute(&op) && isKnownWithoutLoads(&op))
      leaves.insert(&op);
  for (Operation &op : llvm::reverse(block))
    if (isCompute(&op))
      assign(&op);
}

SmallVector<Operation *> KernelGroups::readersOf(Operation *op) const {
  return llvm::map_to_vector(op->getUsers(), [&](Operation *user) { return block_.findAncestorOpInBlock(*user); });
}

/// R7: whether the moves of the kernel that read the op's result look at more elements than it has. A border may look
/// at some again.
static bool movesRepeat(Operation *op, const KernelGroup &kernel) {
  constexpr int64_t kTypicalBatch = 64;
  int64_t own = resultCount(op).at(kTypicalBatch), looks = 0;
  bool isReadInPlace = false;
  for (Operation *user : llvm::SetVector<Operation *>(op->user_begin(), op->user_end())) {
    if (!kernel.ops.contains(user))
      continue;
    if (!isMoving(user)) {
      isReadInPlace = true;
      continue;
    }
    int64_t count = resultCount(user).at(kTypicalBatch);
    if (count > 2 * own)
      return true;
    looks += std::min(count, own);
  }
  return looks > 0 && looks + (isReadInPlace ? own : 0) > own;
}

bool KernelGroups::isKnownWithoutLoads(Operation *op) const {
  if (op->hasTrait<Known>())
    return true;
  return (isPointwise(op) || isFree(op)) &&
         llvm::all_of(op->getOperands(), [&](Value v) { return leaves.contains(v.getDefiningOp()); });
}

void KernelGroups::assign(Operation *op) {
  bool usedOutside = false;
  llvm::SetVector<int> targets;
  for (Operation *user : readersOf(op)) {
    auto found = kernelsOf_.find(user);
    if (found != kernelsOf_.end())
      targets.insert_range(found->second);
    else if (!isCompute(user) || isa<ShapeOpInterface>(user))
      usedOutside = true;
  }
  if (leaves.contains(op) ? !usedOutside : (!usedOutside && targets.empty()))
    return; // cloned where it is used, or dead
  SmallVector<int> order = targets.takeVector();
  llvm::sort(order);

  if (!usedOutside && !order.empty() && canCopy(op, order.size()) &&
      llvm::all_of(order, [&](int index) { return canJoin(op, kernels[index]); })) {
    for (int index : order)
      join(op, index);
    return;
  }
  for (int index : llvm::reverse(order)) // the kernel whose root comes first
    if (canBeResult(op, kernels[index])) {
      kernels[index].results.push_back(op);
      join(op, index);
      return;
    }
  kernels.emplace_back().root = op;
  join(op, kernels.size() - 1);
}

void KernelGroups::join(Operation *op, int index) {
  KernelGroup &kernel = kernels[index];
  kernel.ops.insert(op);
  kernel.cost += codeCost(op);
  if (isAnchor(op))
    kernel.anchors.push_back(op);
  kernelsOf_[op].push_back(index);
  KernelGroup::Member &member = kernel.members[op];
  for (Operation *user : op->getUsers()) {
    if (!kernel.ops.contains(user) || isAnchor(user))
      continue;
    bool isElsewhere = isMoving(user) || isJoining(user),
         broadcasts = !isElsewhere && resultCount(user) != resultCount(op);
    member.isRepeated |= broadcasts || kernel.members[user].isRepeated;
    member.isUniform &= !isElsewhere && !broadcasts && kernel.members[user].isUniform;
  }
  member.isRepeated |= movesRepeat(op, kernel);
}

/// R2, R5: what may be computed in so many kernels.
bool KernelGroups::canCopy(Operation *op, size_t copies) const {
  if (copies == 1)
    return true;
  if (isView(op) || isRecomputed(op))
    return true;
  if (!isAnchor(op) && isScalar(op) && !isEpilogue(op))
    return true;
  return isCheap(op) && !isEpilogue(op) && (copies <= kMaxCopies || loadsNoMore(op));
}

/// Whether a copy loads what loading the result would: one operand of its size, and small ones (a channel's mean).
bool KernelGroups::loadsNoMore(Operation *op) const {
  return llvm::count_if(op->getOperands(), [&](Value operand) {
           return !leaves.contains(operand.getDefiningOp()) && countElements(operand.getType()) == resultCount(op);
         }) <= 1;
}

/// Whether an anchor's result ends in it: stored there, it costs nothing.
bool KernelGroups::isEpilogue(Operation *op) const {
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    Operation *producer = operand.getDefiningOp();
    return producer && producer->getBlock() == &block_ && isCompute(producer) && !leaves.contains(producer) &&
           operand.hasOneUse() && resultCount(producer) == resultCount(op) &&
           (isAnchor(producer) || isEpilogue(producer));
  });
}

bool KernelGroups::canJoin(Operation *op, const KernelGroup &kernel) const {
  if (int64_t cost = codeCost(op); cost > 0 && kernel.cost + cost > kMaxCost) // R9
    return false;
  if (isAnchor(op))
    return canAnchorJoin(op, kernel);
  if (isJoining(op))
    return canJoiningJoin(op, kernel);
  if ((!isCheap(op) || isEpilogue(op)) && !isScalar(op) && !isView(op) && movesRepeat(op, kernel))
    return false;
  for (OpOperand &use : op->getUses())
    if (kernel.ops.contains(use.getOwner()) && !absorbs(use, op, kernel))
      return false;
  return true;
}

/// R2, R3, R5, R7: whether the user may compute `op` itself, whose result it sees, perhaps through reshapes and
/// moves.
bool KernelGroups::absorbs(OpOperand &use, Operation *op, const KernelGroup &kernel) const {
  Operation *user = use.getOwner(), *seen = use.get().getDefiningOp();
  if (isView(op))
    return true;
  if (isRelabeling(user) || isMoving(user)) // looks at what its own users look at
    return llvm::all_of(user->getUses(), [&](OpOperand &next) {
      return !kernel.ops.contains(next.getOwner()) || absorbs(next, op, kernel);
    });
  if (isAnchor(user))
    return looksOnce(use);
  bool isRepeated =
      kernel.members.lookup(user).isRepeated || (!isJoining(user) && resultCount(seen) != resultCount(user));
  return !isRepeated || isCheap(op) || isScalar(op);
}

/// R8
bool KernelGroups::canJoiningJoin(Operation *op, const KernelGroup &kernel) const {
  auto shape = [](Operation *o) { return getDims(o->getResult(0).getType()); };
  auto operandShapes = [&](Operation *o) {
    return llvm::map_to_vector(o->getOperands(), [](Value operand) { return getDims(operand.getType()); });
  };
  if (!kernel.isPointwiseOnly() || shape(op) != shape(kernel.root))
    return false;
  for (Operation *other : kernel.ops)
    if (isJoining(other) && (other->getAttrs() != op->getAttrs() || operandShapes(other) != operandShapes(op)))
      return false;
  return llvm::all_of(op->getUsers(), [&](Operation *user) {
    return !kernel.ops.contains(user) ||
           (isPointwise(user) && shape(user) == shape(op) && kernel.members.lookup(user).isUniform);
  });
}

/// R1, R4: whether the kernel is the epilogue of this anchor, or reduces it.
bool KernelGroups::canAnchorJoin(Operation *op, const KernelGroup &kernel) const {
  if (!kernel.results.empty() || llvm::any_of(kernel.ops, isJoining))
    return false;
  for (Operation *anchor : kernel.anchors)
    if (!isTower(op, anchor, fusePooling_)) // R4
      return false;
  return llvm::all_of(op->getUsers(), [&](Operation *user) {
    if (!kernel.ops.contains(user) || isAnchor(user))
      return true;
    return !isMoving(user) && resultCount(user) == resultCount(op) && kernel.members.lookup(user).isUniform;
  });
}

/// R6
bool KernelGroups::canBeResult(Operation *op, const KernelGroup &kernel) const {
  auto shape = [](Operation *o) { return getDims(o->getResult(0).getType()); };
  if (!(isPointwise(op) || isJoining(op)) || !kernel.isPointwiseOnly() || shape(op) != shape(kernel.root) ||
      isEpilogue(op) || !canJoin(op, kernel))
    return false;
  // Who else reads it comes later: other ops, and each kernel that holds a copy of a user.
  return llvm::all_of(readersOf(op), [&](Operation *user) {
    auto found = kernelsOf_.find(user);
    if (found == kernelsOf_.end())
      return kernel.root->isBeforeInBlock(user);
    return llvm::all_of(found->second, [&](int index) {
      return &kernels[index] == &kernel || kernel.root->isBeforeInBlock(kernels[index].root);
    });
  });
}

} // namespace argent::nn
