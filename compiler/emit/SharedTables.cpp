//===- SharedTables.cpp - the part of a module that all targets share ------===//
#include "compiler/emit/SharedTables.h"

#include "dialects/plan/Plan.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Config/llvm-config.h"

using namespace mlir;

namespace argent {

std::vector<std::unique_ptr<format::SourceLocationT>> sourceLocations(Location location) {
  std::vector<std::unique_ptr<format::SourceLocationT>> found;
  location->walk([&](Location part) {
    auto file = dyn_cast<FileLineColRange>(part);
    if (!file)
      return WalkResult::advance();
    bool known = llvm::any_of(found, [&](auto &other) {
      return other->file == file.getFilename().getValue() && other->line == file.getStartLine() &&
             other->column == file.getStartColumn();
    });
    if (!known) {
      auto entry = std::make_unique<format::SourceLocationT>();
      entry->file = file.getFilename().str();
      entry->line = file.getStartLine();
      entry->column = file.getStartColumn();
      found.push_back(std::move(entry));
    }
    return WalkResult::advance();
  });
  return found;
}

std::unique_ptr<format::SourceLocationT> sourceLocation(Location location) {
  auto all = sourceLocations(location);
  return all.empty() ? nullptr : std::move(all.front());
}

std::optional<format::ElementType> elementType(Type type) {
  if (type.isF32())
    return format::ElementType::f32;
  if (type.isF64())
    return format::ElementType::f64;
  if (type.isF16())
    return format::ElementType::f16;
  if (type.isBF16())
    return format::ElementType::bf16;
  if (type.isInteger(32))
    return format::ElementType::i32;
  if (type.isInteger(64))
    return format::ElementType::i64;
  if (type.isInteger(8))
    return format::ElementType::u8;
  if (type.isInteger(1))
    return format::ElementType::boolean;
  return std::nullopt;
}

FailureOr<std::unique_ptr<format::TensorTypeT>> tensorType(Operation *op, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  auto made = std::make_unique<format::TensorTypeT>();
  std::optional<format::ElementType> element = elementType(tensor.getElementType());
  if (!element)
    return op->emitError() << "a module cannot hold " << type;
  made->element_type = *element;
  auto batch = dyn_cast_or_null<nn::BatchAttr>(tensor.getEncoding());
  for (auto [d, extent] : llvm::enumerate(tensor.getShape()))
    made->dims.push_back(ShapedType::isDynamic(extent) ? format::Linear(0, batch ? batch.getFactors()[d] : 1)
                                                       : format::Linear(extent, 0));
  return made;
}

/// `from = {source = "image", mean = [0.286]}`: the source's name, then its arguments.
static std::unique_ptr<format::PreprocessingT> preprocessing(DictionaryAttr from) {
  auto made = std::make_unique<format::PreprocessingT>();
  for (NamedAttribute entry : from) {
    if (entry.getName() == "source") {
      made->source = cast<StringAttr>(entry.getValue()).str();
      continue;
    }
    auto argument = std::make_unique<format::ArgumentT>();
    argument->name = entry.getName().str();
    auto add = [&](Attribute value) {
      if (auto number = dyn_cast<FloatAttr>(value))
        argument->numbers.push_back(number.getValueAsDouble());
      else if (auto flag = dyn_cast<BoolAttr>(value))
        argument->numbers.push_back(flag.getValue());
      else if (auto integer = dyn_cast<IntegerAttr>(value))
        argument->numbers.push_back(integer.getInt());
      else if (auto text = dyn_cast<StringAttr>(value))
        argument->strings.push_back(text.str());
    };
    if (auto list = dyn_cast<ArrayAttr>(entry.getValue()))
      llvm::for_each(list, add);
    else
      add(entry.getValue());
    made->arguments.push_back(std::move(argument));
  }
  return made;
}

static LogicalResult fillPorts(plan::ProgramOp program, ArrayAttr ports,
                               std::vector<std::unique_ptr<format::PortT>> &made) {
  for (auto dictionary : ports.getAsRange<DictionaryAttr>()) {
    auto port = std::make_unique<format::PortT>();
    port->name = dictionary.getAs<StringAttr>("name").str();
    auto type = tensorType(program, dictionary.getAs<TypeAttr>("type").getValue());
    if (failed(type))
      return failure();
    port->type = std::move(*type);
    if (auto range = dictionary.getAs<ArrayAttr>("range")) {
      port->range = std::make_unique<format::ValueRangeT>();
      port->range->low = cast<IntegerAttr>(range[0]).getInt();
      port->range->high = cast<IntegerAttr>(range[1]).getInt();
    }
    if (auto from = dictionary.getAs<DictionaryAttr>("from"))
      port->preprocessing = preprocessing(from);
    if (auto place = dictionary.getAs<LocationAttr>("location"))
      port->location = sourceLocation(Location(place));
    made.push_back(std::move(port));
  }
  return success();
}

static format::InitializerKind initializerKind(nn::InitializerKind kind) {
  switch (kind) {
  case nn::InitializerKind::constant:
    return format::InitializerKind::constant;
  case nn::InitializerKind::uniform:
    return format::InitializerKind::uniform;
  case nn::InitializerKind::normal:
    return format::InitializerKind::normal;
  case nn::InitializerKind::glorot_uniform:
    return format::InitializerKind::glorot_uniform;
  case nn::InitializerKind::glorot_normal:
    return format::InitializerKind::glorot_normal;
  case nn::InitializerKind::he_uniform:
    return format::InitializerKind::he_uniform;
  case nn::InitializerKind::he_normal:
    return format::InitializerKind::he_normal;
  case nn::InitializerKind::orthogonal:
    return format::InitializerKind::orthogonal;
  }
  llvm_unreachable("all kinds are listed");
}

std::unique_ptr<format::InitializerT> initializer(nn::InitializerAttr init) {
  auto made = std::make_unique<format::InitializerT>();
  made->kind = initializerKind(init.getKind());
  made->a = init.getA().convertToDouble();
  made->b = init.getB().convertToDouble();
  if (nn::WordVectorsAttr vectors = init.getVectors()) {
    made->vectors = std::make_unique<format::WordVectorsT>();
    made->vectors->file = vectors.getFile().str();
    made->vectors->vocabulary = vectors.getVocabulary().str();
  }
  return made;
}

static format::TotalKind formatKind(nn::TotalKind kind) {
  switch (kind) {
  case nn::TotalKind::sum:
    return format::TotalKind::sum;
  case nn::TotalKind::max:
    return format::TotalKind::max;
  case nn::TotalKind::min:
    return format::TotalKind::min;
  }
  llvm_unreachable("there are no other kinds");
}

static LogicalResult fillTraining(ModuleOp module, format::ModuleT &table) {
  auto training = module->getAttrOfType<DictionaryAttr>("nn.training");
  if (!training)
    return success();
  table.training = std::make_unique<format::TrainingT>();
  table.training->batch = training.getAs<IntegerAttr>("batch").getInt();
  table.training->epochs = training.getAs<IntegerAttr>("epochs").getInt();
  for (auto metric : training.getAs<ArrayAttr>("metrics").getAsRange<StringAttr>())
    table.training->metrics.push_back(metric.str());
  for (auto program : module.getOps<plan::ProgramOp>())
    if (program.getSymName() == "evaluate")
      for (auto port : program.getOutputs().getAsRange<DictionaryAttr>())
        if (auto kinds = port.getAs<ArrayAttr>("total"))
          for (auto kind : kinds.getAsRange<nn::TotalKindAttr>())
            table.training->totals.push_back(formatKind(kind.getValue()));
  for (auto arena : module.getOps<plan::ArenaOp>())
    if (arena.getKind() == nn::ArenaKind::moments)
      ++table.training->moment_count;
  return success();
}

/// Of a module for gradient reports, in which layer each parameter is.
static void fillParameterLayers(ModuleOp module, format::ModuleT &table) {
  if (!table.training || !module->hasAttr("nn.gradient_report"))
    return;
  llvm::StringMap<uint32_t> layerOf;
  if (auto layers = module->getAttrOfType<ArrayAttr>("nn.layers"))
    for (auto [i, layer] : llvm::enumerate(layers.getAsRange<DictionaryAttr>()))
      for (auto path : layer.getAs<ArrayAttr>("paths").getAsRange<StringAttr>())
        layerOf.try_emplace(path, i);
  for (const auto &parameter : table.parameters) {
    auto found = layerOf.find(parameter->path);
    table.training->parameter_layers.push_back(found == layerOf.end() ? table.layers.size() : found->second);
  }
}

/// nn.layers, as --nn-describe-layers leaves it.
static LogicalResult fillLayers(ModuleOp module, format::ModuleT &table) {
  auto layers = module->getAttrOfType<ArrayAttr>("nn.layers");
  if (!layers)
    return success();
  for (auto layer : layers.getAsRange<DictionaryAttr>()) {
    auto made = std::make_unique<format::LayerT>();
    made->name = layer.getAs<StringAttr>("name").str();
    made->kind = layer.getAs<StringAttr>("kind").str();
    auto type = tensorType(module, layer.getAs<TypeAttr>("type").getValue());
    if (failed(type))
      return failure();
    made->output = std::move(*type);
    made->parameters = layer.getAs<IntegerAttr>("parameters").getInt();
    made->connections = layer.getAs<IntegerAttr>("connections").getInt();
    ArrayRef<int64_t> flops = layer.getAs<DenseI64ArrayAttr>("flops");
    made->flops = std::make_unique<format::Linear>(flops[0], flops[1]);
    for (int64_t extent : layer.getAs<DenseI64ArrayAttr>("field").asArrayRef())
      made->field.push_back(extent);
    if (auto location = layer.getAs<LocationAttr>("location"))
      made->location = sourceLocation(Location(location));
    table.layers.push_back(std::move(made));
  }
  return success();
}

LogicalResult fillShared(ModuleOp module, format::ModuleT &table) {
  auto text = [&](StringRef name) {
    auto value = module->getAttrOfType<StringAttr>(name);
    return value ? value.str() : std::string();
  };
  table.name = text("nn.model");
  table.source = text("nn.source");
  table.source_file = text("nn.source_file");
  if (auto imports = module->getAttrOfType<DictionaryAttr>("nn.imports"))
    for (NamedAttribute import : imports) {
      auto file = std::make_unique<format::SourceTextT>();
      file->file = import.getName().str();
      file->text = cast<StringAttr>(import.getValue()).str();
      table.imports.push_back(std::move(file));
    }
  if (auto settings = module->getAttrOfType<DictionaryAttr>("nn.compile_settings"))
    for (NamedAttribute setting : settings) {
      auto made = std::make_unique<format::CompileSettingT>();
      made->name = setting.getName().str();
      made->value = cast<StringAttr>(setting.getValue()).str();
      table.compile_settings.push_back(std::move(made));
    }
  table.producer = "Argent 0.1.0, Halide 21, LLVM " LLVM_VERSION_STRING;
  for (auto program : module.getOps<plan::ProgramOp>()) {
    if (program.getSymName() == "pack" || program.getSymName() == "unpack")
      continue;
    auto entry = std::make_unique<format::EntryPointT>();
    entry->name = program.getSymName().str();
    entry->location = sourceLocation(program.getLoc());
    if (failed(fillPorts(program, program.getInputs(), entry->inputs)) ||
        failed(fillPorts(program, program.getOutputs(), entry->outputs)))
      return failure();
    table.entries.push_back(std::move(entry));
  }
  auto settings = module->getAttrOfType<DictionaryAttr>("nn.settings");
  for (auto parameter : module.getOps<plan::ParameterOp>()) {
    auto made = std::make_unique<format::ParameterT>();
    made->path = parameter.getPath().str();
    auto type = tensorType(parameter, parameter.getType());
    if (failed(type))
      return failure();
    made->type = std::move(*type);
    made->initializer = initializer(parameter.getInit());
    made->trained = parameter.getTrained();
    made->location = sourceLocation(parameter.getLoc());
    if (auto own = settings ? settings.getAs<nn::SettingsAttr>(parameter.getPath()) : nullptr) {
      made->settings = std::make_unique<format::SettingsT>();
      made->settings->decay = own.getDecay().convertToDouble();
      made->settings->rate = own.getRate().convertToDouble();
      made->settings->max_norm = own.getMaxNorm().convertToDouble();
      made->settings->frozen = own.getFrozen();
    }
    table.parameters.push_back(std::move(made));
  }
  if (failed(fillLayers(module, table)) || failed(fillTraining(module, table)))
    return failure();
  fillParameterLayers(module, table);
  return success();
}

} // namespace argent
