//===- DescribeLayers.cpp - what a person calls the layers of a model -------===//
//   1. Walk @predict in order. The layer of an op is its name, or the path of a parameter that it reads, up to the last dot ("conv2d_1" of
//      "conv2d_1.y"); an op without either is a layer by itself ("tanh"). Ops of one layer need not be neighbours.
//   2. For each, add up parameters, connections and FLOPs; the last op's result is the layer's output.
//   3. Follow how much of the first input each value sees: a window of r points that are j apart makes a field of f + (r - 1) j points, and points that
//      are j * stride apart (Dumoulin and Visin 2016). What joins positions sees the hull of them all.
//   4. Leave it as the module's attribute nn.layers; emission copies it into the module's table.
#include "compiler/Passes.h"
#include "dialects/nn/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_DESCRIBELAYERS
#include "compiler/Passes.h.inc"

namespace {

/// What a value sees of one spatial axis of the input.
struct Sight {
  int64_t axis = -1;        // of the value, -1: the axis is gone, `field` is all that it sees
  double field = 1, jump = 1; // in points of the input
};
/// For each spatial axis of the input; empty: the value does not depend on it.
using View = SmallVector<Sight, 3>;

struct Layer {
  std::string kind;
  Operation *last = nullptr;
  LocationAttr location;
  int64_t weight = 0; // FLOPs of the op that gave the kind
  int64_t parameters = 0, connections = 0;
  int64_t flops = 0, flopsForEach = 0;
  View view;
};

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// Elements without the batch.
int64_t elementsOf(Value value) {
  int64_t count = 1;
  for (int64_t extent : typeOf(value).getShape())
    count *= ShapedType::isDynamic(extent) ? 1 : extent;
  return count;
}

bool isParameter(Value value) {
  Operation *op = value.getDefiningOp();
  return op && (isa<nn::ParameterOp, nn::StateOp>(op) || (isa<nn::ReshapeOp, nn::BroadcastOp, nn::TransposeOp>(op) && isParameter(op->getOperand(0))));
}

class Describer {
public:
  explicit Describer(func::FuncOp function) : function(function) {}

  ArrayAttr run() {
    seedInput();
    for (Operation &op : function.front().without_terminator()) {
      if (op.getNumResults() != 1 || !isa<RankedTensorType>(op.getResult(0).getType()))
        continue;
      views[op.getResult(0)] = look(op);
      if (!isParameter(op.getResult(0)) && !op.hasTrait<OpTrait::ConstantLike>())
        count(op);
    }
    Builder builder(function.getContext());
    SmallVector<Attribute> list;
    for (auto &[name, layer] : layers)
      list.push_back(attribute(builder, name, layer));
    return builder.getArrayAttr(list);
  }

private:
  /// Rows and columns of an image, steps of a sequence: the axes between the batch and the channels.
  void seedInput() {
    for (BlockArgument argument : function.getArguments()) {
      auto type = dyn_cast<RankedTensorType>(argument.getType());
      if (!type || type.getRank() < 3)
        continue;
      View view;
      for (int64_t axis = 1; axis + 1 < type.getRank(); ++axis) {
        view.push_back({axis, 1, 1});
        extents.push_back(type.getShape()[axis]);
      }
      views[argument] = view;
      return;
    }
  }

  void join(View &view, const View &other) {
    if (view.empty()) {
      view = other;
      return;
    }
    for (auto [mine, theirs] : llvm::zip(view, other)) {
      mine.field = std::max(mine.field, theirs.field);
      mine.jump = std::max(mine.jump, theirs.jump);
      if (theirs.axis < 0)
        mine.axis = -1;
    }
  }

  /// All positions of an axis are seen together.
  void collapse(Sight &sight, RankedTensorType type) {
    if (sight.axis >= 0 && sight.axis < type.getRank() && !type.isDynamicDim(sight.axis))
      sight.field += static_cast<double>(type.getShape()[sight.axis] - 1) * sight.jump;
    sight.axis = -1;
  }

  View look(Operation &op) {
    View view;
    for (Value operand : op.getOperands()) {
      View other = views.lookup(operand);
      if (other.empty())
        continue;
      if (!keepsPositions(op))
        for (Sight &sight : other)
          if (!keepsAxis(op, operand, sight.axis))
            collapse(sight, typeOf(operand));
      join(view, other);
    }
    auto window = [&](ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations, bool turned) {
      for (Sight &sight : view) {
        size_t i = sight.axis - 1;
        if (sight.axis < 1 || i >= sizes.size())
          continue;
        int64_t size = (sizes[i] - 1) * (i < dilations.size() ? dilations[i] : 1) + 1;
        if (turned) { // each point comes from every stride-th one of the window
          sight.field += static_cast<double>(llvm::divideCeil(size, strides[i]) - 1) * sight.jump;
          sight.jump /= static_cast<double>(strides[i]);
        } else {
          sight.field += static_cast<double>(size - 1) * sight.jump;
          sight.jump *= static_cast<double>(strides[i]);
        }
      }
    };
    if (auto conv = dyn_cast<nn::ConvOp>(op))
      window(typeOf(conv.getFilter()).getShape(), conv.getStrides(), conv.getDilations(), false);
    else if (auto turned = dyn_cast<nn::ConvInputGradOp>(op))
      window(typeOf(turned.getFilter()).getShape(), turned.getStrides(), turned.getDilations(), true);
    else if (auto pool = dyn_cast<nn::PoolOp>(op))
      window(pool.getSize(), pool.getStrides(), {}, false);
    return view;
  }

  static bool keepsPositions(Operation &op) { return isa<nn::ConvOp, nn::ConvInputGradOp, nn::PoolOp>(op); }

  /// Whether the axis of the operand is the same axis of the result.
  static bool keepsAxis(Operation &op, Value operand, int64_t axis) {
    RankedTensorType from = typeOf(operand), to = typeOf(op.getResult(0));
    if (axis < 0 || from.getRank() != to.getRank())
      return false;
    if (isa<nn::PadOp, nn::SliceOp, nn::ConcatOp>(op)) // a position stays one, whatever is beside it
      return true;
    if (from.getShape()[axis] != to.getShape()[axis])
      return false;
    if (auto matmul = dyn_cast<nn::MatmulOp>(op))
      return isParameter(matmul.getRhs());
    if (auto softmax = dyn_cast<nn::SoftmaxOp>(op))
      return static_cast<int64_t>(softmax.getAxis()) != axis;
    return !isa<nn::ReshapeOp, nn::TransposeOp, nn::ReduceOp>(op);
  }

  /// Products of an input and a weight, and biases; what a window averages or compares.
  static int64_t connectionsOf(Operation &op) {
    int64_t outputs = elementsOf(op.getResult(0));
    auto product = [](ArrayRef<int64_t> extents) { return std::accumulate(extents.begin(), extents.end(), int64_t(1), std::multiplies<>()); };
    return llvm::TypeSwitch<Operation *, int64_t>(&op)
        .Case([&](nn::ConvOp conv) { return outputs * product(typeOf(conv.getFilter()).getShape().drop_back()); })
        .Case([&](nn::ConvInputGradOp conv) { return elementsOf(conv.getGradient()) * product(typeOf(conv.getFilter()).getShape().drop_back()); })
        .Case([&](nn::MatmulOp matmul) {
          ArrayRef<int64_t> shape = typeOf(matmul.getLhs()).getShape();
          int64_t depth = shape[shape.size() - (matmul.getTransposeLhs() ? 2 : 1)];
          return outputs * (ShapedType::isDynamic(depth) ? 1 : depth);
        })
        .Case([&](nn::PoolOp pool) { return outputs * product(pool.getSize()); })
        .Default([&](Operation *other) { return llvm::any_of(other->getOperands(), isParameter) ? outputs : 0; });
  }

  void count(Operation &op) {
    std::string name = op.getName().stripDialect().str();
    if (auto named = op.getLoc()->findInstanceOf<NameLoc>())
      name = named.getName().str();
    // A result that the model's body binds has that name; a parameter still says whose it is.
    for (Value operand : op.getOperands())
      if (std::string path = pathOf(operand); name.find('.') == std::string::npos && path.find('.') != std::string::npos)
        name = path;
    std::string layerName = name.substr(0, name.rfind('.') == std::string::npos ? name.size() : name.rfind('.'));
    bool isSingle = layerName == name;
    // Two ops named alike are two layers, unless a dot says that they are of one.
    auto key = StringAttr::get(function.getContext(), layerName);
    for (int i = 2; isSingle && layers.count(key); ++i)
      key = StringAttr::get(function.getContext(), layerName + " (" + std::to_string(i) + ")");
    auto [found, isNew] = layers.insert({key, Layer()});
    Layer &layer = found->second;
    if (isNew)
      layer.location = LocationAttr(op.getLoc());
    int64_t one = 0, two = 0;
    if (auto cost = dyn_cast<CostOpInterface>(op)) {
      one = cost.getFlops(1);
      two = cost.getFlops(2);
    }
    if (isNew || one > layer.weight) {
      layer.kind = op.getName().stripDialect().str();
      layer.weight = one;
    }
    layer.last = &op;
    layer.flops += 2 * one - two;
    layer.flopsForEach += two - one;
    layer.connections += connectionsOf(op);
    join(layer.view, views.lookup(op.getResult(0)));
    for (Value operand : op.getOperands())
      countParameter(operand, layer);
  }

  /// Of the parameter or state that the value is; empty: it is none.
  static std::string pathOf(Value value) {
    Operation *op = isParameter(value) ? value.getDefiningOp() : nullptr;
    if (auto parameter = dyn_cast_or_null<nn::ParameterOp>(op))
      return parameter.getPath().str();
    if (auto state = dyn_cast_or_null<nn::StateOp>(op))
      return state.getPath().str();
    return op ? pathOf(op->getOperand(0)) : std::string();
  }

  void countParameter(Value value, Layer &layer) {
    Operation *op = value.getDefiningOp();
    if (!op || !isParameter(value))
      return;
    if (auto parameter = dyn_cast<nn::ParameterOp>(op)) {
      if (known.insert(parameter.getPath()).second)
        layer.parameters += elementsOf(value);
      return;
    }
    if (op->getNumOperands())
      countParameter(op->getOperand(0), layer);
  }

  Attribute attribute(Builder &builder, StringAttr name, const Layer &layer) {
    SmallVector<int64_t> field;
    for (auto [sight, extent] : llvm::zip(layer.view, extents)) {
      auto size = static_cast<int64_t>(sight.field + 0.5);
      field.push_back(ShapedType::isDynamic(extent) ? size : std::min(size, extent));
    }
    Value output = layer.last->getResult(0);
    return builder.getDictionaryAttr({
        builder.getNamedAttr("name", name),
        builder.getNamedAttr("kind", builder.getStringAttr(layer.kind)),
        builder.getNamedAttr("type", TypeAttr::get(output.getType())),
        builder.getNamedAttr("parameters", builder.getI64IntegerAttr(layer.parameters)),
        builder.getNamedAttr("connections", builder.getI64IntegerAttr(layer.connections)),
        builder.getNamedAttr("flops", builder.getDenseI64ArrayAttr({layer.flops, layer.flopsForEach})),
        builder.getNamedAttr("field", builder.getDenseI64ArrayAttr(field)),
        builder.getNamedAttr("location", layer.location),
    });
  }

  func::FuncOp function;
  SmallVector<int64_t> extents; // of the input's spatial axes
  DenseMap<Value, View> views;
  llvm::MapVector<StringAttr, Layer> layers;
  llvm::StringSet<> known;
};

class DescribeLayersPass : public impl::DescribeLayersBase<DescribeLayersPass> {
  void runOnOperation() override {
    auto function = getOperation().lookupSymbol<func::FuncOp>("predict");
    if (!function || !function.getBody().hasOneBlock())
      return;
    getOperation()->setAttr("nn.layers", Describer(function).run());
  }
};

} // namespace
} // namespace argent
