//===- Fission.cpp - what need not be in a loop leaves it ------------------===//
// For each nn.scan, those in it first:
//   1. What depends on captured values only moves before the loop.
//   2. Products of the sources' parts are computed before the loop, over all steps at once, and with them what takes
//      their place, element by element.
//   3. Products whose results are yielded only are computed behind the loop, over all steps at once, and with them what
//      is computed from them.
//   4. A captured value's gradient that is carried, only to be added to, is summed up behind the loop.
//   5. The order in which the ops that stay read captured values moves before the loop: not earlier, since over all
//      steps at once an op reads them as they are.
// Over all steps: the steps join the rows of the batch. `[N, T, *S]` is the same memory as `[N * T, *S]`, so an op that
// treats the rows apart, or sums over them, is applied to N * T of them.
// Knows no op by name: what an op does with rows it says itself (LayerOpInterface, RowsOpInterface).
#include "compiler/Passes.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/gradient/GradientBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_FISSION
#include "compiler/Passes.h.inc"

namespace {

using namespace nn;

/// Whether dimension 0 is N, or a multiple of it.
bool hasRows(Value value) {
  Dims dims = getDims(value.getType());
  return !dims.empty() && dims[0].isOpen;
}

bool hasOpenDims(Value value) {
  return llvm::any_of(getDims(value.getType()), [](Dim dim) { return dim.isOpen; });
}

bool isConstant(Value value) {
  Operation *maker = value.getDefiningOp();
  return maker && maker->hasTrait<OpTrait::ConstantLike>();
}

/// An op that computes one result from the elements of its operands.
bool isCompute(Operation *op) {
  return isa<KernelOpInterface>(op) && !isa<ShapeOpInterface>(op) && op->getNumResults() == 1 &&
         op->getNumRegions() == 0 && op->getNumOperands() > 0 && isPure(op);
}

/// Whether rows of the operand become rows of the result, each by itself.
bool keepsRows(OpOperand &operand) {
  auto layer = dyn_cast<LayerOpInterface>(operand.getOwner());
  std::optional<int64_t> axis = layer ? layer.getAxisInResult(operand, 0) : findKeptAxis(operand, 0);
  // What cuts the rows otherwise would see those of all steps in another order.
  if (axis != 0 || getDims(operand.get().getType())[0] != getDims(operand.getOwner()->getResult(0).getType())[0])
    return false;
  AxisWindow window = layer ? layer.getWindow(0) : AxisWindow();
  return window.extent == 1 && window.stride == 1 && window.before == 0 && window.after == 0;
}

/// Costs nothing where it is, and may cost a store elsewhere.
bool isFree(Operation *op) { return op->hasTrait<Free>() || op->hasTrait<Moving>() || op->hasTrait<Known>(); }

/// The loop's ops sorted by what they need of a step, and their clones over all steps.
class Fission {
public:
  explicit Fission(ScanOp scan) : scan_(scan), builder_(scan) {}

  void run() {
    builder_.setInsertionPoint(scan_);
    moveInvariant();
    moveAhead();
    builder_.setInsertionPointAfter(scan_);
    moveBehind();
    moveSums();
    finish();
    builder_.setInsertionPoint(scan_);
    if (separateRearrangements())
      moveInvariant();
  }

private:
  Block &body() { return scan_.getBody().front(); }
  int64_t steps() { return scan_.getSteps(); }

  //===--- values outside of the loop ---------------------------------------===//

  /// A further value from outside, and its argument in the body.
  BlockArgument capture(Value value) {
    scan_.getCapturedMutable().append(value);
    return body().addArgument(value.getType(), value.getLoc());
  }
  BlockArgument addSource(Value value) {
    const unsigned at = 1 + scan_.getSources().size();
    scan_.getSourcesMutable().append(value);
    return body().insertArgument(at, ScanOp::getStepType(value.getType()), value.getLoc());
  }

  RankedTensorType foldedType(Type step) {
    Dims dims = getDims(step);
    dims[0].size *= steps();
    return makeType(dims, getElementTypeOrSelf(step));
  }
  /// `[N * T, *S]` of the type of a step, `[N, *S]`: of `[N, T, *S]`.
  Value fold(Value stacked, Type step) {
    return GradientBuilder(builder_, stacked.getLoc()).reshape(stacked, foldedType(step));
  }
  Value unfold(Value folded, Type step) {
    return GradientBuilder(builder_, folded.getLoc()).reshape(folded, ScanOp::getStackedType(step, steps()));
  }

  /// Clones an op of the body to where builder_ is. Operands are looked up; those with rows have the rows of all steps.
  Operation *cloneFolded(Operation *op, llvm::function_ref<Value(Value)> lookup) {
    IRMapping mapping;
    for (Value operand : op->getOperands())
      if (!mapping.contains(operand))
        mapping.map(operand,
                    isConstant(operand) ? builder_.clone(*operand.getDefiningOp())->getResult(0) : lookup(operand));
    Operation *clone = builder_.clone(*op, mapping);
    if (hasRows(op->getResult(0)))
      clone->getResult(0).setType(foldedType(op->getResult(0).getType()));
    if (auto rows = dyn_cast<RowsOpInterface>(clone))
      rows.multiplyRows(steps());
    return clone;
  }

  //===--- 1. invariant -----------------------------------------------------===//

  void moveInvariant() {
    llvm::SetVector<Operation *> invariant;
    auto isInvariant = [&](Value value) {
      return isConstant(value) || invariant.contains(value.getDefiningOp()) ||
             llvm::is_contained(scan_.getCapturedArguments(), value);
    };
    for (Operation &op : body().without_terminator())
      if (isCompute(&op) && llvm::all_of(op.getOperands(), isInvariant) && !llvm::all_of(op.getOperands(), isConstant))
        invariant.insert(&op);

    IRMapping outside;
    auto lookup = [&](Value value) {
      if (!outside.contains(value))
        outside.map(value, isConstant(value) ? builder_.clone(*value.getDefiningOp())->getResult(0)
                                             : scan_.getOrigin(cast<BlockArgument>(value)));
      return outside.lookup(value);
    };
    for (Operation *op : invariant) {
      // What is free is computed where it is read, by ops that stay and by clones of those that go.
      for (Value operand : op->getOperands())
        lookup(operand);
      builder_.clone(*op, outside);
      Value result = op->getResult(0);
      auto stays = [&](OpOperand &use) { return !invariant.contains(use.getOwner()) || isFree(use.getOwner()); };
      bool isStored = !isFree(op) || isWantedElsewhere(result);
      if (isStored && llvm::any_of(result.getUses(), stays))
        result.replaceUsesWithIf(capture(outside.lookup(result)), stays);
    }
  }

  /// Whether an op would copy the value in each step, to have it where it reads it best.
  static bool isWantedElsewhere(Value value) {
    return !hasOpenDims(value) && llvm::any_of(value.getUses(), [](OpOperand &use) {
      auto reader = dyn_cast<KernelOpInterface>(use.getOwner());
      return reader && reader.getWantedLayout(use);
    });
  }

  //===--- 5. order ---------------------------------------------------------===//

  /// Makes ops of their own of what the products in the body do to captured values, and to what is cut out of them,
  /// before they multiply. Whether there are any.
  bool separateRearrangements() {
    auto isInvariant = [&](auto &self, Value value) -> bool {
      if (isConstant(value) || llvm::is_contained(scan_.getCapturedArguments(), value))
        return true;
      Operation *maker = value.getDefiningOp();
      return maker && isCompute(maker) &&
             llvm::all_of(maker->getOperands(), [&](Value operand) { return self(self, operand); });
    };
    bool any = false;
    for (Operation &op : llvm::make_early_inc_range(body().without_terminator()))
      if (auto reader = dyn_cast<KernelOpInterface>(op))
        for (OpOperand &operand : op.getOpOperands())
          if (!hasOpenDims(operand.get()) && !isConstant(operand.get()) && isInvariant(isInvariant, operand.get()))
            any |= reader.separateRearrangement(operand);
    return any;
  }

  //===--- 2. ahead ---------------------------------------------------------===//

  /// Whether the op can be computed over all steps at once, where `isKnown` are the values with rows of all steps:
  /// these keep their rows, and the others are the same for all rows.
  bool folds(Operation *op, llvm::function_ref<bool(Value)> isKnown) {
    if (!isCompute(op) || !hasRows(op->getResult(0)))
      return false;
    bool anyKnown = false;
    for (OpOperand &operand : op->getOpOperands()) {
      Value value = operand.get();
      if (isKnown(value)) {
        if (!hasRows(value) || !keepsRows(operand))
          return false;
        anyKnown = true;
      } else if (!isShared(value)) {
        return false;
      }
    }
    return anyKnown;
  }
  /// The same for all rows and steps.
  bool isShared(Value value) {
    return !hasOpenDims(value) && (isConstant(value) || llvm::is_contained(scan_.getCapturedArguments(), value));
  }

  /// An op computed from one that goes, element by element, that takes its place in memory.
  bool replaces(Operation *op, const llvm::SetVector<Operation *> &going) {
    if (!op->hasTrait<Pointwise>() && !op->hasTrait<Relabeling>())
      return false;
    bool any = false;
    for (Value operand : op->getOperands()) {
      if (isShared(operand))
        continue;
      Operation *maker = operand.getDefiningOp();
      bool isGoing =
          maker && going.contains(maker) &&
          countElements(operand.getType()) == countElements(op->getResult(0).getType()) &&
          llvm::all_of(operand.getUsers(), [&](Operation *user) { return user == op || going.contains(user); });
      if (!isGoing)
        return false;
      any = true;
    }
    return any;
  }

  void moveAhead() {
    llvm::SetVector<Operation *> foldable;
    auto isKnown = [&](Value value) {
      return foldable.contains(value.getDefiningOp()) || llvm::is_contained(scan_.getSourceArguments(), value);
    };
    for (Operation &op : body().without_terminator())
      if (folds(&op, isKnown))
        foldable.insert(&op);
    // Products, what they are made of, and what is made of them in their place.
    llvm::SetVector<Operation *> going;
    for (Operation *op : llvm::reverse(foldable))
      if (op->hasTrait<Contracting>() ||
          llvm::any_of(op->getUsers(), [&](Operation *user) { return going.contains(user); }))
        going.insert(op);
    SmallVector<Operation *> sorted;
    for (Operation *op : foldable)
      if (going.contains(op) || replaces(op, going)) {
        going.insert(op);
        sorted.push_back(op);
      }

    IRMapping outside;
    auto lookup = [&](Value value) -> Value {
      if (Value found = outside.lookupOrNull(value))
        return found;
      Value origin = scan_.getOrigin(cast<BlockArgument>(value));
      if (llvm::is_contained(scan_.getSourceArguments(), value))
        origin = fold(origin, value.getType());
      outside.map(value, origin);
      return origin;
    };
    for (Operation *op : sorted)
      outside.map(op->getResult(0), cloneFolded(op, lookup)->getResult(0));
    for (Operation *op : sorted) {
      Value result = op->getResult(0);
      auto isReadInside = [&](OpOperand &use) { return !going.contains(use.getOwner()); };
      if (llvm::any_of(result.getUses(), isReadInside)) {
        Value stacked = unfold(outside.lookup(result), result.getType());
        result.replaceUsesWithIf(addSource(stacked), isReadInside);
      }
    }
    for (Operation *op : llvm::reverse(sorted))
      op->erase();
  }

  //===--- 3. behind --------------------------------------------------------===//

  /// A value that the body shall yield, and what is read behind the loop until the loop with that result is there.
  struct Wanted {
    Value inside;
    UnrealizedConversionCastOp stacked;
  };

  /// The value of the body with the rows of all steps, behind the loop.
  Value want(Value inside) {
    Value &folded = foldedOf_[inside];
    if (folded)
      return folded;
    if (llvm::is_contained(scan_.getSourceArguments(), inside))
      return folded = fold(scan_.getOrigin(cast<BlockArgument>(inside)), inside.getType());
    Type stacked = ScanOp::getStackedType(inside.getType(), steps());
    wanted_.push_back({inside, UnrealizedConversionCastOp::create(builder_, inside.getLoc(), stacked, ValueRange())});
    return folded = fold(wanted_.back().stacked.getResult(0), inside.getType());
  }

  void moveBehind() {
    NextOp next = scan_.getNext();
    // Ops that only yields need.
    llvm::SetVector<Operation *> late;
    for (Operation &op : llvm::reverse(body().without_terminator())) {
      bool isLate = isCompute(&op) && hasRows(op.getResult(0)) && !op.use_empty();
      for (OpOperand &use : op.getUses())
        isLate &= late.contains(use.getOwner()) ||
                  (use.getOwner() == next && use.getOperandNumber() >= next.getCarried().size());
      for (OpOperand &operand : op.getOpOperands())
        isLate &= isShared(operand.get()) || (hasRows(operand.get()) && keepsRows(operand));
      isLate &= llvm::any_of(op.getOperands(), hasRows);
      if (isLate)
        late.insert(&op);
    }
    llvm::SetVector<Operation *> going; // in the order of the body
    for (Operation *op : llvm::reverse(late))
      if (op->hasTrait<Contracting>() || llvm::any_of(op->getOperands(), [&](Value operand) {
            return operand.getDefiningOp() && going.contains(operand.getDefiningOp());
          }))
        going.insert(op);
    IRMapping outside;
    auto lookup = [&](Value value) -> Value {
      if (Value found = outside.lookupOrNull(value))
        return found;
      return isShared(value) ? scan_.getOrigin(cast<BlockArgument>(value)) : want(value);
    };
    for (Operation *op : going)
      outside.map(op->getResult(0), cloneFolded(op, lookup)->getResult(0));
    for (OpOperand &yielded : next.getYieldedMutable())
      if (Operation *maker = yielded.get().getDefiningOp(); maker && going.contains(maker)) {
        const unsigned index = yielded.getOperandNumber() - next.getCarried().size();
        replacedYields_[index] = unfold(outside.lookup(yielded.get()), yielded.get().getType());
      }
  }

  //===--- 4. sums ----------------------------------------------------------===//

  /// Whether the value, one for each step, can be summed over the steps behind the loop.
  bool isSummable(Value value) {
    Operation *op = value.getDefiningOp();
    if (!op || hasOpenDims(value) || !isCompute(op))
      return false;
    if (auto rows = dyn_cast<RowsOpInterface>(op); rows && rows.sumsRows())
      return llvm::all_of(op->getOperands(), [&](Value operand) { return hasRows(operand) && !isConstant(operand); });
    if (cast<KernelOpInterface>(op).isAdditive())
      return llvm::all_of(op->getOperands(), [&](Value operand) { return isSummable(operand); });
    return false;
  }

  Value sum(Value value) {
    Operation *op = value.getDefiningOp();
    auto rows = dyn_cast<RowsOpInterface>(op);
    bool sumsRows = rows && rows.sumsRows();
    return cloneFolded(op, [&](Value operand) { return sumsRows ? want(operand) : sum(operand); })->getResult(0);
  }

  /// Of `accumulator + a + b ...`, the addends; none if it is another value.
  std::optional<SmallVector<Value>> addendsTo(BlockArgument accumulator, Value value) {
    if (value == accumulator)
      return SmallVector<Value>();
    Operation *add = value.getDefiningOp();
    bool isSum = add && add->hasTrait<Additive>() && add->hasTrait<OpTrait::IsCommutative>();
    if (!isSum || !add->hasOneUse())
      return std::nullopt;
    Value lhs = add->getOperand(0), rhs = add->getOperand(1);
    for (auto [here, other] : {std::pair(lhs, rhs), std::pair(rhs, lhs)})
      if (std::optional<SmallVector<Value>> found = addendsTo(accumulator, here)) {
        found->push_back(other);
        return found;
      }
    return std::nullopt;
  }

  void moveSums() {
    NextOp next = scan_.getNext();
    for (auto [i, argument, given] : llvm::enumerate(scan_.getCarriedArguments(), next.getCarried())) {
      if (!argument.hasOneUse() || given == argument)
        continue;
      std::optional<SmallVector<Value>> addends = addendsTo(argument, given);
      if (!addends || !llvm::all_of(*addends, [&](Value addend) { return isSummable(addend); }))
        continue;
      Value total = scan_.getInitial()[i];
      for (Value addend : *addends)
        total = GradientBuilder(builder_, addend.getLoc()).add(total, sum(addend));
      replacedLast_[i] = total;
    }
  }

  //===--- the loop that is left --------------------------------------------===//

  /// The loop yields what is wanted behind it; results that are computed there are no longer its own.
  void finish() {
    if (wanted_.empty() && replacedYields_.empty() && replacedLast_.empty())
      return;
    NextOp next = scan_.getNext();
    SmallVector<Value> initial, carried, yielded;
    llvm::BitVector dropped(body().getNumArguments());
    for (auto [i, argument] : llvm::enumerate(scan_.getCarriedArguments())) {
      if (replacedLast_.contains(i)) {
        dropped.set(argument.getArgNumber());
        continue;
      }
      initial.push_back(scan_.getInitial()[i]);
      carried.push_back(next.getCarried()[i]);
    }
    for (auto [i, value] : llvm::enumerate(next.getYielded()))
      if (!replacedYields_.contains(i))
        yielded.push_back(value);
    for (const Wanted &wanted : wanted_)
      yielded.push_back(wanted.inside);
    next.getCarriedMutable().assign(carried);
    next.getYieldedMutable().assign(yielded);
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body())))
      if (isOpTriviallyDead(&op))
        op.erase();
    body().eraseArguments(dropped);

    SmallVector<Type> stacked = llvm::map_to_vector(
        yielded, [&](Value value) -> Type { return ScanOp::getStackedType(value.getType(), steps()); });
    builder_.setInsertionPoint(scan_);
    auto whole =
        ScanOp::create(builder_, scan_.getLoc(), stacked, ValueRange(initial).getTypes(), scan_.getLayerAttr(),
                       scan_.getStepsAttr(), scan_.getReverseAttr(), scan_.getSources(), initial, scan_.getCaptured());
    whole.getBody().takeBody(scan_.getBody());
    auto result = whole.getStacked().begin();
    for (auto [i, old] : llvm::enumerate(scan_.getStacked())) {
      Value replacement = replacedYields_.lookup(i);
      old.replaceAllUsesWith(replacement ? replacement : *result++);
    }
    for (Wanted &wanted : wanted_) {
      wanted.stacked.getResult(0).replaceAllUsesWith(*result++);
      wanted.stacked.erase();
    }
    result = whole.getLast().begin();
    for (auto [i, old] : llvm::enumerate(scan_.getLast())) {
      Value replacement = replacedLast_.lookup(i);
      old.replaceAllUsesWith(replacement ? replacement : *result++);
    }
    scan_.erase();
    scan_ = whole;
  }

  ScanOp scan_;
  OpBuilder builder_;
  SmallVector<Wanted> wanted_;
  llvm::DenseMap<Value, Value> foldedOf_;
  llvm::DenseMap<size_t, Value> replacedYields_, replacedLast_;
};

struct FissionPass : impl::FissionBase<FissionPass> {
  void runOnOperation() override {
    SmallVector<ScanOp> scans; // those in a loop before it
    getOperation().walk([&](ScanOp scan) { scans.push_back(scan); });
    for (ScanOp scan : scans)
      Fission(scan).run();
  }
};

} // namespace
} // namespace argent
