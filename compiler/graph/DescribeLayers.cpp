//===- DescribeLayers.cpp - what a person calls the layers of a model -------===//
//   1. Walk @predict in order. The layer of an op is the call that its location carries: an instance by its path, an
//      operation by a path of its own ("gelu#3"), so that the ops that one is composed of are one layer. An op outside
//      of calls is a layer by itself; without such locations, the layer is the op's name, or the path of a parameter
//      that it reads, up to the last dot ("conv2d_1" of "conv2d_1.y"). Ops of one layer need not be neighbours.
//   2. For each, add up parameters, connections and FLOPs; the last op's result is the layer's output.
//      What stands in a loop counts once for each step.
//   3. Follow how much of the first input each value sees (DescribeFields.h).
//   4. Leave it as the module's attribute nn.layers, and what rules say of parameters as nn.settings; emission copies
//      them into the module's table.
#include "compiler/Passes.h"
#include "compiler/graph/DescribeFields.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_DESCRIBELAYERS
#include "compiler/Passes.h.inc"

namespace {

struct Layer {
  std::string name, kind;
  Operation *last = nullptr;
  LocationAttr location;
  int64_t weight = 0; // FLOPs of the op that gave the kind
  int64_t parameters = 0;
  SmallVector<Attribute> paths; // of those parameters
  Linear connections, flops;
  View view;
};

/// A parameter or state, perhaps with its elements at other places.
Operation *findDeclaration(Value value) {
  Operation *op = nn::ScanOp::getCapturedOrigin(value).getDefiningOp();
  while (op && op->hasTrait<Rearranging>() && op->getNumOperands() == 1)
    op = nn::ScanOp::getCapturedOrigin(op->getOperand(0)).getDefiningOp();
  return isa_and_nonnull<nn::ParameterOp, nn::StateOp>(op) ? op : nullptr;
}
bool isParameter(Value value) { return findDeclaration(value); }

class Describer {
public:
  explicit Describer(func::FuncOp function) : function_(function), fields_(function) {}

  ArrayAttr run() {
    countBlock(function_.front(), 1);
    Builder builder(function_.getContext());
    SmallVector<Attribute> list;
    llvm::StringSet<> names;
    for (auto &[key, layer] : layers_) {
      // Two that are named alike are two layers.
      std::string name = layer.name;
      for (int i = 2; !names.insert(name).second; ++i)
        name = layer.name + " (" + std::to_string(i) + ")";
      list.push_back(attribute(builder, builder.getStringAttr(name), layer));
    }
    return builder.getArrayAttr(list);
  }

private:
  void countBlock(Block &block, int64_t times) {
    for (Operation &op : block.without_terminator()) {
      if (auto scan = dyn_cast<nn::ScanOp>(op)) {
        countBlock(scan.getBody().front(), times * scan.getSteps());
        countLoop(scan);
        continue;
      }
      if (op.getNumResults() != 1 || !isa<RankedTensorType>(op.getResult(0).getType()))
        continue;
      if (op.getBlock() == &function_.front())
        fields_.follow(op);
      if (!isParameter(op.getResult(0)) && !op.hasTrait<OpTrait::ConstantLike>())
        count(op, times);
    }
  }

  /// A loop of a layer is the layer: what stands in it is counted already, and its first result is the layer's so far.
  void countLoop(nn::ScanOp scan) {
    if (scan.getNumResults() == 0 || !scan.getLoc()->findInstanceOf<FusedLocWith<DictionaryAttr>>())
      return;
    Layer &layer = count(*scan, /*times=*/0);
    if (scan.getLayer())
      layer.kind = scan.getLayer()->str();
  }

  /// Products of an input and a weight, and biases; what a window averages or compares.
  static Linear connectionsOf(Operation &op) {
    auto layer = dyn_cast<LayerOpInterface>(op);
    if (std::optional<Linear> own = layer ? layer.getConnections() : std::nullopt)
      return *own;
    return llvm::any_of(op.getOperands(), isParameter) ? nn::countElements(op.getResult(0).getType()).linear()
                                                       : Linear();
  }

  /// What an op is counted with: equal keys are one layer.
  struct Place {
    std::string key, name, kind; // kind: empty where that of the most costly op says it
  };

  Place placeOf(Operation &op) {
    std::string opName = op.getName().stripDialect().str(), name = opName;
    if (auto named = op.getLoc()->findInstanceOf<NameLoc>())
      name = named.getName().str();
    if (auto call = op.getLoc()->findInstanceOf<FusedLocWith<DictionaryAttr>>()) {
      StringRef path = call.getMetadata().getAs<StringAttr>("path"),
                kind = call.getMetadata().getAs<StringAttr>("call");
      auto [operation, number] = path.split('#');
      if (number.empty())
        return {path.str(), path.str(), kind.str()};
      // An operation has the name that its result is bound to, else its own.
      bool isBound = StringRef(name).rsplit('.').second != opName && name != opName;
      return {path.str(), isBound ? name : operation.str(), kind.str()};
    }
    auto layerOf = [](StringRef path) { return path.contains('.') ? path.rsplit('.').first : path; };
    // A result has the name that a body around its layer binds it to; a parameter still says whose it is.
    for (Value operand : op.getOperands())
      if (std::string path = pathOf(operand); StringRef(path).contains('.'))
        if (!StringRef(name).contains('.') || StringRef(path).starts_with(layerOf(name).str() + "."))
          name = path;
    std::string layer = layerOf(name).str();
    // A dot says that ops are of one layer.
    return {layer == name ? name + "#" + std::to_string(layers_.size()) : layer, layer, ""};
  }

  Layer &count(Operation &op, int64_t times) {
    Place place = placeOf(op);
    auto [found, isNew] = layers_.insert({StringAttr::get(function_.getContext(), place.key), Layer()});
    Layer &layer = found->second;
    if (isNew)
      layer.location = LocationAttr(op.getLoc());
    layer.name = place.name; // of the last op: the one whose result has a name
    Linear flops;
    if (auto cost = dyn_cast<CostOpInterface>(op))
      flops = times * cost.getFlops();
    if (isNew || flops.at(1) > layer.weight) {
      layer.kind = place.kind.empty() ? op.getName().stripDialect().str() : place.kind;
      layer.weight = flops.at(1);
    }
    layer.last = &op;
    layer.flops += flops;
    layer.connections += times * connectionsOf(op);
    if (op.getBlock() == &function_.front())
      Fields::join(layer.view, fields_.of(op.getResult(0)));
    for (Value operand : op.getOperands())
      countParameter(operand, layer);
    return layer;
  }

  /// Of the parameter or state that the value is; empty: it is none.
  static std::string pathOf(Value value) {
    Operation *op = findDeclaration(value);
    if (auto parameter = dyn_cast_or_null<nn::ParameterOp>(op))
      return parameter.getPath().str();
    if (auto state = dyn_cast_or_null<nn::StateOp>(op))
      return state.getPath().str();
    return {};
  }

  void countParameter(Value value, Layer &layer) {
    auto parameter = dyn_cast_or_null<nn::ParameterOp>(findDeclaration(value));
    if (!parameter || !known_.insert(parameter.getPath()).second)
      return;
    layer.parameters += parameter.getType().getNumElements();
    layer.paths.push_back(parameter.getPathAttr());
  }

  Attribute attribute(Builder &builder, StringAttr name, const Layer &layer) {
    Value output = layer.last->getResult(0);
    return builder.getDictionaryAttr({
        builder.getNamedAttr("name", name),
        builder.getNamedAttr("kind", builder.getStringAttr(layer.kind)),
        builder.getNamedAttr("type", TypeAttr::get(output.getType())),
        builder.getNamedAttr("parameters", builder.getI64IntegerAttr(layer.parameters)),
        builder.getNamedAttr("paths", builder.getArrayAttr(layer.paths)),
        builder.getNamedAttr("connections", builder.getI64IntegerAttr(layer.connections.at(1))),
        builder.getNamedAttr("flops", builder.getDenseI64ArrayAttr({layer.flops.constant, layer.flops.perBatch})),
        builder.getNamedAttr("field", builder.getDenseI64ArrayAttr(fields_.points(layer.view))),
        builder.getNamedAttr("location", layer.location),
    });
  }

  func::FuncOp function_;
  Fields fields_;
  llvm::MapVector<StringAttr, Layer> layers_;
  llvm::StringSet<> known_;
};

/// Path -> #nn.settings; null if no parameter has any.
DictionaryAttr settingsOfParameters(ModuleOp module) {
  llvm::MapVector<StringAttr, Attribute> settings;
  module.walk([&](nn::ParameterOp parameter) {
    if (auto own = parameter.getSettingsAttr())
      settings.insert({parameter.getPathAttr(), own});
  });
  SmallVector<NamedAttribute> named;
  for (auto &[path, own] : settings)
    named.emplace_back(path, own);
  return named.empty() ? DictionaryAttr() : DictionaryAttr::get(module.getContext(), named);
}

class DescribeLayersPass : public impl::DescribeLayersBase<DescribeLayersPass> {
  void runOnOperation() override {
    if (DictionaryAttr settings = settingsOfParameters(getOperation()))
      getOperation()->setAttr("nn.settings", settings);
    auto function = getOperation().lookupSymbol<func::FuncOp>("predict");
    if (!function || !function.getBody().hasOneBlock())
      return;
    getOperation()->setAttr("nn.layers", Describer(function).run());
  }
};

} // namespace
} // namespace argent
