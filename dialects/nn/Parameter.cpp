//===- Parameter.cpp - verification of what outlives a call ----------------===//
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent::nn;

/// A path: a name or names and numbers with dots, no blank; '@' is the checkpoint's own.
static LogicalResult verifyPath(Operation *op, StringRef path) {
  if (path.empty() || path.starts_with("@") || path.find_first_of(" \t\n") != StringRef::npos)
    return op->emitOpError() << "\"" << path << "\" is no path: it is empty, has blanks or begins with '@'";
  return success();
}

LogicalResult ParameterOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (!type.hasStaticShape())
    return emitOpError() << "\"" << getPath() << "\": a parameter's shape is known, found " << type;
  if (LayoutAttr layout = getLayoutAttr()) {
    int64_t rank = type.getRank();
    if ((layout.getPack() && rank == 0) ||
        (!layout.getBorder().empty() && static_cast<int64_t>(layout.getBorder().size()) != 2 * rank) ||
        (!layout.getRound().empty() && static_cast<int64_t>(layout.getRound().size()) != rank))
      return emitOpError() << "layout " << layout << " does not fit " << type;
  }
  return verifyPath(*this, getPath());
}

LogicalResult StateOp::verify() { return verifyPath(*this, getPath()); }
LogicalResult AssignOp::verify() { return verifyPath(*this, getPath()); }
LogicalResult GradientOp::verify() { return verifyPath(*this, getPath()); }

template <typename Op> static LogicalResult verifyOptimizer(Op op) {
  if (op.getOptimizer() != "sgd")
    return op.emitOpError() << "(C1) unknown optimizer \"" << op.getOptimizer() << "\", expected \"sgd\"";
  double momentum = op.getMomentum().convertToDouble();
  if (!(momentum >= 0 && momentum < 1))
    return op.emitOpError() << "(C2) the momentum " << momentum << " is not within 0 <= momentum < 1";
  if (op.getNesterov() && momentum == 0)
    return op.emitOpError() << "(C2) nesterov needs a momentum";
  if (op.getClipNorm() && !(op.getClipNorm()->convertToDouble() > 0))
    return op.emitOpError() << "(C3) clip_norm " << op.getClipNorm()->convertToDouble() << " is not positive";
  return success();
}

LogicalResult OptimizeOp::verify() { return verifyOptimizer(*this); }
LogicalResult UpdateOp::verify() { return verifyOptimizer(*this); }

static LogicalResult verifyArena(Operation *op, StringRef name, RankedTensorType type) {
  if (!llvm::is_contained({"parameters", "gradients", "moment1", "moment2"}, name))
    return op->emitOpError() << "unknown arena \"" << name
                             << "\", expected parameters, gradients, moment1 or moment2";
  if (type.getRank() != 1 || !type.hasStaticShape())
    return op->emitOpError() << "an arena is flat and its size known, found " << type;
  return success();
}

LogicalResult ArenaOp::verify() { return verifyArena(*this, getName(), getType()); }
LogicalResult StoreArenaOp::verify() { return verifyArena(*this, getName(), getValue().getType()); }
