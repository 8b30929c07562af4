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

Linear CompareOp::getFlops() { return countElements(getType()).linear(); }
// Of functions and arithmetic the classes in Elementwise.td say it. Moves and logic: none.
Linear AndOp::getFlops() { return {}; }
Linear OrOp::getFlops() { return {}; }
Linear NotOp::getFlops() { return {}; }
Linear SelectOp::getFlops() { return {}; }
Linear CastOp::getFlops() { return {}; }
