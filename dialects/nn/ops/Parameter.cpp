//===- Parameter.cpp - verification of what outlives a call ----------------===//
#include "dialects/nn/NN.h"
#include "dialects/nn/Optimizer.h"

using namespace mlir;
using namespace argent::nn;

/// A path: a name or names and numbers with dots, no blank; '@' is the checkpoint's own.
static LogicalResult verifyPath(Operation *op, StringRef path) {
  if (path.empty() || path.starts_with("@") || path.find_first_of(" \t\n") != StringRef::npos)
    return op->emitOpError() << "(C1) \"" << path << "\" is no path: it is empty, has blanks or begins with '@'";
  return success();
}

LogicalResult ParameterOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (!type.hasStaticShape())
    return emitOpError() << "(C2) \"" << getPath() << "\": a parameter's shape is known, found " << type;
  if (LayoutAttr layout = getLayoutAttr(); layout && !layout.fits(type.getRank()))
    return emitOpError() << "(C3) layout " << layout << " does not fit " << type;
  if (!getInit().fits(type))
    return emitOpError() << "(C4) word vectors fill a table of f32 or f64, a word a row, found " << type;
  return verifyPath(*this, getPath());
}

LogicalResult StateOp::verify() {
  auto type = cast<RankedTensorType>(getType());
  if (!getInit().fits(type))
    return emitOpError() << "(C2) word vectors fill a table of f32 or f64, a word a row, without N, found " << type;
  return verifyPath(*this, getPath());
}
LogicalResult AssignOp::verify() { return verifyPath(*this, getPath()); }
LogicalResult GradientOp::verify() { return verifyPath(*this, getPath()); }

template <typename Op> static LogicalResult verifyOptimizer(Op op) {
  StringRef kind = op.getOptimizer().getKind();
  if (findOptimizer(kind)->countsUpdates && !op.getUpdate())
    return op.emitOpError() << "(C1) " << kind << " counts the updates: it needs `update`";
  auto isPositive = [](std::optional<APFloat> limit) { return !limit || limit->convertToDouble() > 0; };
  if (!isPositive(op.getClipNorm()) || !isPositive(op.getClipValue()))
    return op.emitOpError() << "(C2) clip_norm and clip_value are above 0, found "
                            << (isPositive(op.getClipNorm()) ? op.getClipValueAttr() : op.getClipNormAttr());
  return success();
}

LogicalResult OptimizeOp::verify() { return verifyOptimizer(*this); }
LogicalResult UpdateOp::verify() { return verifyOptimizer(*this); }

template <typename Op> static LogicalResult verifyArena(Op op, RankedTensorType type) {
  ArenaKind arena = op.getArena();
  int64_t index = op.getIndex(), at = op.getAt();
  if (arena != ArenaKind::moments && index != 0)
    return op.emitOpError() << "(C1) there is one arena of " << stringifyArenaKind(arena) << ", found index " << index;
  if (index < 0)
    return op.emitOpError() << "(C1) the moments count from 0, found " << index;
  if (!type.hasStaticShape())
    return op.emitOpError() << "(C2) the size of an arena's range is known, found " << type;
  if (at < 0)
    return op.emitOpError() << "(C2) a range begins at element 0 or later, found " << at;
  if (arena != ArenaKind::parameters && arena != ArenaKind::gradients && arena != ArenaKind::moments)
    return op.emitOpError() << "(C3) expected parameters, gradients or moments, found " << stringifyArenaKind(arena);
  return success();
}

LogicalResult ArenaOp::verify() { return verifyArena(*this, getType()); }
LogicalResult StoreArenaOp::verify() { return verifyArena(*this, getValue().getType()); }
