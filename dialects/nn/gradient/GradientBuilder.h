//===- GradientBuilder.h - nn ops in the notation of a formula -------------===//
// What the gradient rules (*Gradient.cpp) are written with: operators on values, numbers as constants, sums to an
// operand's type.
#ifndef ARGENT_DIALECTS_NN_GRADIENT_GRADIENTBUILDER_H
#define ARGENT_DIALECTS_NN_GRADIENT_GRADIENTBUILDER_H

#include "dialects/nn/Constants.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

namespace argent::nn {

class GradientBuilder {
public:
  GradientBuilder(mlir::OpBuilder &builder, mlir::Location location) : builder(builder), location(location) {}

  mlir::Type elementType(mlir::Value x) const { return mlir::getElementTypeOrSelf(x.getType()); }

  /// The number as a scalar of `like`'s element type: it broadcasts.
  mlir::Value number(mlir::Value like, double value) const {
    return makeSplat(builder, location, mlir::RankedTensorType::get({}, elementType(like)), value);
  }

  template <typename Op, typename... Args> mlir::Value make(Args &&...args) const {
    return Op::create(builder, location, std::forward<Args>(args)...)->getResult(0);
  }
  mlir::Value add(mlir::Value a, mlir::Value b) const { return make<AddOp>(a, b); }
  mlir::Value sub(mlir::Value a, mlir::Value b) const { return make<SubOp>(a, b); }
  mlir::Value mul(mlir::Value a, mlir::Value b) const { return make<MulOp>(a, b); }
  mlir::Value div(mlir::Value a, mlir::Value b) const { return make<DivOp>(a, b); }
  mlir::Value scale(mlir::Value a, double b) const { return mul(a, number(a, b)); }
  mlir::Value neg(mlir::Value a) const { return make<NegOp>(a); }
  mlir::Value min(mlir::Value a, mlir::Value b) const { return make<MinOp>(a, b); }
  mlir::Value max(mlir::Value a, mlir::Value b) const { return make<MaxOp>(a, b); }
  mlir::Value pow(mlir::Value a, mlir::Value b) const { return make<PowOp>(a, b); }
  mlir::Value sqrt(mlir::Value a) const { return make<SqrtOp>(a); }
  mlir::Value compare(Predicate predicate, mlir::Value a, mlir::Value b) const {
    return make<CompareOp>(predicate, a, b);
  }
  mlir::Value both(mlir::Value a, mlir::Value b) const { return make<AndOp>(a, b); }
  /// How many elements x has, N included, as a scalar.
  mlir::Value count(mlir::Value x, mlir::Type element) const {
    return make<CountOp>(mlir::RankedTensorType::get({}, element), x, axisRange(0, getDims(x.getType()).size()));
  }
  /// a where the condition holds, else 0.
  mlir::Value where(mlir::Value condition, mlir::Value a) const { return make<SelectOp>(condition, a, number(a, 0)); }
  mlir::Value cast(mlir::Value x, mlir::Type elementType) const {
    mlir::Type type = withElementType(x.getType(), elementType);
    return x.getType() == type ? x : make<CastOp>(type, x);
  }
  mlir::Value reshape(mlir::Value x, mlir::Type type) const {
    return x.getType() == type ? x : make<ReshapeOp>(type, x);
  }
  mlir::Value broadcast(mlir::Value x, mlir::Type type) const {
    return x.getType() == type ? x : make<BroadcastOp>(type, x);
  }
  /// A sum here is no formula that a user wrote: it may be computed of the factors that vary along the axes, times the
  /// others.
  mlir::Value reduce(ReduceKind kind, mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepDims) const {
    if (axes.empty())
      return x;
    return make<ReduceOp>(kind, x, axes, keepDims, /*regroups=*/kind == ReduceKind::sum);
  }
  /// x with dimensions of 1 at `axes`, where a reduction took them away.
  mlir::Value restoreAxes(mlir::Value x, llvm::ArrayRef<int64_t> axes, mlir::Type before) const;
  /// Sums away what broadcasting from `type` had repeated.
  mlir::Value sumTo(mlir::Value x, mlir::Type type) const;

  mlir::OpBuilder &builder;
  mlir::Location location;
};

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_GRADIENT_GRADIENTBUILDER_H
