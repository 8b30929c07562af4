//===- LineModule.cpp - tables for kernels/line.c ------------------------------------===//
#include "LineModule.h"

#include "runtime/CpuFeatures.h"
#include "test/runtime/TestModule.h"

#include <gtest/gtest.h>

namespace argent::test {

using namespace format;

namespace {

using Type = format::ElementType;
const Linear kN(0, 1);

Linear fixed(int64_t value) { return Linear(value, 0); }

std::unique_ptr<TensorTypeT> type(Type element, std::vector<Linear> dims) {
  auto result = std::make_unique<TensorTypeT>();
  result->element_type = element;
  result->dims = std::move(dims);
  return result;
}

/// An entry point with its program, built side by side: each port has a view of all of it.
struct Entry {
  std::unique_ptr<EntryPointT> entry = std::make_unique<EntryPointT>();
  std::unique_ptr<ProgramT> program = std::make_unique<ProgramT>();

  explicit Entry(const char *name) {
    entry->name = name;
    program->name = name;
  }
  void view(ViewBase base, uint32_t index, Type element, std::vector<Linear> extents) {
    auto view = std::make_unique<ViewT>();
    view->base = base;
    view->index = index;
    view->offset = std::make_unique<Linear>(0, 0);
    view->element_type = element;
    int64_t stride = 1;
    for (size_t i = extents.size(); i-- > 0; stride *= extents[i].constant())
      view->strides.insert(view->strides.begin(), fixed(stride));
    view->extents = std::move(extents);
    program->views.push_back(std::move(view));
  }
  PortT &port(bool input, const char *name, Type element, std::vector<Linear> dims) {
    auto &ports = input ? entry->inputs : entry->outputs;
    view(input ? ViewBase::input : ViewBase::output, static_cast<uint32_t>(ports.size()), element, dims);
    auto port = std::make_unique<PortT>();
    port->name = name;
    port->type = type(element, std::move(dims));
    ports.push_back(std::move(port));
    return *ports.back();
  }
  void image() {
    PortT &image = port(true, "image", Type::f32, {kN, fixed(2), fixed(2), fixed(1)});
    image.preprocessing = std::make_unique<PreprocessingT>();
    image.preprocessing->source = "image";
  }
  void label() {
    PortT &label = port(true, "label", Type::i32, {kN});
    label.range = std::make_unique<ValueRangeT>();
    label.range->high = 1;
  }
  void arena(uint32_t index) { view(ViewBase::arena, index, Type::f32, {fixed(4), fixed(2)}); }
  void launch(uint32_t kernel) {
    LaunchT step;
    step.choices.push_back(std::make_unique<ChoiceT>());
    step.choices.back()->kernel = kernel;
    for (uint32_t i = 0; i < program->views.size(); ++i)
      step.views.push_back(i);
    auto instruction = std::make_unique<InstructionT>();
    instruction->step.Set(std::move(step));
    program->instructions.push_back(std::move(instruction));
  }
};

void addCopy(VariantT &variant, const char *name, uint32_t fromArena, uint32_t toArena) {
  Entry entry(name);
  entry.arena(fromArena);
  entry.arena(toArena);
  CopyT copy;
  copy.from = 0;
  copy.to = 1;
  auto instruction = std::make_unique<InstructionT>();
  instruction->step.Set(std::move(copy));
  entry.program->instructions.push_back(std::move(instruction));
  variant.programs.push_back(std::move(entry.program));
}

} // namespace

std::string lineModuleFile() {
  std::string image = readImage("line");
  ModuleT module;
  module.name = "line";
  module.source = "# a linear model\nmodel line(image: f32[N, 2, 2, 1] from image()) -> (logits: f32[N, 2]) {\n    "
                  "logits = image |> dense(2)\n}\n";
  module.source_file = "line.ag";
  auto parameter = std::make_unique<ParameterT>();
  parameter->path = "dense_1.weight";
  parameter->type = type(Type::f32, {fixed(4), fixed(2)});
  parameter->initializer = std::make_unique<InitializerT>();
  parameter->initializer->kind = InitializerKind::glorot_uniform;
  parameter->location = std::make_unique<SourceLocationT>();
  parameter->location->file = "line.ag";
  parameter->location->line = 3;
  parameter->location->column = 23;
  module.parameters.push_back(std::move(parameter));
  module.training = std::make_unique<TrainingT>();
  module.training->batch = 16;
  module.training->epochs = 3;
  module.training->totals.assign(3, TotalKind::sum);
  module.training->metrics = {"accuracy"};
  module.training->moment_count = 1;

  auto variant = std::make_unique<VariantT>();
  variant->architecture = std::string(hostArchitecture());
  variant->target = variant->architecture + "-linux";
  for (ArenaKind kind : {ArenaKind::parameters, ArenaKind::gradients, ArenaKind::moments, ArenaKind::logical}) {
    auto arena = std::make_unique<ArenaT>();
    arena->kind = kind;
    arena->bytes = std::make_unique<Linear>(64, 0);
    variant->arenas.push_back(std::move(arena));
  }
  auto placement = std::make_unique<PlacementT>();
  placement->bytes = placement->logical_bytes = 32;
  variant->placements.push_back(std::move(placement));
  for (const char *symbol : {"predict", "evaluate", "train", "metrics"}) {
    auto kernel = std::make_unique<KernelT>();
    kernel->symbol = symbol;
    kernel->name = symbol;
    kernel->image_offset = symbolAddress(image, symbol);
    kernel->code_bytes = 1;
    kernel->flops = std::make_unique<Linear>(0, 16);
    variant->kernels.push_back(std::move(kernel));
  }

  Entry predict("predict"), evaluate("evaluate"), train("train_step"), metrics("metrics");
  predict.image();
  predict.arena(0);
  predict.port(false, "logits", Type::f32, {kN, fixed(2)});
  evaluate.image();
  evaluate.label();
  evaluate.arena(0);
  evaluate.port(false, "totals", Type::f32, {fixed(3)});
  train.image();
  train.label();
  train.port(true, "epoch", Type::f32, {});
  train.port(true, "update", Type::f32, {});
  train.port(true, "@rate_scale", Type::f32, {});
  for (uint32_t arena : {0u, 1u, 2u})
    train.arena(arena);
  train.port(false, "loss", Type::f32, {});
  train.port(false, "gradient_norm", Type::f32, {});
  train.port(false, "totals", Type::f32, {fixed(3)});
  metrics.port(true, "totals", Type::f64, {fixed(3)});
  metrics.port(false, "loss", Type::f64, {});
  metrics.port(false, "accuracy", Type::f64, {});
  uint32_t kernel = 0;
  for (Entry *entry : {&predict, &evaluate, &train, &metrics}) {
    entry->launch(kernel++);
    module.entries.push_back(std::move(entry->entry));
    variant->programs.push_back(std::move(entry->program));
  }
  addCopy(*variant, "pack", 3, 0);
  addCopy(*variant, "unpack", 0, 3);
  module.variants.push_back(std::move(variant));
  return moduleFile(module, image);
}

std::shared_ptr<const argent::Module> lineModule() {
  std::shared_ptr<const argent::Module> opened;
  Status status = argent::Module::open(lineModuleFile(), "line.agb", opened);
  EXPECT_TRUE(status.ok()) << status.message();
  return opened;
}

} // namespace argent::test
