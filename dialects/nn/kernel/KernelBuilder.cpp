//===- KernelBuilder.cpp - from nn.fused to hl.pipeline --------------------===//
// The driver (two runs: learn the axes, then build), inputs and results. Funcs and bodies: KernelFunc.cpp. Axes:
// KernelAxes.cpp.
#include "dialects/nn/kernel/KernelBuilder.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace argent;
using namespace argent::nn;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

Type KernelBuilder::getElementType(Type type) {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    type = tensor.getElementType();
  if (type.isUnsignedInteger())
    return builder_.getIntegerType(type.getIntOrFloatBitWidth());
  return type;
}

Type KernelBuilder::getSumType(Type type) {
  return isa<FloatType>(type) && type.getIntOrFloatBitWidth() < 32 ? Type(builder_.getF32Type()) : type;
}

static hl::BufferType makeBufferType(MLIRContext *context, ArrayRef<Dim> box, Type elementType) {
  if (elementType.isInteger(1))
    elementType = IntegerType::get(context, 8, IntegerType::Unsigned);
  SmallVector<int64_t> shape, batch;
  bool hasFactor = false;
  for (Dim extent : box) {
    shape.push_back(extent.isOpen ? ShapedType::kDynamic : extent.size);
    batch.push_back(extent.isOpen ? extent.size : 0);
    hasFactor |= extent.isOpen && extent.size != 1;
  }
  if (!hasFactor)
    batch.clear();
  return hl::BufferType::get(context, shape, elementType, batch);
}

/// The extents of the dense box that `layout` lays a tensor of `type` out in.
static Dims getPhysicalBox(RankedTensorType type, LayoutAttr layout) {
  Dims logical = getDims(type), box;
  for (auto [d, size] : llvm::enumerate(layout.getPhysicalShape(type.getShape())))
    box.push_back(ShapedType::isDynamic(size) ? logical[d] : Dim{size, false});
  return box;
}

hl::BufferType KernelBuilder::getBufferType(Value value, LayoutAttr layout) {
  auto type = cast<RankedTensorType>(value.getType());
  Dims box;
  if (layout) {
    box = getPhysicalBox(type, layout);
  } else {
    for (const Group &group : groupsOf(value, [](unsigned) { return false; }))
      box.push_back(group.extent);
  }
  return makeBufferType(type.getContext(), box, type.getElementType());
}

//===----------------------------------------------------------------------===//
// The two runs
//===----------------------------------------------------------------------===//

FailureOr<hl::PipelineOp> KernelBuilder::build(FusedOp fused, OpBuilder &builder, StringRef symbol) {
  KernelBuilder kernel(fused, builder);
  FailureOr<hl::PipelineOp> learnt = kernel.run(symbol);
  if (failed(learnt))
    return failure();
  learnt->erase();
  kernel.solveLinks();
  kernel.learning_ = false;
  return kernel.run(symbol);
}

/// The layout of operand or result `index`, null if dense.
static LayoutAttr getLayout(std::optional<ArrayAttr> layouts, unsigned index) {
  return layouts && index < layouts->size() ? dyn_cast<LayoutAttr>((*layouts)[index]) : LayoutAttr();
}

FailureOr<hl::PipelineOp> KernelBuilder::run(StringRef symbol) {
  names_.clear();
  Block &region = fused_.getBody().front();
  auto yield = cast<YieldOp>(region.getTerminator());

  SmallVector<Type> inputTypes, resultTypes;
  for (BlockArgument argument : region.getArguments())
    inputTypes.push_back(getBufferType(argument, getLayout(fused_.getOperandLayouts(), argument.getArgNumber())));
  for (auto [i, value] : llvm::enumerate(yield.getValues()))
    resultTypes.push_back(getBufferType(value, getLayout(fused_.getResultLayouts(), i)));

  SmallVector<Location> locations;
  for (Operation &op : region.without_terminator())
    locations.push_back(op.getLoc());
  loc_ = locations.empty() ? fused_.getLoc() : FusedLoc::get(builder_.getContext(), locations);
  OpBuilder::InsertionGuard guard(builder_);
  pipeline_ = hl::PipelineOp::create(builder_, loc_, symbol, inputTypes, resultTypes);
  if (pipeline_.getBody().empty())
    pipeline_.getBody().emplaceBlock();
  Block &block = pipeline_.getBody().front();
  if (block.getNumArguments() == 0)
    for (Type type : inputTypes)
      block.addArgument(type, loc_);

  auto fail = [&]() -> FailureOr<hl::PipelineOp> {
    pipeline_.erase();
    return failure();
  };
  SmallVector<Func> outputs;
  if (std::optional<Pieces> pieces = findPieces()) {
    std::vector<std::vector<Tensor>> parts;
    for (unsigned p = 0; p < pieces->extents.size(); ++p) {
      piece_ = p;
      if (failed(buildOps()))
        return fail();
      std::vector<Tensor> &part = parts.emplace_back();
      for (Value value : yield.getValues())
        part.push_back(get(value));
    }
    piece_ = std::nullopt;
    outputs.push_back(joinPieces(*pieces, parts));
  } else {
    if (failed(buildOps()))
      return fail();
    for (auto [i, value] : llvm::enumerate(yield.getValues())) {
      loc_ = value.getLoc();
      outputs.push_back(buildResult(value, getLayout(fused_.getResultLayouts(), i), outputs));
    }
  }
  builder_.setInsertionPointToEnd(&block);
  // Several results are one loop over a tuple: each point of the operands is read once, before any result may be
  // written over it.
  if (outputs.size() > 1 &&
      llvm::all_of(outputs, [&](Func &output) { return output.getBox() == outputs.front().getBox(); }))
    outputs = {tupleOf(outputs)};
  SmallVector<Value> values;
  for (Func output : outputs)
    values.push_back(output.getOp().getResult());
  hl::OutputOp::create(builder_, fused_.getLoc(), values);
  return pipeline_;
}

LogicalResult KernelBuilder::buildOps() {
  tensors_.clear();
  funcsOnce_.clear();
  Block &region = fused_.getBody().front();
  for (BlockArgument argument : region.getArguments())
    tensors_[argument] = bufferTensor(argument, pipeline_.getBody().getArgument(argument.getArgNumber()),
                                      getLayout(fused_.getOperandLayouts(), argument.getArgNumber()));
  for (Operation &op : region.without_terminator()) {
    auto interface = dyn_cast<KernelOpInterface>(op);
    if (!interface)
      return op.emitOpError("has no kernel");
    for (Type type : op.getResultTypes())
      if (llvm::count_if(getDims(type), [](const Dim &dim) { return dim.isOpen; }) > 1)
        return op.emitError("the result has the batch N in two dimensions, which is not supported yet");
    currentOp_ = &op;
    loc_ = op.getLoc();
    if (failed(interface.buildKernel(*this)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

Tensor KernelBuilder::bufferTensor(Value value, Value buffer, LayoutAttr layout) {
  auto type = cast<RankedTensorType>(value.getType());
  Dims logical = getDims(type);
  auto loadAt = [this, buffer](ArrayRef<Expr> index) -> Expr {
    SmallVector<Value> indices;
    for (Expr i : index)
      indices.push_back(i.materialize(*this, builder_.getI32Type()));
    SmallVector<Type> types = hl::getLoadTypes(buffer.getType());
    auto at = hl::AtOp::create(builder_, loc_, types, buffer, indices, Value(), UnitAttr());
    return {*this, at->getResult(0)};
  };
  auto asBool = [isBool = type.getElementType().isInteger(1)](Expr x) { return isBool ? x != Expr(0) : x; };

  if (!layout) {
    Dims box;
    for (const Group &group : groupsOf(value, [](unsigned) { return false; }))
      box.push_back(group.extent);
    Tensor tensor(*this, logical, getElementType(type),
                  [=, this](const Point &point) { return asBool(loadAt(convert(point, box))); });
    tensor.buffer = buffer;
    tensor.told = value;
    return tensor;
  }

  forceAll(value);
  int64_t width = layout.getPack();
  SmallVector<std::pair<int64_t, int64_t>, 4> border(logical.size());
  ArrayRef<int64_t> borders = layout.getBorder();
  for (unsigned d = 0; d < logical.size() && !borders.empty(); ++d)
    border[d] = {borders[2 * d], borders[2 * d + 1]};
  Tensor tensor(*this, logical, getElementType(type), [=, this](const Point &point) {
    SmallVector<Expr, 6> index = convert(point, logical);
    if (width) {
      Expr last = index.pop_back_val();
      index.insert(index.begin(), last / width);
      index.push_back(last % width);
    }
    // A window reads the border by indices outside of the tensor: an axis of one point has more than the index 0.
    bool isOwnBox = llvm::equal(point, logical, [](const auto &at, const Dim &extent) { return at.extent == extent; });
    for (unsigned d = 0; d < index.size() && !borders.empty(); ++d)
      if (auto [before, after] = border[d]; before || after)
        index[d] = (isOwnBox ? point[d].index : index[d]) + before;
    return asBool(loadAt(index));
  });
  if (!borders.empty())
    tensor.border = border;
  if (width) {
    tensor.packWidth = width;
    tensor.packed = loadAt;
  }
  tensor.told = value;
  return tensor;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Whether the updates store at other indices than the axes: a copy would be one more pass over memory.
static bool storesElsewhere(hl::FuncOp func) {
  return llvm::any_of(func.getUpdates(), [](Region &update) {
    return !cast<hl::YieldOp>(update.front().getTerminator()).getIndices().empty();
  });
}

Func KernelBuilder::buildResult(Value value, LayoutAttr layout, ArrayRef<Func> earlier) {
  const Tensor tensor = get(value);
  auto type = cast<RankedTensorType>(value.getType());
  Type stored = tensor.getType();
  auto asStored = [&](Expr x) {
    if (stored.isInteger(1))
      return cast(x, builder_.getI8Type());
    return Expr(*this, x.materialize(*this, stored));
  };
  Type outType = stored.isInteger(1) ? Type(builder_.getI8Type()) : stored;

  if (!layout) {
    Groups groups = groupsOf(value, [](unsigned) { return false; });
    Axes axes = nameAxes(groups);
    Dims box;
    for (const Group &group : groups)
      box.push_back(group.extent);
    if (tensor.source && tensor.source.getBox() == box) {
      // A pure func is itself the result; what reduces is computed where a pure func needs it.
      bool isTaken = llvm::any_of(earlier, [&](const Func &f) { return f.getOp() == tensor.source.getOp(); });
      if (!isTaken && outType == stored &&
          (tensor.source.getOp().getUpdates().empty() || storesElsewhere(tensor.source.getOp())))
        return tensor.source;
      axes = tensor.source.getAxes();
    }
    return func("out", axes, outType, [&](Args i) {
      Point point;
      for (auto [axis, index] : llvm::zip(axes, i))
        point.push_back({axis.extent, index});
      return asStored(tensor.at(point));
    });
  }

  Dims logical = tensor.getShape(), physical = getPhysicalBox(type, layout);
  if (int64_t width = layout.getPack()) {
    Axes axes;
    if (tensor.source && tensor.packWidth == width) {
      axes = tensor.source.getAxes();
      return func("out", axes, outType, [&](Args i) { return asStored(tensor.packed(i)); });
    }
    Groups groups;
    for (unsigned d = 0; d + 1 < logical.size(); ++d)
      groups.push_back({d, d, logical[d]});
    axes = nameAxes(groups);
    axes.insert(axes.begin(), {"ko", physical.front()});
    axes.push_back({"lane", {width}});
    return func("out", axes, outType, [&](Args i) {
      SmallVector<Expr, 6> index(i.drop_front().drop_back());
      Expr k = i.front() * width + i.back();
      int64_t extent = logical.back().size;
      if (extent % width == 0) {
        index.push_back(k);
        return asStored(tensor.at(index));
      }
      index.push_back(min(k, extent - 1));
      return select(k < extent, asStored(tensor.at(index)), 0);
    });
  }

  Groups groups;
  for (unsigned d = 0; d < physical.size(); ++d)
    groups.push_back({d, d, physical[d]});
  ArrayRef<int64_t> border = layout.getBorder();
  return func("out", nameAxes(groups), outType, [&](Args i) {
    SmallVector<Expr, 6> index;
    Expr inside = 1;
    for (auto [d, axis] : llvm::enumerate(i)) {
      int64_t before = border.empty() ? 0 : border[2 * d], after = border.empty() ? 0 : border[2 * d + 1],
              size = logical[d].size;
      Expr at = axis - before;
      if (before)
        inside = inside && at >= 0;
      if (after)
        inside = inside && at < size;
      index.push_back(physical[d] == logical[d] ? at : clamp(at, 0, size - 1));
    }
    return select(inside, asStored(tensor.at(index)), 0);
  });
}

const Tensor &KernelBuilder::get(Value value) const {
  auto found = tensors_.find(value);
  assert(found != tensors_.end() && "an op of nn.fused uses a value that no earlier op defined");
  return found->second;
}

void KernelBuilder::define(Value result, Tensor tensor) { tensors_[result] = std::move(tensor); }

void KernelBuilder::define(Value result, Func func, bool tellsApart) {
  auto type = cast<RankedTensorType>(result.getType());
  Dims box = func.getBox();
  Type elementType = getElementType(type);
  Tensor tensor(*this, getDims(type), elementType, [=, this](const Point &point) {
    Expr value = func.at(convert(point, box));
    return value.getType() == elementType ? value : cast(value, elementType);
  });
  if (func.getType() == elementType)
    tensor.source = func;
  // The func's axes are boundaries of the value: where a product of its extents, from the right, is one of the shape's.
  Dims shape = getDims(type);
  Dim left{1};
  auto times = [](Dim a, Dim b) { return Dim{a.size * b.size, a.isOpen || b.isOpen}; };
  unsigned axis = box.size();
  for (unsigned d = shape.size(); tellsApart && d-- > 0;) {
    Dim inner{1};
    for (unsigned e = d; e < shape.size(); ++e)
      inner = times(inner, shape[e]);
    while (axis > 0 && left.size < inner.size)
      left = times(left, box[--axis]);
    if (d > 0 && left == inner && !inner.isOne())
      force(result, d);
  }
  tensors_[result] = std::move(tensor);
}

void KernelBuilder::definePacked(Value result, Func func, int64_t width) {
  auto type = cast<RankedTensorType>(result.getType());
  Dims shape = getDims(type);
  Type elementType = getElementType(type);
  forceAll(result);
  auto packed = [=](Args index) {
    Expr value = func.at(index);
    return value.getType() == elementType ? value : cast(value, elementType);
  };
  Tensor tensor(*this, shape, elementType, [=, this](const Point &point) {
    SmallVector<Expr, 6> index = convert(point, shape);
    Expr last = index.pop_back_val();
    index.insert(index.begin(), last / width);
    index.push_back(last % width);
    return packed(index);
  });
  tensor.packWidth = width;
  tensor.packed = packed;
  tensor.source = func;
  tensors_[result] = std::move(tensor);
}
