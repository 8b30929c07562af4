//===- ScanGradient.cpp - backpropagation through time ---------------------===//
// The gradient of a loop is a loop the other way (Werbos 1990, Backpropagation through time: what it does and how to do
// it). Its body is the reverse of the body, for these seeds: the gradients of the yields, cut as the yields were
// stacked, and those of the carried values, which it carries itself. What it reads of the body is stored for all steps,
// or computed again from less (Tape.h).
#include "dialects/nn/gradient/GradientBuilder.h"
#include "dialects/nn/gradient/Reverse.h"
#include "dialects/nn/gradient/Tape.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace argent::nn;

namespace {

/// Builds the backward scan of one scan, in steps that each read what those before have found.
class ScanReverse {
public:
  ScanReverse(ScanOp scan, RewriterBase &rewriter, ValueRange resultGradients, const llvm::BitVector &needed)
      : scan_(scan), rewriter_(rewriter), builder_(scan.getContext()), resultGradients_(resultGradients),
        needed_(needed) {}

  LogicalResult run(SmallVectorImpl<Value> &operandGradients) {
    copyBody();
    if (failed(reverseBody()))
      return failure();
    endBody();
    ScanOp first = storeTape();
    ScanOp second = buildScan(first);
    collect(second, operandGradients);
    rewriter_.replaceOp(scan_, replacement(first));
    return success();
  }

private:
  /// An argument of the forward body whose gradient the backward body carries, and that gradient there.
  struct Carried {
    BlockArgument of;
    Value gradient;
    Value initial; // outside
  };

  static bool isConstant(Value value) {
    Operation *maker = value.getDefiningOp();
    return maker && maker->hasTrait<OpTrait::ConstantLike>();
  }
  static bool isFloat(Type type) { return isa<FloatType>(getElementTypeOrSelf(type)); }
  bool isNeeded(BlockArgument argument) const { return needed_[argument.getArgNumber() - 1]; }
  ArrayRef<BlockArgument> sources() { return forward_->getArguments().slice(1, scan_.getSources().size()); }
  ArrayRef<BlockArgument> states() {
    return forward_->getArguments().slice(1 + scan_.getSources().size(), scan_.getInitial().size());
  }
  ArrayRef<BlockArgument> captured() { return forward_->getArguments().take_back(scan_.getCaptured().size()); }
  Value operandOf(BlockArgument argument) { return scan_->getOperand(argument.getArgNumber() - 1); }

  Value zeros(OpBuilder &builder, Type type) {
    return GradientBuilder(builder, scan_.getLoc()).broadcast(makeSplat(builder, scan_.getLoc(), type, 0), type);
  }

  /// The forward body, and behind it the block that becomes the backward one: it may read the values of the first.
  void copyBody() {
    IRMapping mapping;
    scan_.getBody().cloneInto(&bodies_, mapping);
    forward_ = &bodies_.front();
    backward_ = &bodies_.emplaceBlock();
    backward_->addArgument(forward_->getArgument(0).getType(), forward_->getArgument(0).getLoc());
    builder_.setInsertionPointToEnd(backward_);
  }

  BlockArgument addArgument(Type type, Location location) { return backward_->addArgument(type, location); }

  LogicalResult reverseBody() {
    auto next = cast<NextOp>(forward_->getTerminator());
    SmallVector<Seed> seeds;
    for (auto [yielded, gradient] : llvm::zip(next.getYielded(), resultGradients_))
      if (isFloat(yielded.getType())) {
        seeds.push_back({yielded, addArgument(yielded.getType(), gradient.getLoc())});
        stackedGradients_.push_back(gradient);
      }
    ValueRange lastGradients = resultGradients_.drop_front(scan_.getStacked().size());
    for (auto [state, given, gradient] : llvm::zip(states(), next.getCarried(), lastGradients))
      if (isFloat(state.getType())) {
        Value inside = addArgument(state.getType(), gradient.getLoc());
        seeds.push_back({given, inside});
        carried_.push_back({state, inside, gradient});
      }
    SmallVector<Value> variables;
    for (BlockArgument source : sources())
      if (isNeeded(source))
        variables.push_back(source);
    for (const Carried &state : carried_)
      variables.push_back(state.of);
    for (BlockArgument argument : captured())
      if (isNeeded(argument)) {
        variables.push_back(argument);
        // What a captured value has of all steps so far.
        carried_.push_back(
            {argument, addArgument(argument.getType(), argument.getLoc()), zeros(rewriter_, argument.getType())});
      }
    reverse_.emplace(builder_, *forward_, seeds, variables);
    return reverse_->run();
  }

  /// nn.next of the backward body.
  void endBody() {
    GradientBuilder b(builder_, scan_.getLoc());
    SmallVector<Value> next, yielded;
    for (const Carried &carried : carried_) {
      Value gradient = reverse_->getGradient(carried.of);
      bool isCaptured = llvm::is_contained(captured(), carried.of);
      if (isCaptured)
        gradient = gradient ? b.add(carried.gradient, gradient) : carried.gradient;
      else if (!gradient)
        gradient = zeros(builder_, carried.of.getType());
      next.push_back(gradient);
    }
    for (BlockArgument source : sources())
      if (Value gradient = isNeeded(source) ? reverse_->getGradient(source) : Value()) {
        yielded.push_back(gradient);
        yieldedSources_.push_back(source);
      }
    NextOp::create(builder_, scan_.getLoc(), next, yielded);
  }

  /// What the backward body reads of the forward one.
  llvm::SetVector<Value> getReads() {
    llvm::SetVector<Value> read;
    for (Operation &op : *backward_)
      op.walk([&](Operation *inner) {
        for (Value operand : inner->getOperands())
          if (operand.getParentBlock() == forward_)
            read.insert(operand);
      });
    return read;
  }

  /// In the backward body, what costs less there than on the tape.
  void recompute() {
    auto yielded = cast<NextOp>(forward_->getTerminator()).getYielded();
    llvm::SmallDenseSet<Value> given(yielded.begin(), yielded.end()), same(captured().begin(), captured().end());
    given.insert(forward_->getArgument(0));
    given.insert_range(sources());
    given.insert_range(captured());
    builder_.setInsertionPointToStart(backward_);
    IRMapping mapping;
    SmallVector<Operation *> ops = chooseRecomputed(
        *forward_, getReads().getArrayRef(), [&](Value value) { return given.contains(value) || isConstant(value); },
        [&](Value value) { return same.contains(value) || isConstant(value); });
    for (Operation *op : ops)
      builder_.clone(*op, mapping);
    for (Operation *op : ops)
      op->getResult(0).replaceUsesWithIf(mapping.lookup(op->getResult(0)), [&](OpOperand &use) {
        return backward_->findAncestorOpInBlock(*use.getOwner()) != nullptr;
      });
  }

  /// Makes constants of the forward body constants of the backward one, and finds what else that reads: the tape, and
  /// arguments that both bodies are given.
  void findReads() {
    for (Value value : getReads()) {
      Operation *maker = value.getDefiningOp();
      if (isConstant(value)) {
        builder_.setInsertionPointToStart(backward_);
        replaceInBackward(value, builder_.clone(*maker)->getResult(0));
      } else if (value == forward_->getArgument(0)) {
        replaceInBackward(value, backward_->getArgument(0));
      } else if (!maker && llvm::is_contained(sources(), cast<BlockArgument>(value))) {
        readSources_.push_back(cast<BlockArgument>(value));
      } else if (!maker && llvm::is_contained(captured(), cast<BlockArgument>(value))) {
        readCaptured_.push_back(cast<BlockArgument>(value));
      } else {
        tape_.push_back(value);
      }
    }
  }

  void replaceInBackward(Value value, Value by) {
    value.replaceUsesWithIf(by, [&](OpOperand &use) {
      return backward_->findAncestorOpInBlock(*use.getOwner()) && use.getOwner() != by.getDefiningOp();
    });
  }

  /// The scan with its tape as further yields; it stands in the place of the first one.
  ScanOp storeTape() {
    recompute();
    findReads();
    auto next = cast<NextOp>(forward_->getTerminator());
    SmallVector<Value> yielded(next.getYielded());
    // A scalar of a step is stacked as a tensor of one element.
    for (Value value : tape_) {
      builder_.setInsertionPoint(next);
      auto type = cast<RankedTensorType>(value.getType());
      yielded.push_back(type.getRank() ? value
                                       : ReshapeOp::create(builder_, value.getLoc(),
                                                           RankedTensorType::get({1}, type.getElementType()), value));
    }
    next.getYieldedMutable().assign(yielded);

    SmallVector<Type> stacked = llvm::map_to_vector(
        yielded, [&](Value value) -> Type { return ScanOp::getStackedType(value.getType(), scan_.getSteps()); });
    OpBuilder::InsertionGuard guard(rewriter_);
    rewriter_.setInsertionPoint(scan_);
    return ScanOp::create(rewriter_, scan_.getLoc(), stacked, scan_.getLast().getTypes(), scan_.getLayerAttr(),
                          scan_.getStepsAttr(), scan_.getReverseAttr(), scan_.getSources(), scan_.getInitial(),
                          scan_.getCaptured());
  }

  ScanOp buildScan(ScanOp first) {
    // Arguments in the order of the op: sources, carried, captured. The seeds' are there already.
    SmallVector<Value> sourceOperands(stackedGradients_), initial, capturedOperands;
    for (const Carried &carried : carried_)
      initial.push_back(carried.initial);
    unsigned at = 1 + stackedGradients_.size();
    auto insertSource = [&](Value of, Value operand) {
      sourceOperands.push_back(operand);
      Type type = ScanOp::getStepType(operand.getType());
      Value inside = backward_->insertArgument(at++, type, of.getLoc());
      if (type != of.getType()) { // a scalar of the tape
        builder_.setInsertionPointToStart(backward_);
        inside = ReshapeOp::create(builder_, of.getLoc(), of.getType(), inside);
      }
      replaceInBackward(of, inside);
    };
    for (BlockArgument source : readSources_)
      insertSource(source, operandOf(source));
    for (auto [value, stacked] : llvm::zip(tape_, first.getStacked().drop_front(scan_.getStacked().size())))
      insertSource(value, stacked);
    for (BlockArgument argument : readCaptured_) {
      capturedOperands.push_back(operandOf(argument));
      replaceInBackward(argument, addArgument(argument.getType(), argument.getLoc()));
    }

    auto next = cast<NextOp>(backward_->getTerminator());
    SmallVector<Type> stacked = llvm::map_to_vector(next.getYielded(), [&](Value value) -> Type {
      return ScanOp::getStackedType(value.getType(), scan_.getSteps());
    });
    auto second = ScanOp::create(rewriter_, scan_.getLoc(), stacked, next.getCarried().getTypes(), scan_.getLayerAttr(),
                                 scan_.getStepsAttr(), scan_.getReverse() ? UnitAttr() : rewriter_.getUnitAttr(),
                                 sourceOperands, initial, capturedOperands);
    second.getBody().getBlocks().splice(second.getBody().end(), bodies_.getBlocks(), backward_->getIterator());
    return second;
  }

  void collect(ScanOp second, SmallVectorImpl<Value> &operandGradients) {
    operandGradients.assign(scan_->getNumOperands(), Value());
    for (auto [source, gradient] : llvm::zip(yieldedSources_, second.getStacked()))
      operandGradients[source.getArgNumber() - 1] = gradient;
    for (auto [carried, gradient] : llvm::zip(carried_, second.getLast()))
      if (isNeeded(carried.of))
        operandGradients[carried.of.getArgNumber() - 1] = gradient;
  }

  SmallVector<Value> replacement(ScanOp first) {
    first.getBody().takeBody(bodies_);
    SmallVector<Value> results(first.getStacked().take_front(scan_.getStacked().size()));
    llvm::append_range(results, first.getLast());
    return results;
  }

  ScanOp scan_;
  RewriterBase &rewriter_;
  OpBuilder builder_; // in the bodies
  ValueRange resultGradients_;
  const llvm::BitVector &needed_;
  Region bodies_;
  Block *forward_ = nullptr, *backward_ = nullptr;
  std::optional<Reverse> reverse_;
  SmallVector<Value> stackedGradients_; // sources of the backward scan: the gradients of the yields
  SmallVector<Carried> carried_;
  SmallVector<BlockArgument> yieldedSources_, readSources_, readCaptured_;
  SmallVector<Value> tape_;
};

} // namespace

LogicalResult ScanOp::buildGradient(RewriterBase &rewriter, ValueRange resultGradients, const llvm::BitVector &needed,
                                    SmallVectorImpl<Value> &operandGradients) {
  return ScanReverse(*this, rewriter, resultGradients, needed).run(operandGradients);
}
