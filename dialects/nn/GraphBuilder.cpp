//===- GraphBuilder.cpp - what a frontend builds functions of nn ops with --===//
#include "dialects/nn/GraphBuilder.h"

using namespace mlir;

namespace argent::nn {

//===- Ops --------------------------------------------------------------------------------------------------------===//

Value GraphBuilder::constant(ArrayRef<int64_t> shape, ArrayRef<double> values, Type element) {
  SmallVector<Attribute> attributes;
  for (double value : values) {
    if (isa<FloatType>(element))
      attributes.push_back(builder.getFloatAttr(element, value));
    else
      attributes.push_back(builder.getIntegerAttr(element, static_cast<int64_t>(value)));
  }
  return emit<ConstantOp>(DenseElementsAttr::get(RankedTensorType::get(shape, element), attributes));
}

Value GraphBuilder::iota(int64_t count) { return emit<IotaOp>(RankedTensorType::get({count}, i32())); }

Value GraphBuilder::cast(Value x, Type element) {
  RankedTensorType type = withElementType(x.getType(), element);
  return type == x.getType() ? x : emit<CastOp>(type, x);
}

Value GraphBuilder::reshape(Value x, ArrayRef<Dim> dims) {
  RankedTensorType type = makeType(dims, getElementTypeOrSelf(x));
  return type == x.getType() ? x : emit<ReshapeOp>(type, x);
}

Value GraphBuilder::broadcast(Value x, ArrayRef<Dim> dims) {
  RankedTensorType type = makeType(dims, getElementTypeOrSelf(x));
  return type == x.getType() ? x : emit<BroadcastOp>(type, x);
}

Value GraphBuilder::slice(Value x, size_t dim, int64_t first, int64_t count, int64_t step) {
  Dims dims = getDims(x.getType());
  if (dims[dim].size == count && step == 1)
    return x;
  SmallVector<int64_t> offsets(dims.size(), 0), sizes, strides(dims.size(), 1);
  for (Dim d : dims)
    sizes.push_back(d.size);
  offsets[dim] = first;
  sizes[dim] = count;
  strides[dim] = step;
  return emit<SliceOp>(x, offsets, sizes, strides);
}

Value GraphBuilder::pad(Value x, size_t dim, int64_t before, int64_t after, PadMode mode, double value) {
  if (before == 0 && after == 0)
    return x;
  SmallVector<int64_t> low(getDims(x.getType()).size(), 0), high(low);
  low[dim] = before;
  high[dim] = after;
  return emit<PadOp>(mode, x, low, high, ArrayRef<int64_t>(), value);
}

Value GraphBuilder::concat(ArrayRef<Value> parts, int64_t axis) {
  if (parts.size() == 1)
    return parts.front();
  return emit<ConcatOp>(ValueRange(parts), builder.getI64IntegerAttr(axis));
}

Value GraphBuilder::gather(Value x, Value index, int64_t axis, int64_t batch, int64_t trailing) {
  return emit<GatherOp>(x, index, builder.getI64IntegerAttr(axis), builder.getI64IntegerAttr(batch),
                        builder.getI64IntegerAttr(trailing));
}

Value GraphBuilder::reduce(ReduceKind kind, Value x, ArrayRef<int64_t> axes, bool keepDims) {
  if (axes.empty())
    return x;
  return emit<ReduceOp>(kind, x, builder.getDenseI64ArrayAttr(axes), keepDims);
}

Value GraphBuilder::sum(Value x, ArrayRef<int64_t> axes, bool keepDims) {
  return reduce(ReduceKind::sum, x, axes, keepDims);
}

Value GraphBuilder::mean(Value x, ArrayRef<int64_t> axes, bool keepDims) {
  if (axes.empty())
    return x;
  // A count does not fit into 16 bits, nor does the sum of many elements.
  Type element = getElementTypeOrSelf(x);
  if (element.getIntOrFloatBitWidth() == 16)
    return cast(mean(cast(x, f32()), axes, keepDims), element);
  Value total = sum(x, axes, keepDims);
  return emitNamed<DivOp>("mean", total, count(x, axes, element));
}

Value GraphBuilder::count(Value x, ArrayRef<int64_t> axes, Type element) {
  return emit<CountOp>(RankedTensorType::get({}, element), x, builder.getDenseI64ArrayAttr(axes));
}

//===- Parameters -------------------------------------------------------------------------------------------------===//

Value GraphBuilder::parameter(StringRef name, StringRef path, RankedTensorType type, InitializerAttr initial) {
  return emitNamed<ParameterOp>(name, type, builder.getStringAttr(path), initial, SettingsAttr(), LayoutAttr());
}

Value GraphBuilder::state(StringRef name, StringRef path, RankedTensorType type, InitializerAttr initial) {
  return emitNamed<StateOp>(name, type, builder.getStringAttr(path), initial);
}

//===- Functions and their ports ----------------------------------------------------------------------------------===//

func::FuncOp GraphBuilder::beginFunction(ModuleOp module, StringRef name) {
  builder.setInsertionPointToEnd(module.getBody());
  auto function = func::FuncOp::create(builder, location(), name, builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  return function;
}

void GraphBuilder::endFunction(func::FuncOp function, ArrayRef<Value> results, ArrayRef<DictionaryAttr> attributes) {
  builder.setInsertionPointToEnd(&function.getBody().front());
  func::ReturnOp::create(builder, location(), results);
  function.setType(builder.getFunctionType(function.getArgumentTypes(), TypeRange(ValueRange(results))));
  for (auto [index, attribute] : llvm::enumerate(attributes))
    function.setResultAttrs(index, attribute);
}

Value GraphBuilder::addInput(func::FuncOp function, StringRef name, RankedTensorType type) {
  unsigned index = function.getNumArguments();
  (void)function.insertArgument(index, type, builder.getDictionaryAttr({portName(name)}), location(name));
  return function.getArgument(index);
}

NamedAttribute GraphBuilder::portName(StringRef name) {
  return builder.getNamedAttr("nn.name", builder.getStringAttr(name));
}

void GraphBuilder::limitIndex(Value index, int64_t count) {
  func::FuncOp function;
  BlockArgument argument;
  while (!function) {
    argument = dyn_cast<BlockArgument>(index);
    if (!argument) {
      Operation *op = index.getDefiningOp();
      if (!op->hasTrait<Rearranging>() || op->getNumOperands() != 1)
        return;
      index = op->getOperand(0);
    } else if (auto scan = dyn_cast<ScanOp>(argument.getOwner()->getParentOp())) {
      if (argument == scan.getStep())
        return;
      index = scan->getOperand(argument.getArgNumber() - 1); // also what a carried value is at first
    } else {
      function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
      if (!function)
        return; // of another region
    }
  }
  int64_t last = count - 1;
  if (auto old = function.getArgAttrOfType<ArrayAttr>(argument.getArgNumber(), "nn.range"))
    last = std::min(last, mlir::cast<IntegerAttr>(old[1]).getInt());
  function.setArgAttr(argument.getArgNumber(), "nn.range", builder.getI64ArrayAttr({0, last}));
}

} // namespace argent::nn
