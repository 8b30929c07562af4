//===- ModuleAttributes.cpp - what a frontend writes on module and ports ---===//
// Checks nn.name, nn.from, nn.range, nn.metric, nn.total, nn.probe… and nn.location on ports, nn.model, nn.source,
// nn.imports, nn.compile_settings, nn.training and what passes leave on the module, and, because the module is where
// they meet, that equal paths are one parameter or state.
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"
#include "dialects/nn/Probes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace argent::nn;

/// Equal paths have equal types, initializers, settings and layouts.
static LogicalResult verifyPaths(ModuleOp module) {
  llvm::StringMap<Operation *> firsts;
  WalkResult result = module.walk([&](Operation *op) {
    if (!isa<ParameterOp, StateOp>(op))
      return WalkResult::advance();
    auto path = op->getAttrOfType<StringAttr>("path");
    if (!path)
      return WalkResult::advance();
    auto [first, isNew] = firsts.try_emplace(path.getValue(), op);
    Operation *other = first->second;
    if (isNew)
      return WalkResult::advance();
    auto differ = [&](StringRef what, auto here, auto there) {
      InFlightDiagnostic error = op->emitOpError();
      error << "\"" << path.getValue() << "\" has the " << what << " " << here << " here and " << there << " elsewhere";
      error.attachNote(other->getLoc()) << "the other declaration";
      return WalkResult::interrupt();
    };
    if (op->getName() != other->getName())
      return differ("kind", op->getName().getStringRef(), other->getName().getStringRef());
    if (op->getResult(0).getType() != other->getResult(0).getType())
      return differ("type", op->getResult(0).getType(), other->getResult(0).getType());
    for (StringRef name : {"init", "settings", "layout"})
      if (op->getAttr(name) != other->getAttr(name))
        return differ(name == "init" ? "initializer" : name, op->getAttr(name), other->getAttr(name));
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

static LogicalResult verifyTraining(Operation *op, Attribute value) {
  auto training = dyn_cast<DictionaryAttr>(value);
  if (!training)
    return op->emitOpError() << "nn.training is a dictionary, found " << value;
  for (StringRef name : {"batch", "epochs"}) {
    auto number = training.getAs<IntegerAttr>(name);
    int64_t least = name == "batch" ? 1 : 0;
    if (!number || number.getInt() < least)
      return op->emitOpError() << "nn.training needs the integer '" << name << "', at least " << least;
  }
  auto metrics = training.getAs<ArrayAttr>("metrics");
  if (!metrics || !llvm::all_of(metrics, llvm::IsaPred<StringAttr>))
    return op->emitOpError() << "nn.training needs the list of strings 'metrics'";
  return success();
}

/// What --nn-describe-layers leaves.
static LogicalResult verifyLayers(Operation *op, Attribute value) {
  auto isLayer = [](Attribute entry) {
    auto layer = dyn_cast<DictionaryAttr>(entry);
    if (!layer)
      return false;
    auto type = layer.getAs<TypeAttr>("type");
    auto flops = layer.getAs<DenseI64ArrayAttr>("flops");
    return type && isa<RankedTensorType>(type.getValue()) && flops && flops.size() == 2 &&
           layer.getAs<DenseI64ArrayAttr>("field") && layer.getAs<StringAttr>("name") &&
           layer.getAs<StringAttr>("kind") && layer.getAs<IntegerAttr>("parameters") &&
           layer.getAs<ArrayAttr>("paths") && layer.getAs<IntegerAttr>("connections");
  };
  auto layers = dyn_cast<ArrayAttr>(value);
  if (!layers || !llvm::all_of(layers, isLayer))
    return op->emitOpError() << "nn.layers is a list of what --nn-describe-layers says of each layer";
  return success();
}

LogicalResult NNDialect::verifyOperationAttribute(Operation *op, NamedAttribute attribute) {
  StringRef name = attribute.getName();
  if (!isa<ModuleOp>(op))
    return op->emitOpError() << name << " stands on a module or a port";
  if (name == "nn.training")
    return verifyTraining(op, attribute.getValue());
  if (name == "nn.layers")
    return verifyLayers(op, attribute.getValue());
  if (name == "nn.gradient_report")
    return isa<UnitAttr>(attribute.getValue())
               ? success()
               : op->emitOpError() << name << " stands alone, found " << attribute.getValue();
  if (name == "nn.settings") {
    auto settings = dyn_cast<DictionaryAttr>(attribute.getValue());
    if (!settings ||
        !llvm::all_of(settings, [](NamedAttribute parameter) { return isa<SettingsAttr>(parameter.getValue()); }))
      return op->emitOpError() << "nn.settings is a dictionary from paths to #nn.settings, found "
                               << attribute.getValue();
    return success();
  }
  if (name == "nn.model" || name == "nn.source" || name == "nn.source_file") {
    if (!isa<StringAttr>(attribute.getValue()))
      return op->emitOpError() << name << " is a string, found " << attribute.getValue();
    return name == "nn.model" ? verifyPaths(cast<ModuleOp>(op)) : success();
  }
  if (name == "nn.imports" || name == "nn.compile_settings") {
    auto texts = dyn_cast<DictionaryAttr>(attribute.getValue());
    if (!texts || !llvm::all_of(texts, [](NamedAttribute text) { return isa<StringAttr>(text.getValue()); }))
      return op->emitOpError() << name << " is a dictionary of texts, found " << attribute.getValue();
    return success();
  }
  return op->emitOpError() << "unknown module attribute " << name
                           << ", expected nn.model, nn.source, nn.source_file, nn.imports, nn.compile_settings, "
                              "nn.training, nn.layers, nn.settings or nn.gradient_report";
}

/// One attribute of a port. `type` is the port's.
static LogicalResult verifyPort(Operation *op, const Twine &port, Type type, bool isInput, NamedAttribute attribute) {
  StringRef name = attribute.getName();
  Attribute value = attribute.getValue();
  auto error = [&] { return op->emitOpError() << port << ": "; };
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return error() << name << " stands on a tensor, found " << type;
  if (name == "nn.name") {
    auto text = dyn_cast<StringAttr>(value);
    if (!text || text.empty())
      return error() << "nn.name is a string that is not empty, found " << value;
    return success();
  }
  if (name == "nn.from" && isInput) {
    auto from = dyn_cast<DictionaryAttr>(value);
    if (!from || !from.getAs<StringAttr>("source"))
      return error() << "nn.from is a dictionary with the string 'source', found " << value;
    return success();
  }
  if (name == "nn.range" && isInput) {
    auto range = dyn_cast<ArrayAttr>(value);
    auto number = [&](unsigned i) { return dyn_cast<IntegerAttr>(range[i]); };
    if (!range || range.size() != 2 || !number(0) || !number(1) || number(0).getInt() > number(1).getInt())
      return error() << "nn.range is [low, high], both inclusive, found " << value;
    if (!tensor.getElementType().isInteger())
      return error() << "nn.range stands on integers, found " << type;
    return success();
  }
  if (name == "nn.total" && !isInput) {
    if (!isa<TotalKindAttr>(value))
      return error() << "nn.total is #nn.total<sum>, <max> or <min>, found " << value;
    if (tensor.getRank() != 0)
      return error() << "a total is a scalar, found " << type;
    return success();
  }
  if (name == "nn.metric" && !isInput) {
    if (!isa<UnitAttr>(value))
      return error() << "nn.metric has no value, found " << value;
    if (tensor.getRank() != 0 || !tensor.getElementType().isF32())
      return error() << "a metric is tensor<f32>, found " << type;
    return success();
  }
  if (name == kProbe) {
    auto text = dyn_cast<StringAttr>(value);
    if (!text || text.empty())
      return error() << kProbe << " is the name of what is probed, found " << value;
    return success();
  }
  if (name == kProbeLoops && isInput) {
    auto loops = dyn_cast<IntegerAttr>(value);
    if (!loops || loops.getInt() < 1 || loops.getInt() >= tensor.getRank())
      return error() << kProbeLoops << " is how many of the dimensions behind the first are steps, found " << value;
    return success();
  }
  if (name == kProbeReverse && isInput) {
    if (!isa<UnitAttr>(value))
      return error() << kProbeReverse << " has no value, found " << value;
    return success();
  }
  if (name == "nn.location" && !isInput) {
    if (!isa<LocationAttr>(value))
      return error() << "nn.location is a place in the source, found " << value;
    return success();
  }
  return error() << "unknown " << (isInput ? "input" : "output") << " attribute " << name << ", expected nn.name, "
                 << (isInput ? "nn.from, nn.range, nn.probe, nn.probe_loops or nn.probe_reverse"
                             : "nn.metric, nn.total, nn.probe or nn.location");
}

LogicalResult NNDialect::verifyRegionArgAttribute(Operation *op, unsigned, unsigned index, NamedAttribute attribute) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitOpError() << attribute.getName() << " stands on a function's argument";
  Type type = function.getArgumentTypes()[index];
  if (attribute.getName() == "nn.name" && attribute.getValue() == StringAttr::get(op->getContext(), "@random")) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || tensor.getShape() != ArrayRef<int64_t>(4) || !tensor.getElementType().isInteger(32))
      return op->emitOpError() << "argument " << index << ": the seed \"@random\" is tensor<4xi32>, found " << type;
    if (index + 1 != function.getNumArguments())
      return op->emitOpError() << "argument " << index << ": the seed \"@random\" is the last argument";
  }
  if (attribute.getName() == kProbe && !function.getArgAttr(index, kProbeLoops))
    return op->emitOpError() << "argument " << index << ": a probe says how many loops cut it, " << kProbeLoops;
  return verifyPort(op, "argument " + Twine(index), type, true, attribute);
}

LogicalResult NNDialect::verifyRegionResultAttribute(Operation *op, unsigned, unsigned index,
                                                     NamedAttribute attribute) {
  auto function = dyn_cast<FunctionOpInterface>(op);
  if (!function)
    return op->emitOpError() << attribute.getName() << " stands on a function's result";
  if (attribute.getName() == "nn.metric" && !function.getResultAttr(index, "nn.name"))
    return op->emitOpError() << "result " << index << ": a metric has a name, nn.name";
  if (attribute.getName() == "nn.name" && attribute.getValue() == StringAttr::get(op->getContext(), "totals") &&
      !function.getResultAttr(index, "nn.total"))
    return op->emitOpError() << "result " << index << ": totals say how they are combined, by nn.total";
  return verifyPort(op, "result " + Twine(index), function.getResultTypes()[index], false, attribute);
}
