//===- MatmulGradient.cpp - the gradients of a product are products --------===//
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

namespace {
/// A matrix as an operand: the value, and whether it stands transposed.
struct Factor {
  Value value;
  bool transposed;
  Factor t() const { return {value, !transposed}; }
};
} // namespace

static Value product(const GradientBuilder &b, Factor lhs, Factor rhs) {
  return b.make<MatmulOp>(lhs.value, rhs.value, lhs.transposed, rhs.transposed);
}

// y = L R, where L and R are lhs and rhs or their transposes: dL = g R', dR = L' g. Of a transposed operand the
// gradient is wanted transposed: dL' = R g', dR' = g' L.
LogicalResult MatmulOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                      SmallVectorImpl<Value> &result) {
  GradientBuilder b(builder, getLoc());
  Factor left = {getLhs(), getTransposeLhs()}, right = {getRhs(), getTransposeRhs()}, g = {gradients[0], false};
  bool isShared = getRhs().getType().getRank() < getLhs().getType().getRank();

  Value ofLhs;
  if (needed[0]) {
    if (!left.transposed) {
      ofLhs = product(b, g, right.t());
    } else {
      // A shared rhs would be the left operand here, where leading dimensions cannot be missing.
      Factor rows = right;
      if (isShared) {
        Dims dims = getDims(getLhs().getType());
        dims.truncate(dims.size() - 2);
        llvm::append_range(dims, getDims(getRhs().getType()));
        rows.value = b.broadcast(getRhs(), makeType(dims, b.elementType(getRhs())));
      }
      ofLhs = product(b, rows, g.t());
    }
  }
  result.push_back(ofLhs);

  Value ofRhs;
  if (needed[1]) {
    // A shared rhs gathers over the leading dimensions too. As the left matrix is not transposed they join its rows,
    // and the sum is part of the product; else it is a reduction behind it.
    auto joinRows = [&](Value x) {
      Dims dims = getDims(x.getType());
      Dim rows;
      for (Dim dim : llvm::drop_end(dims)) {
        rows.size *= dim.size;
        rows.isOpen |= dim.isOpen;
      }
      return b.reshape(x, makeType({rows, dims.back()}, b.elementType(x)));
    };
    if (isShared && !left.transposed) {
      left.value = joinRows(left.value);
      g.value = joinRows(g.value);
    }
    ofRhs = right.transposed ? product(b, g.t(), left) : product(b, left.t(), g);
    ofRhs = b.sumTo(ofRhs, getRhs().getType());
  }
  result.push_back(ofRhs);
  return success();
}
