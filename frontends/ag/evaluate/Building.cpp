//===- Building.cpp - constants, casts and shapes that operations are made of ------------------===//
#include "frontends/ag/operations/Builtins.h"

using namespace argent::ag;
using llvm::Twine;

namespace nn = argent::nn;

mlir::Value Evaluator::constant(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<double> values, mlir::Type element) {
  auto type = mlir::RankedTensorType::get(shape, element);
  llvm::SmallVector<mlir::Attribute> attributes;
  for (double value : values) {
    if (isFloat(element))
      attributes.push_back(builder.getFloatAttr(element, value));
    else
      attributes.push_back(builder.getIntegerAttr(element, static_cast<int64_t>(value)));
  }
  return emit<nn::ConstantOp>(mlir::DenseElementsAttr::get(type, attributes));
}

mlir::Value Evaluator::constant(double value, mlir::Type element) { return constant({}, {value}, element); }

mlir::Value Evaluator::cast(mlir::Value x, mlir::Type element) {
  if (elementOf(x) == element)
    return x;
  return emit<nn::CastOp>(tensorType(shapeOf(x), element), x);
}

mlir::Value Evaluator::reshape(mlir::Value x, llvm::ArrayRef<Dim> shape) {
  auto type = tensorType(shape, elementOf(x));
  return type == x.getType() ? x : emit<nn::ReshapeOp>(type, x);
}

mlir::Value Evaluator::broadcastTo(mlir::Value x, llvm::ArrayRef<Dim> shape) {
  auto type = tensorType(shape, elementOf(x));
  return type == x.getType() ? x : emit<nn::BroadcastOp>(type, x);
}

mlir::Value Evaluator::sum(mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepdims) {
  if (axes.empty())
    return x;
  return emit<nn::ReduceOp>(nn::ReduceKind::sum, x, builder.getDenseI64ArrayAttr(axes), keepdims);
}

mlir::Value Evaluator::mean(mlir::Value x, llvm::ArrayRef<int64_t> axes, bool keepdims) {
  if (axes.empty())
    return x;
  // A count does not fit into 16 bits, nor does the sum of many elements.
  if (mlir::Type element = elementOf(x); element.getIntOrFloatBitWidth() == 16)
    return cast(mean(cast(x, f32()), axes, keepdims), element);
  mlir::Value total = sum(x, axes, keepdims);
  mlir::Value count =
      emit<nn::CountOp>(mlir::RankedTensorType::get({}, elementOf(x)), x, builder.getDenseI64ArrayAttr(axes));
  return emitNamed<nn::DivOp>("mean", total, count);
}

bool Evaluator::checkSize(llvm::ArrayRef<Dim> shape, mlir::Type element, Range range) {
  constexpr size_t kMaxRank = 16; // as the runtime knows
  if (shape.size() > kMaxRank) {
    error(range, "a tensor can have at most " + Twine(kMaxRank) + " dimensions; found " + Twine(shape.size()));
    return false;
  }
  for (Dim dim : shape)
    if (dim.value < 1) {
      error(range, "dimensions must be at least 1; found " + toString(shape, element));
      return false;
    }
  auto count = elementCount(shape);
  if (count && count->value < (int64_t(1) << 31))
    return true;
  error(range, "a tensor can have at most 2147483647 elements" + Twine(count && count->batches ? " for each row" : "") +
                   "; found " + toString(shape, element));
  return false;
}

mlir::Value Evaluator::toTensor(const Value &value, mlir::Type element, Range range) {
  if (value.isTensor())
    return value.asTensor();
  if (value.is<bool>() && element.isInteger(1))
    return constant(value.get<bool>(), element);
  if (value.isNumber() && !element.isInteger(1)) {
    if (!isFloat(element) && !value.isInteger()) {
      error(range, "a tensor of " + elementName(element) + " cannot be combined with a float; found " + toText(value))
          .help("cast the tensor: f32(…)");
      return {};
    }
    if (!isFloat(element)) {
      unsigned bits = element.getIntOrFloatBitWidth();
      int64_t number = value.asInteger();
      bool fits = bits == 8 ? number >= 0 && number < 256 : bits == 32 ? llvm::isInt<32>(number) : true;
      if (!fits) {
        error(range, toText(value) + " does not fit in " + elementName(element));
        return {};
      }
      return emit<nn::ConstantOp>(mlir::DenseElementsAttr::get(mlir::RankedTensorType::get({}, element),
                                                               builder.getIntegerAttr(element, number)));
    }
    if (!isFinite(value.asNumber(), element)) {
      error(range, toText(value) + " does not fit in " + elementName(element));
      return {};
    }
    return constant(value.asNumber(), element);
  }
  error(range, "a tensor of " + elementName(element) + " cannot be combined with " + describe(value));
  return {};
}

const nn::Reference *Evaluator::constantElements(mlir::Value value) {
  constexpr int64_t kMost = 4096; // elements of a tensor that is computed here
  auto type = llvm::cast<mlir::RankedTensorType>(value.getType());
  mlir::Operation *op = value.getDefiningOp();
  if (!op || op->getNumResults() != 1 || !type.hasStaticShape() || type.getNumElements() > kMost)
    return nullptr;
  if (auto known = constants.find(value); known != constants.end())
    return known->second ? &*known->second : nullptr;
  llvm::SmallVector<nn::Reference> operands;
  for (mlir::Value operand : op->getOperands()) {
    const nn::Reference *elements = constantElements(operand);
    if (!elements)
      break;
    operands.push_back(*elements);
  }
  std::optional<nn::Reference> result;
  if (operands.size() == op->getNumOperands() && step(rangeStack.back(), 1 + type.getNumElements() / 16)) {
    result = nn::evaluate(op, operands, type.getShape());
    if (!result)
      result = nn::evaluateMove(op, operands, type.getShape());
  }
  std::optional<nn::Reference> &known = constants[value];
  known = std::move(result);
  return known ? &*known : nullptr;
}

int64_t argent::ag::toInteger(double element) { return static_cast<int64_t>(std::clamp(element, -0x1p62, 0x1p62)); }

bool Evaluator::limitIndex(mlir::Value index, int64_t count, Range range, llvm::StringRef noun, const Twine &owner) {
  if (const nn::Reference *elements = constantElements(index)) {
    auto outside = [&](double element) { return element < 0 || element >= static_cast<double>(count); };
    auto wrong = llvm::find_if(elements->values, outside);
    if (wrong == elements->values.end())
      return true;
    Report report = error(range, noun + " " + Twine(toInteger(*wrong)) + " is out of range for " + owner);
    if (*wrong < 0)
      report.help("what is in a tensor counts from 0; the last is " + Twine(count - 1));
    return false;
  }
  // Through what only moves elements.
  while (mlir::Operation *op = index.getDefiningOp()) {
    if (!llvm::isa<nn::ReshapeOp, nn::BroadcastOp, nn::TransposeOp, nn::SliceOp, nn::ReverseOp>(op))
      return true;
    index = op->getOperand(0);
  }
  auto argument = llvm::cast<mlir::BlockArgument>(index);
  auto old = graph->function.getArgAttrOfType<mlir::ArrayAttr>(argument.getArgNumber(), "nn.range");
  int64_t last = count - 1;
  if (old)
    last = std::min(last, llvm::cast<mlir::IntegerAttr>(old[1]).getInt());
  graph->function.setArgAttr(argument.getArgNumber(), "nn.range", builder.getI64ArrayAttr({0, last}));
  return true;
}
