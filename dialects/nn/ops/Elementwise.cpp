//===- Elementwise.cpp - types, folds and cost of elementwise ops ----------===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

//===--- types -------------------------------------------------------------===//

/// Operands of one element type, broadcast; `elementType` null: theirs.
static LogicalResult inferOneType(std::optional<Location> location, ValueRange operands, Type elementType,
                                  SmallVectorImpl<Type> &types) {
  Type first = getElementTypeOrSelf(operands.front().getType());
  for (Value operand : operands) {
    Type type = getElementTypeOrSelf(operand.getType());
    if (type != first)
      return emitOptionalError(location, "(C1) operands have the element types ", first, " and ", type);
  }
  FailureOr<RankedTensorType> type = inferBroadcast(location, operands, elementType ? elementType : first);
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

#define ARGENT_INFER_BROADCAST(Op)                                                                                     \
  LogicalResult Op::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Op::Adaptor adaptor,      \
                                     SmallVectorImpl<Type> &types) {                                                   \
    return inferOneType(location, adaptor.getOperands(), {}, types);                                                   \
  }
ARGENT_INFER_BROADCAST(AddOp)
ARGENT_INFER_BROADCAST(SubOp)
ARGENT_INFER_BROADCAST(MulOp)
ARGENT_INFER_BROADCAST(DivOp)
ARGENT_INFER_BROADCAST(FloorDivOp)
ARGENT_INFER_BROADCAST(ModOp)
ARGENT_INFER_BROADCAST(MaxOp)
ARGENT_INFER_BROADCAST(MinOp)
ARGENT_INFER_BROADCAST(PowOp)
ARGENT_INFER_BROADCAST(AndOp)
ARGENT_INFER_BROADCAST(OrOp)
#undef ARGENT_INFER_BROADCAST

LogicalResult CompareOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                          CompareOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  return inferOneType(location, adaptor.getOperands(), IntegerType::get(context, 1), types);
}

LogicalResult SelectOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                         SelectOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Type lhs = getElementTypeOrSelf(adaptor.getLhs().getType()), rhs = getElementTypeOrSelf(adaptor.getRhs().getType());
  if (lhs != rhs)
    return emitOptionalError(location, "(C1) operands have the element types ", lhs, " and ", rhs);
  FailureOr<RankedTensorType> type = inferBroadcast(location, adaptor.getOperands(), lhs);
  if (failed(type))
    return failure();
  types.push_back(*type);
  return success();
}

LogicalResult CastOp::verify() {
  if (getX().getType() != withElementType(getType(), getX().getType().getElementType()))
    return emitOpError() << "(C1) a cast keeps the shape: " << printShape(getX().getType()) << " is not "
                         << printShape(getType());
  return success();
}

//===--- cost --------------------------------------------------------------===//

// One operation for each element of the result.
#define ARGENT_ONE_FLOP(Op)                                                                                            \
  Linear Op::getFlops() { return countElements(getType()).linear(); }
ARGENT_ONE_FLOP(NegOp)
ARGENT_ONE_FLOP(AbsOp)
ARGENT_ONE_FLOP(SignOp)
ARGENT_ONE_FLOP(ExpOp)
ARGENT_ONE_FLOP(Expm1Op)
ARGENT_ONE_FLOP(LogOp)
ARGENT_ONE_FLOP(Log1pOp)
ARGENT_ONE_FLOP(SqrtOp)
ARGENT_ONE_FLOP(RsqrtOp)
ARGENT_ONE_FLOP(FloorOp)
ARGENT_ONE_FLOP(CeilOp)
ARGENT_ONE_FLOP(RoundOp)
ARGENT_ONE_FLOP(SinOp)
ARGENT_ONE_FLOP(CosOp)
ARGENT_ONE_FLOP(ErfOp)
ARGENT_ONE_FLOP(NormalCdfOp)
ARGENT_ONE_FLOP(TanhOp)
ARGENT_ONE_FLOP(SigmoidOp)
ARGENT_ONE_FLOP(SoftplusOp)
ARGENT_ONE_FLOP(ReluOp)
ARGENT_ONE_FLOP(AddOp)
ARGENT_ONE_FLOP(SubOp)
ARGENT_ONE_FLOP(MulOp)
ARGENT_ONE_FLOP(DivOp)
ARGENT_ONE_FLOP(FloorDivOp)
ARGENT_ONE_FLOP(ModOp)
ARGENT_ONE_FLOP(MaxOp)
ARGENT_ONE_FLOP(MinOp)
ARGENT_ONE_FLOP(PowOp)
ARGENT_ONE_FLOP(CompareOp)
#undef ARGENT_ONE_FLOP

// Moves and logic: no arithmetic.
Linear StopGradientOp::getFlops() { return {}; }
Linear AndOp::getFlops() { return {}; }
Linear OrOp::getFlops() { return {}; }
Linear NotOp::getFlops() { return {}; }
Linear SelectOp::getFlops() { return {}; }
Linear CastOp::getFlops() { return {}; }
