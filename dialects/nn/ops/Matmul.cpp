//===- Matmul.cpp - verification, types and cost of the matrix product -----===//
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location,
                                         MatmulOp::Adaptor adaptor, SmallVectorImpl<Type> &types) {
  Type lhsType = adaptor.getLhs().getType(), rhsType = adaptor.getRhs().getType();
  Dims lhs = getDims(lhsType), rhs = getDims(rhsType);
  auto text = [](ArrayRef<Dim> dims, bool transposed) { return printDims(dims) + (transposed ? " transposed" : ""); };
  if (getElementTypeOrSelf(lhsType) != getElementTypeOrSelf(rhsType))
    return emitOptionalError(location, "(C3) operands have the element types ", getElementTypeOrSelf(lhsType), " and ",
                             getElementTypeOrSelf(rhsType));
  if (lhs.size() < 2 || rhs.size() < 2)
    return emitOptionalError(location, "(C4) a matrix has two dimensions or more, found ", printDims(lhs), " and ",
                             printDims(rhs));
  auto [rows, lhsInner] = std::pair(lhs[lhs.size() - 2], lhs.back());
  auto [rhsInner, columns] = std::pair(rhs[rhs.size() - 2], rhs.back());
  if (adaptor.getTransposeLhs())
    std::swap(rows, lhsInner);
  if (adaptor.getTransposeRhs())
    std::swap(rhsInner, columns);
  if (lhsInner != rhsInner)
    return emitOptionalError(location, "(C1) the product of ", text(lhs, adaptor.getTransposeLhs()), " and ",
                             text(rhs, adaptor.getTransposeRhs()), " reduces ", printDims(lhsInner), " and ",
                             printDims(rhsInner));
  Dims leading(llvm::drop_end(lhs, 2)), rhsLeading(llvm::drop_end(rhs, 2));
  if (!rhsLeading.empty() && leading != rhsLeading)
    return emitOptionalError(location, "(C2) the leading dimensions ", printDims(leading), " and ",
                             printDims(rhsLeading), " differ");
  leading.push_back(rows);
  leading.push_back(columns);
  types.push_back(makeType(leading, getElementTypeOrSelf(lhsType)));
  return success();
}

/// How many the product of the matrices is the sum of.
static Linear countProducts(MatmulOp op) {
  Dims lhs = getDims(op.getLhs().getType());
  Dim inner = lhs[lhs.size() - (op.getTransposeLhs() ? 2 : 1)];
  return (countElements(op.getType()) * inner).linear();
}
Linear MatmulOp::getFlops() { return 2 * countProducts(*this); }

// Columns of the right operand are output channels.
Attribute MatmulOp::getWantedLayout(OpOperand &operand) {
  RankedTensorType type = getRhs().getType();
  if (operand.getOperandNumber() != 1 || getTransposeRhs() || type.isDynamicDim(type.getRank() - 1))
    return {};
  return LayoutAttr::getPanels(type);
}

bool MatmulOp::separateRearrangement(OpOperand &operand) {
  if (operand.getOperandNumber() != 1 || !getTransposeRhs())
    return false;
  const int64_t rank = getRhs().getType().getRank();
  SmallVector<int64_t> permutation = llvm::to_vector(llvm::seq(rank));
  std::swap(permutation[rank - 2], permutation[rank - 1]);
  OpBuilder builder(*this);
  operand.set(TransposeOp::create(builder, getLoc(), getRhs(), permutation));
  setTransposeRhs(false);
  return true;
}

std::optional<Linear> MatmulOp::getConnections() { return countProducts(*this); }

bool MatmulOp::sumsRows() { return getTransposeLhs() && !getTransposeRhs() && getLhs().getType().getRank() == 2; }

// Each row of the result is made of one row of the left operand, and of all of the right one.
std::optional<int64_t> MatmulOp::getAxisInResult(OpOperand &operand, int64_t axis) {
  bool isRow = operand.getOperandNumber() == 0 && !getTransposeLhs() && axis + 1 < getLhs().getType().getRank();
  return isRow ? std::optional(axis) : std::nullopt;
}
