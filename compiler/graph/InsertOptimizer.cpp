//===- InsertOptimizer.cpp - nn.update over the flat arenas ----------------===//
//   1. Move what does not need the norm in front of nn.update: the parameters move after their last reader.
//   2. norm = sqrt(sum of squares of the gradients' arena): one reduction.
//   3. For each range of parameters with equal settings: clip the gradients, add the decay, advance moments and
//      parameters by the optimizer's formula (dialects/nn/Optimizer.h): one pointwise chain over one contiguous range.
//   4. A parameter with max_norm is a range of its own, whose norms one more reduction looks at.
// Padding of the arenas holds zeros; every formula here keeps them zero.
#include "compiler/Passes.h"
#include "compiler/graph/ParameterArena.h"
#include "dialects/nn/Optimizer.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_INSERTOPTIMIZER
#include "compiler/Passes.h.inc"

namespace {

/// Lets only those ops stand behind `update` that depend on its result.
void moveUpdateDown(nn::UpdateOp update) {
  llvm::DenseSet<Value> dependent = {update.getNorm()};
  Operation *terminator = update->getBlock()->getTerminator();
  for (Operation *op = update->getNextNode(), *next; op != terminator; op = next) {
    next = op->getNextNode();
    WalkResult reads = op->walk([&](Operation *inner) {
      bool isDependent = llvm::any_of(inner->getOperands(), [&](Value operand) { return dependent.contains(operand); });
      return isDependent ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (reads.wasInterrupted())
      dependent.insert(op->result_begin(), op->result_end());
    else
      op->moveBefore(update);
  }
}

/// A range of the arenas, in elements, whose parameters have equal settings.
struct TrainedRange {
  nn::SettingsAttr settings;
  int64_t begin = 0, end = 0;
  const ParameterPlace *limited = nullptr; // has max_norm, and is alone
};

SmallVector<TrainedRange> splitBySettings(const ParameterArena &arena, int64_t elementBytes) {
  SmallVector<TrainedRange> ranges;
  for (auto [i, index] : llvm::enumerate(arena.trainedOrder)) {
    const ParameterPlace &place = arena.places[index];
    bool isLast = i + 1 == arena.trainedOrder.size();
    bool isLimited = place.settings && place.settings.getMaxNorm().convertToDouble() > 0;
    int64_t end = isLimited ? place.offset + place.bytes
                  : isLast  ? arena.parameterBytes
                            : arena.places[arena.trainedOrder[i + 1]].offset;
    if (isLimited || ranges.empty() || ranges.back().limited || ranges.back().settings != place.settings)
      ranges.push_back({place.settings, place.offset / elementBytes, 0, isLimited ? &place : nullptr});
    ranges.back().end = end / elementBytes;
  }
  return ranges;
}

/// Builds what takes the place of one nn.update.
class UpdateBuilder {
public:
  UpdateBuilder(nn::UpdateOp update, Type elementType)
      : update_(update), attribute_(update.getOptimizer()), optimizer_(*nn::findOptimizer(attribute_.getKind())),
        elementType_(elementType), builder_(update), b_(builder_, update.getLoc()) {}

  void run(ArrayRef<TrainedRange> ranges, int64_t arenaElements) {
    Value all = load(nn::ArenaKind::gradients, 0, arenaElements, 0);
    Value norm = b_.sqrt(b_.reduce(nn::ReduceKind::sum, b_.mul(all, all), 0, /*keepDims=*/false));
    if (update_.getClipNorm()) {
      Value limit = b_.number(all, update_.getClipNorm()->convertToDouble());
      Value atLeast = b_.max(norm, b_.number(all, nn::kSmallestNorm));
      clipScale_ = b_.min(b_.number(all, 1), b_.div(limit, atLeast));
    }
    for (const TrainedRange &range : ranges)
      move(range,
           ranges.size() == 1 && !range.limited ? all : load(nn::ArenaKind::gradients, 0, shapeOf(range), range.begin));
    update_.replaceAllUsesWith(b_.cast(norm, getElementTypeOrSelf(update_.getNorm().getType())));
    update_.erase();
  }

private:
  Value load(nn::ArenaKind arena, int64_t index, ArrayRef<int64_t> shape, int64_t begin) {
    return b_.make<nn::ArenaOp>(RankedTensorType::get(shape, elementType_), arena, index, begin);
  }
  /// Flat; for max_norm [panels, all other dimensions together, lanes], so that norms are along the middle.
  static SmallVector<int64_t> shapeOf(const TrainedRange &range) {
    int64_t elements = range.end - range.begin;
    if (!range.limited)
      return {elements};
    ArrayRef<int64_t> physical = range.limited->physicalShape;
    int64_t lanes = physical.empty() ? 1 : physical.back();
    int64_t panels = range.limited->layout && range.limited->layout.getPack() ? physical.front() : 1;
    return {panels, elements / panels / lanes, lanes};
  }
  void store(nn::ArenaKind arena, int64_t index, Value value, int64_t begin) {
    nn::StoreArenaOp::create(builder_, update_.getLoc(), arena, value, index, begin);
  }

  /// Steps 1 and 2 of nn.optimize.
  Value clip(Value gradient) {
    if (clipScale_)
      gradient = b_.mul(gradient, clipScale_);
    if (update_.getClipValue()) {
      double limit = update_.getClipValue()->convertToDouble();
      gradient = b_.max(b_.min(gradient, b_.number(gradient, limit)), b_.number(gradient, -limit));
    }
    return gradient;
  }

  /// 1 / (1 - beta^t) in f64: in f32, 1 - beta alone would be off by 5e-5 for beta = 0.999.
  nn::TensorNumber unbias(double beta) {
    if (beta == 0)
      return {&b_, nn::makeSplat(builder_, update_.getLoc(), RankedTensorType::get({}, elementType_), 1)};
    Value count = b_.cast(update_.getUpdate(), builder_.getF64Type());
    Value power = b_.pow(b_.number(count, beta), b_.add(count, b_.number(count, 1)));
    return {&b_, b_.cast(b_.div(b_.number(count, 1), b_.sub(b_.number(count, 1), power)), elementType_)};
  }

  void move(const TrainedRange &range, Value gradient) {
    gradient = clip(gradient);
    SmallVector<int64_t> shape = shapeOf(range);
    Value parameter = load(nn::ArenaKind::parameters, 0, shape, range.begin);
    double decay = range.settings ? range.settings.getDecay().convertToDouble() : 0;
    auto decayed = [&](Value x) { return decay == 0 ? x : b_.add(x, b_.scale(parameter, decay)); };

    auto unbiasFunction = [&](double beta) { return unbias(beta); };
    nn::OptimizerStep<nn::TensorNumber> element{
        attribute_, {&b_, optimizer_.decaysApart ? gradient : decayed(gradient)}, {}, unbiasFunction};
    unsigned count = optimizer_.countMoments(attribute_);
    for (unsigned i = 0; i != count; ++i)
      element.moments.push_back({&b_, load(nn::ArenaKind::moments, i, shape, range.begin)});
    Value step = optimizer_.buildStep(element).value;
    for (unsigned i = 0; i != count; ++i)
      store(nn::ArenaKind::moments, i, element.moments[i].value, range.begin);

    Value rate = b_.cast(update_.getRate(), elementType_);
    if (range.settings && range.settings.getRate().convertToDouble() != 1)
      rate = b_.scale(rate, range.settings.getRate().convertToDouble());
    Value moved = b_.sub(parameter, b_.mul(optimizer_.decaysApart ? decayed(step) : step, rate));
    store(nn::ArenaKind::parameters, 0, range.limited ? limitNorms(moved, range.settings) : moved, range.begin);
  }

  /// Cuts each norm along the middle of a range's box down to max_norm.
  Value limitNorms(Value box, nn::SettingsAttr settings) {
    Value norm = b_.sqrt(b_.reduce(nn::ReduceKind::sum, b_.mul(box, box), 1, /*keepDims=*/true));
    Value limit = b_.number(box, settings.getMaxNorm().convertToDouble());
    Value scale = b_.div(limit, b_.max(norm, b_.number(box, nn::kSmallestNorm)));
    return b_.mul(box, b_.min(b_.number(box, 1), scale));
  }

  nn::UpdateOp update_;
  nn::OptimizerAttr attribute_;
  const nn::Optimizer &optimizer_;
  Type elementType_;
  OpBuilder builder_;
  nn::GradientBuilder b_;
  Value clipScale_; // null: gradients are not scaled
};

struct InsertOptimizer : impl::InsertOptimizerBase<InsertOptimizer> {
  void runOnOperation() override {
    SmallVector<nn::UpdateOp> updates;
    getOperation().walk([&](nn::UpdateOp update) { updates.push_back(update); });
    if (updates.empty())
      return;
    FailureOr<ParameterArena> arena = planParameterArena(getOperation());
    if (failed(arena))
      return signalPassFailure();
    Type elementType;
    for (const ParameterPlace &place : arena->places) {
      if (!place.trained)
        continue;
      if (elementType && elementType != place.type.getElementType()) {
        emitError(place.location) << "parameter \"" << place.path << "\" is of " << place.type.getElementType()
                                  << ", others of " << elementType << ": one optimizer needs one element type";
        return signalPassFailure();
      }
      elementType = place.type.getElementType();
    }
    if (!elementType) {
      updates.front().emitError("there is no parameter to optimize");
      return signalPassFailure();
    }
    int64_t elementBytes = elementType.getIntOrFloatBitWidth() / 8;
    SmallVector<TrainedRange> ranges = splitBySettings(*arena, elementBytes);
    for (nn::UpdateOp update : updates) {
      moveUpdateDown(update);
      UpdateBuilder(update, elementType).run(ranges, arena->parameterBytes / elementBytes);
    }
  }
};
} // namespace
} // namespace argent
