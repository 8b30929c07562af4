//===- Reverse.cpp - reverse-mode differentiation of a block ---------------===//
//   1. Mark the values that lie on a path from a source to a seed.
//   2. Visit the ops that give them last to first: an op's result gradients are then complete; ask it for its operands'
//      and add each to what that operand has so far. An elementwise op answers for each element of its result: what was
//      broadcast is summed here, and where the op's numbers may be infinite or none at all, a gradient of 0 gives 0: a
//      seed does not depend on what a mask leaves out.
//   3. Where an op replaces itself, what is known of its results is known of the new ones.
// Knows no op by name: the rules are in dialects/nn/ops/*Gradient.cpp.
#include "dialects/nn/gradient/Reverse.h"

#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;

namespace argent::nn {

/// The name of a value in the source, if its location has one.
static std::string getName(Location location) {
  if (auto named = dyn_cast<NameLoc>(location))
    return named.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (std::string name = getName(part); !name.empty())
        return name;
  return "";
}

Location gradientLocation(Location place, Location named) {
  std::string name = getName(named);
  if (auto outer = dyn_cast<NameLoc>(place))
    place = outer.getChildLoc();
  return name.empty() ? place : Location(NameLoc::get(StringAttr::get(place.getContext(), "d " + name), place));
}

Seed seedWithOne(OpBuilder &builder, Value scalar) {
  Location location = gradientLocation(scalar.getLoc(), scalar.getLoc());
  return {scalar, makeSplat(builder, location, scalar.getType(), 1)};
}

static bool isFloat(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isa<FloatType>(type.getElementType());
}

/// Whether the op, or one in its regions, reads a value of the set.
static bool readsAny(Operation *op, const llvm::DenseSet<Value> &values) {
  WalkResult walk = op->walk([&](Operation *inner) {
    return llvm::any_of(inner->getOperands(), [&](Value operand) { return values.contains(operand); })
               ? WalkResult::interrupt()
               : WalkResult::advance();
  });
  return walk.wasInterrupted();
}

Reverse::Reverse(OpBuilder &builder, Block &block, ArrayRef<Seed> seeds, ArrayRef<Value> sources)
    : rewriter_(builder.getContext(), this), block_(block), target_(*builder.getInsertionBlock()) {
  rewriter_.restoreInsertionPoint(builder.saveInsertionPoint());
  markVaried(sources);
  markUseful(seeds);
  for (Operation &op : block)
    learn(&op);
  for (const Seed &seed : seeds)
    if (varied_.contains(seed.value))
      add(seed.value, seed.gradient, seed.gradient.getLoc());
}

void Reverse::markVaried(ArrayRef<Value> sources) {
  varied_.insert_range(sources);
  // The block is in order of definition. Integers and bools carry no derivative.
  for (Operation &op : block_)
    if (readsAny(&op, varied_))
      for (Value result : op.getResults())
        if (isFloat(result))
          varied_.insert(result);
}

void Reverse::markUseful(ArrayRef<Seed> seeds) {
  for (const Seed &seed : seeds)
    useful_.insert(seed.value);
  for (Operation &op : llvm::reverse(block_))
    if (llvm::any_of(op.getResults(), [&](Value result) { return useful_.contains(result); }))
      op.walk([&](Operation *inner) { useful_.insert_range(inner->getOperands()); });
}

void Reverse::learn(Operation *op) {
  auto operands = llvm::map_to_vector(op->getOperands(), [&](Value operand) {
    auto found = known_.find(operand);
    return found == known_.end() ? Numbers::finite : found->second;
  });
  Numbers numbers = inferNumbers(op, operands);
  for (Value result : op->getResults())
    known_[result] = numbers;
}

bool Reverse::mayNotBeFinite(Value value) const {
  auto found = known_.find(value);
  return found != known_.end() && numbers::may(found->second, Numbers::notFinite);
}

void Reverse::add(Value value, Value gradient, Location location) {
  assert(gradient.getType() == value.getType() && "a gradient has its value's type");
  Value &sum = gradients_[value];
  sum = sum ? GradientBuilder(rewriter_, location).add(sum, gradient) : gradient;
}

LogicalResult Reverse::run() {
  SmallVector<Operation *> active;
  for (Operation &op : block_)
    if (llvm::any_of(op.getResults(),
                     [&](Value result) { return varied_.contains(result) && useful_.contains(result); }))
      active.push_back(&op);
  bool hasFailed = false;
  for (Operation *op : llvm::reverse(active))
    hasFailed |= failed(visit(op));
  return failure(hasFailed);
}

LogicalResult Reverse::visit(Operation *op) {
  if (llvm::none_of(op->getResults(), [&](Value result) { return gradients_.lookup(result); }))
    return success();
  for (Region &region : op->getRegions())
    for (Operation &inner : region.getOps())
      if (readsAny(&inner, varied_))
        return inner.emitError() << "reads from outside of " << op->getName()
                                 << " what the loss depends on: only operands have gradients";
  llvm::BitVector needed(op->getNumOperands());
  for (OpOperand &operand : op->getOpOperands())
    needed[operand.getOperandNumber()] = isFloat(operand.get()) && varied_.contains(operand.get());
  if (needed.none()) // a source itself
    return success();
  auto differentiable = dyn_cast<GradientOpInterface>(op);
  if (!differentiable)
    return op->emitError() << op->getName() << " has no gradient, and the loss depends on parameters through it";

  Location location = op->getLoc();
  SmallVector<Value> resultGradients;
  for (Value result : op->getResults()) {
    Value gradient = gradients_.lookup(result);
    if (!gradient) {
      GradientBuilder b(rewriter_, location);
      gradient = b.broadcast(makeSplat(rewriter_, location, result.getType(), 0), result.getType());
    }
    resultGradients.push_back(gradient);
  }

  // The rule may replace the op; its operands stay the same ones.
  SmallVector<Value> operands(op->getOperands()), operandGradients;
  bool isPointwise = op->hasTrait<Pointwise>();
  // A rule holds where the op's numbers are finite. Elsewhere its answer may be 0 times infinity.
  bool isDoubtful = llvm::any_of(operands, [&](Value x) { return mayNotBeFinite(x); }) ||
                    llvm::any_of(op->getResults(), [&](Value y) { return mayNotBeFinite(y); });
  made_.clear();
  if (failed(differentiable.buildGradient(rewriter_, resultGradients, needed, operandGradients)))
    return failure();
  assert(operandGradients.size() == operands.size() && "one gradient, or null, for each operand");
  if (isPointwise) {
    for (Operation *inner : made_)
      learn(inner);
    GradientBuilder b(rewriter_, location);
    Value g = resultGradients.front();
    for (auto [operand, gradient] : llvm::zip(operands, operandGradients)) {
      if (!gradient)
        continue;
      if (isDoubtful && mayNotBeFinite(gradient))
        gradient = b.where(b.compare(Predicate::ne, g, b.number(g, 0)), gradient);
      gradient = b.sumTo(gradient, operand.getType());
    }
  }
  // What the rule emits is named after the op's result, what it gives an operand after the operand.
  for (Operation *inner : made_)
    inner->setLoc(gradientLocation(location, location));
  llvm::SmallSetVector<Operation *, 8> ofRule = std::exchange(made_, {});
  for (auto [operand, gradient] : llvm::zip(operands, operandGradients)) {
    if (!gradient)
      continue;
    Location place = gradientLocation(location, operand.getLoc());
    if (Operation *maker = gradient.getDefiningOp(); maker && ofRule.contains(maker))
      maker->setLoc(place);
    add(operand, gradient, place);
  }
  return success();
}

//===--- what rules do to the graph ----------------------------------------===//

void Reverse::notifyOperationInserted(Operation *op, OpBuilder::InsertPoint) {
  if (op->getBlock() == &target_)
    made_.insert(op);
}

void Reverse::notifyOperationErased(Operation *op) { made_.remove(op); }

void Reverse::notifyOperationReplaced(Operation *op, ValueRange replacement) {
  for (auto [before, after] : llvm::zip(op->getResults(), replacement)) {
    if (varied_.erase(before))
      varied_.insert(after);
    if (useful_.erase(before))
      useful_.insert(after);
    if (auto numbers = known_.find(before); numbers != known_.end()) {
      Numbers moved = numbers->second;
      known_.erase(numbers);
      known_[after] = moved;
    }
    if (auto gradient = gradients_.find(before); gradient != gradients_.end()) {
      Value moved = gradient->second;
      gradients_.erase(gradient);
      gradients_[after] = moved;
    }
    // It is a forward op, not a part of the gradient.
    made_.remove(after.getDefiningOp());
  }
}

void dropStopGradients(Operation *root) {
  root->walk([](StopGradientOp stop) {
    stop.replaceAllUsesWith(stop.getX());
    stop.erase();
  });
}

} // namespace argent::nn
