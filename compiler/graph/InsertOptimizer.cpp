//===- InsertOptimizer.cpp - nn.update over the flat arenas ----------------===//
//   1. Move what does not need the norm in front of nn.update: the parameters move after their last reader.
//   2. norm = sqrt(sum of squares of the gradients' arena): one reduction.
//   3. Scale the gradients, advance the moment and the parameters: one pointwise chain over one contiguous range.
// Padding of the arenas holds zeros; every formula here keeps them zero.
#include "compiler/Passes.h"
#include "compiler/graph/ParameterArena.h"
#include "dialects/nn/GradientBuilder.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_INSERTOPTIMIZER
#include "compiler/Passes.h.inc"

namespace {

/// Below this a gradient's norm is none: clip_norm / norm stays finite in f32.
constexpr double smallestNorm = 1e-12;

/// Lets only those ops stand behind `update` that depend on its result.
void moveUpdateDown(nn::UpdateOp update) {
  llvm::DenseSet<Value> dependent = {update.getNorm()};
  Operation *terminator = update->getBlock()->getTerminator();
  for (Operation *op = update->getNextNode(), *next; op != terminator; op = next) {
    next = op->getNextNode();
    if (llvm::any_of(op->getOperands(), [&](Value operand) { return dependent.contains(operand); }))
      dependent.insert(op->result_begin(), op->result_end());
    else
      op->moveBefore(update);
  }
}

void replaceUpdate(nn::UpdateOp update, RankedTensorType arena) {
  moveUpdateDown(update);
  OpBuilder builder(update);
  nn::GradientBuilder b(builder, update.getLoc());
  auto load = [&](StringRef name) { return b.make<nn::ArenaOp>(arena, name); };
  auto store = [&](StringRef name, Value value) {
    nn::StoreArenaOp::create(builder, update.getLoc(), name, value);
  };

  Value gradient = load("gradients");
  Value norm = b.make<nn::SqrtOp>(b.reduce(nn::ReduceKind::sum, b.mul(gradient, gradient), 0, /*keepDims=*/false));
  if (update.getClipNorm()) {
    Value clip = b.number(gradient, update.getClipNorm()->convertToDouble());
    Value atLeast = b.make<nn::MaxOp>(norm, b.number(gradient, smallestNorm));
    gradient = b.mul(gradient, b.make<nn::MinOp>(b.number(gradient, 1), b.div(clip, atLeast)));
  }
  // PyTorch's SGD: v = momentum * v + g; p -= rate * v, or with Nesterov p -= rate * (g + momentum * v).
  Value step = gradient;
  double momentum = update.getMomentum().convertToDouble();
  if (momentum != 0) {
    Value velocity = b.add(b.scale(load("moment1"), momentum), gradient);
    step = update.getNesterov() ? b.add(gradient, b.scale(velocity, momentum)) : velocity;
    store("moment1", velocity);
  }
  Value rate = b.cast(update.getRate(), arena.getElementType());
  store("parameters", b.sub(load("parameters"), b.mul(step, rate)));
  update.replaceAllUsesWith(b.cast(norm, getElementTypeOrSelf(update.getNorm().getType())));
  update.erase();
}

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
    auto type = RankedTensorType::get({arena->parameterBytes / elementBytes}, elementType);
    for (nn::UpdateOp update : updates)
      replaceUpdate(update, type);
  }
};
} // namespace
} // namespace argent
