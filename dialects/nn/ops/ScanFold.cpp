//===- ScanFold.cpp - what a loop does not need ----------------------------===//
#include "dialects/nn/NN.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace argent::nn;

namespace {

/// Builds the op anew without what it does not need: sources, captured and carried values that nobody reads, or that it
/// has twice; yields that nobody reads, or that are another one or a source. A carried value that no step changes is a
/// captured one; constants are made in the body.
class Cleanup {
public:
  Cleanup(ScanOp scan, PatternRewriter &rewriter)
      : scan_(scan), next_(scan.getNext()), rewriter_(rewriter), dropped_(scan.getBody().getNumArguments()) {}

  LogicalResult run() {
    collectOutside(scan_.getSourceArguments(), sources_);
    collectOutside(scan_.getCapturedArguments(), captured_);
    collectCarried();
    collectYields();
    if (!changes_)
      return failure();
    build();
    return success();
  }

private:
  /// The argument is not needed: `by` (null: nobody reads it) stands for it.
  void drop(BlockArgument argument, Value by = {}) {
    if (by)
      rewriter_.replaceAllUsesWith(argument, by);
    dropped_.set(argument.getArgNumber());
    changes_ = true;
  }

  /// Of sources or captured values, those that stay.
  void collectOutside(ArrayRef<BlockArgument> arguments, SmallVectorImpl<Value> &kept) {
    llvm::SmallDenseMap<Value, BlockArgument> known;
    for (BlockArgument argument : arguments) {
      Value value = scan_.getOrigin(argument);
      Operation *maker = value.getDefiningOp();
      auto [first, isNew] = known.try_emplace(value, argument);
      if (argument.use_empty()) {
        drop(argument);
        if (isNew)
          known.erase(value);
      } else if (!isNew) {
        drop(argument, first->second);
      } else if (maker && maker->hasTrait<OpTrait::ConstantLike>() &&
                 llvm::is_contained(scan_.getCapturedArguments(), argument)) {
        rewriter_.setInsertionPointToStart(&scan_.getBody().front());
        drop(argument, rewriter_.clone(*maker)->getResult(0));
      } else {
        kept.push_back(value);
      }
    }
  }

  void collectCarried() {
    for (auto [argument, initial, given, last] :
         llvm::zip(scan_.getCarriedArguments(), scan_.getInitial(), next_.getCarried(), scan_.getLast())) {
      if (given == argument) {
        rewriter_.replaceAllUsesWith(last, initial);
        if (!argument.use_empty()) {
          more_.push_back(initial);
          moreFor_.push_back(argument);
        }
        dropped_.set(argument.getArgNumber());
        changes_ = true;
        lasts_.push_back(nullptr);
      } else if (argument.use_empty() && last.use_empty()) {
        drop(argument);
        lasts_.push_back(nullptr);
      } else {
        initial_.push_back(initial);
        carried_.push_back(given);
        lasts_.push_back(last);
      }
    }
  }

  void collectYields() {
    llvm::SmallDenseMap<Value, Value> known;
    for (auto [yielded, stacked] : llvm::zip(next_.getYielded(), scan_.getStacked())) {
      auto argument = dyn_cast<BlockArgument>(yielded);
      bool isSource = argument && llvm::is_contained(scan_.getSourceArguments(), argument);
      auto [first, isNew] = known.try_emplace(yielded, stacked);
      Value same = isSource ? scan_.getOrigin(argument) : !isNew ? first->second : Value();
      if (same && !stacked.use_empty())
        rewriter_.replaceAllUsesWith(stacked, same);
      if (stacked.use_empty()) {
        if (isNew)
          known.erase(yielded);
        changes_ = true;
        stacked_.push_back(nullptr);
      } else {
        yielded_.push_back(yielded);
        stacked_.push_back(stacked);
      }
    }
  }

  void build() {
    Block &body = scan_.getBody().front();
    for (BlockArgument argument : moreFor_)
      rewriter_.replaceAllUsesWith(argument, body.addArgument(argument.getType(), argument.getLoc()));
    captured_.append(more_);
    dropped_.resize(body.getNumArguments());
    rewriter_.setInsertionPoint(next_);
    rewriter_.replaceOpWithNewOp<NextOp>(next_, carried_, yielded_);
    body.eraseArguments(dropped_);

    SmallVector<Type> types = llvm::map_to_vector(
        yielded_, [&](Value value) -> Type { return ScanOp::getStackedType(value.getType(), scan_.getSteps()); });
    rewriter_.setInsertionPoint(scan_);
    auto whole = ScanOp::create(rewriter_, scan_.getLoc(), types, ValueRange(initial_).getTypes(), scan_.getLayerAttr(),
                                scan_.getStepsAttr(), scan_.getReverseAttr(), sources_, initial_, captured_);
    rewriter_.inlineRegionBefore(scan_.getBody(), whole.getBody(), whole.getBody().end());
    SmallVector<Value> results;
    auto take = [&](ArrayRef<Value> old, ValueRange made) {
      for (Value value : old) {
        results.push_back(value ? made.front() : Value());
        made = value ? made.drop_front() : made;
      }
    };
    take(stacked_, whole.getStacked());
    take(lasts_, whole.getLast());
    for (auto [old, made] : llvm::zip(scan_.getResults(), results))
      if (made)
        rewriter_.replaceAllUsesWith(old, made);
    rewriter_.eraseOp(scan_);
  }

  ScanOp scan_;
  NextOp next_;
  PatternRewriter &rewriter_;
  llvm::BitVector dropped_;
  bool changes_ = false;
  SmallVector<Value> sources_, initial_, captured_, carried_, yielded_; // that stay
  SmallVector<Value> stacked_, lasts_;                                  // results; null: dropped
  SmallVector<Value> more_;                                             // to be captured
  SmallVector<BlockArgument> moreFor_;
};

struct CleanUp : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    return Cleanup(scan, rewriter).run();
  }
};

} // namespace

void ScanOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<CleanUp>(context);
}
