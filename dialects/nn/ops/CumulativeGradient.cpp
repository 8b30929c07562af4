//===- CumulativeGradient.cpp - gradients of running reductions ------------===//
// In each rule g is the gradient of the result y; "before" and "behind" follow the direction of the op.
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

namespace {
struct Rules {
  CumulativeOp op;
  GradientBuilder b;
  Value x, g;

  Value run(ReduceKind kind, Value value, bool reverse, bool exclusive) {
    return b.make<CumulativeOp>(kind, value, op.getAxis(), reverse, exclusive);
  }
  /// The sum of what lies behind each element, itself included unless the op excludes it.
  Value sumBehind(Value value) { return run(ReduceKind::sum, value, !op.getReverse(), op.getExclusive()); }

  /// The derivative of y_i to x_j is the product of the others up to i. Before the first zero that is y_i / x_j; at the
  /// first zero the product that has 1 in its place; behind it 0.
  Value ofProduct() {
    Value zero = b.number(x, 0), one = b.number(x, 1);
    Value isZero = b.cast(b.compare(Predicate::eq, x, zero), b.elementType(x));
    Value zeros = run(ReduceKind::sum, isZero, op.getReverse(), /*exclusive=*/false);
    Value isBefore = b.compare(Predicate::eq, zeros, zero);
    Value isFirst = b.make<AndOp>(b.compare(Predicate::eq, isZero, one), b.compare(Predicate::eq, zeros, one));
    Value without = run(ReduceKind::prod, b.make<SelectOp>(isFirst, one, x), op.getReverse(), op.getExclusive());
    Value divisor = b.make<SelectOp>(isBefore, x, one);
    Value before = b.div(sumBehind(b.mul(g, op.getY())), divisor);
    return b.make<SelectOp>(isBefore, before, b.where(isFirst, sumBehind(b.mul(g, without))));
  }

  /// Each g goes to the element that is the extreme there: the last that went beyond all before it.
  Value ofExtreme() {
    bool isMax = op.getKind() == ReduceKind::max;
    Dims dims = getDims(x.getType());
    int64_t axis = op.getAxis(), last = dims[axis].size - 1, trailing = static_cast<int64_t>(dims.size()) - 1 - axis;
    Type i32 = b.builder.getI32Type();
    Value places = b.make<IotaOp>(RankedTensorType::get({last + 1}, i32));
    Dims along(trailing + 1);
    along[0] = Dim{last + 1};
    places = b.reshape(places, makeType(along, i32));
    Value earlier = run(op.getKind(), x, op.getReverse(), /*exclusive=*/true);
    Value isRecord = b.compare(isMax ? Predicate::gt : Predicate::lt, x, earlier);
    Value first = b.number(places, op.getReverse() ? static_cast<double>(last) : 0);
    Value records = b.make<SelectOp>(isRecord, places, first);
    // Places grow in the direction of the op; where nothing is before, there is no g.
    Value at = run(op.getReverse() ? ReduceKind::min : ReduceKind::max, records, op.getReverse(), op.getExclusive());
    Value gradient = g;
    if (op.getExclusive())
      gradient = b.where(b.compare(Predicate::ne, places, first), g);
    return b.make<ScatterAddOp>(x.getType(), gradient, at, axis, axis, trailing);
  }
};
} // namespace

LogicalResult CumulativeOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                          SmallVectorImpl<Value> &result) {
  Rules rules{*this, GradientBuilder(builder, getLoc()), getX(), gradients[0]};
  if (!needed[0])
    result.push_back(Value());
  else if (getKind() == ReduceKind::sum)
    result.push_back(rules.sumBehind(gradients[0]));
  else if (getKind() == ReduceKind::prod)
    result.push_back(rules.ofProduct());
  else
    result.push_back(rules.ofExtreme());
  return success();
}
