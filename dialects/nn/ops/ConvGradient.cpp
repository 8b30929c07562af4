//===- ConvGradient.cpp - convolution is bilinear --------------------------===//
// conv, conv_input_grad and conv_filter_grad are the three partial maps of one trilinear form
//   sum input[n, element(p, r), c] * filter[r, c, k] * gradient[n, p, k],
// so the gradient of each to an operand is one of the others.
#include "dialects/nn/gradient/GradientBuilder.h"

using namespace mlir;
using namespace argent::nn;

namespace {
/// The form with the attributes of the op.
template <typename Op> struct Form {
  Form(OpBuilder &builder, Op op) : b(builder, op.getLoc()), op(op) {}

  Value conv(Value input, Value filter) {
    return b.make<ConvOp>(input, filter, op.getStrides(), op.getPadding(), op.getDilations(), op.getGroups());
  }
  Value inputGrad(Type type, Value gradient, Value filter) {
    return b.make<ConvInputGradOp>(type, gradient, filter, op.getStrides(), op.getPadding(), op.getDilations(),
                                   op.getGroups());
  }
  Value filterGrad(Type type, Value input, Value gradient) {
    return b.make<ConvFilterGradOp>(type, input, gradient, op.getStrides(), op.getPadding(), op.getDilations(),
                                    op.getGroups());
  }

  GradientBuilder b;
  Op op;
};
} // namespace

LogicalResult ConvOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                    SmallVectorImpl<Value> &result) {
  Form form(builder, *this);
  Value g = gradients[0];
  result.push_back(needed[0] ? form.inputGrad(getInput().getType(), g, getFilter()) : Value());
  result.push_back(needed[1] ? form.filterGrad(getFilter().getType(), getInput(), g) : Value());
  return success();
}

// y is linear in `gradient` and `filter`; g has the type of the convolution's input.
LogicalResult ConvInputGradOp::buildGradient(RewriterBase &builder, ValueRange gradients, const llvm::BitVector &needed,
                                             SmallVectorImpl<Value> &result) {
  Form form(builder, *this);
  Value g = gradients[0];
  result.push_back(needed[0] ? form.conv(g, getFilter()) : Value());
  result.push_back(needed[1] ? form.filterGrad(getFilter().getType(), g, getGradient()) : Value());
  return success();
}

// y is linear in `input` and `gradient`; g has the type of the filter.
LogicalResult ConvFilterGradOp::buildGradient(RewriterBase &builder, ValueRange gradients,
                                              const llvm::BitVector &needed, SmallVectorImpl<Value> &result) {
  Form form(builder, *this);
  Value g = gradients[0];
  result.push_back(needed[0] ? form.inputGrad(getInput().getType(), getGradient(), g) : Value());
  result.push_back(needed[1] ? form.conv(getInput(), g) : Value());
  return success();
}
