//===- TestModule.cpp - small modules made by hand -------------------------===//
#include "TestModule.h"
#include "runtime/Checksum.h"
#include "runtime/CpuFeatures.h"
#include "runtime/KernelContext.h"
#include "runtime/ModuleFile.h"
#include "runtime/ModuleFormat.h"

#include <cstring>
#include <elf.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace argent::test {

using namespace format;

std::string readImage(const std::string &name) {
  std::ifstream stream(std::string(ARGENT_TEST_IMAGES) + "/" + name + ".so", std::ios::binary);
  EXPECT_TRUE(stream.good()) << name;
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

uint64_t symbolAddress(const std::string &image, const std::string &symbol) {
  Elf64_Ehdr header;
  std::memcpy(&header, image.data(), sizeof header);
  auto section = [&](size_t i) {
    Elf64_Shdr result;
    std::memcpy(&result, image.data() + header.e_shoff + i * sizeof result, sizeof result);
    return result;
  };
  for (size_t i = 0; i < header.e_shnum; ++i) {
    Elf64_Shdr table = section(i);
    if (table.sh_type != SHT_DYNSYM)
      continue;
    Elf64_Shdr strings = section(table.sh_link);
    for (size_t offset = 0; offset < table.sh_size; offset += sizeof(Elf64_Sym)) {
      Elf64_Sym entry;
      std::memcpy(&entry, image.data() + table.sh_offset + offset, sizeof entry);
      if (image.c_str() + strings.sh_offset + entry.st_name == symbol)
        return entry.st_value;
    }
  }
  ADD_FAILURE() << "no symbol " << symbol;
  return 0;
}

void seal(std::string &file) {
  Digest digest = moduleChecksum(file);
  std::memcpy(file.data() + kChecksumOffset, digest.data(), digest.size());
}

std::string moduleFile(ModuleT &module, const std::string &image, const std::string &constants) {
  return argent::moduleFile(module, std::vector<VariantBlobs>{{image, constants}});
}

namespace {

const Linear kN(0, 1);

Linear constant(int64_t value) { return Linear(value, 0); }

std::unique_ptr<TensorTypeT> type(format::ElementType element, std::vector<Linear> dims) {
  auto result = std::make_unique<TensorTypeT>();
  result->element_type = element;
  result->dims = std::move(dims);
  return result;
}

std::unique_ptr<PortT> port(const std::string &name, format::ElementType element, std::vector<Linear> dims) {
  auto result = std::make_unique<PortT>();
  result->name = name;
  result->type = type(element, std::move(dims));
  return result;
}

std::unique_ptr<ParameterT> parameter(const std::string &path, int64_t elements, bool trained, double value) {
  auto result = std::make_unique<ParameterT>();
  result->path = path;
  result->type = type(format::ElementType::f32, {constant(elements)});
  result->trained = trained;
  result->initializer = std::make_unique<InitializerT>();
  result->initializer->a = value;
  return result;
}

std::unique_ptr<ArenaT> arena(ArenaKind kind, Linear bytes) {
  auto result = std::make_unique<ArenaT>();
  result->kind = kind;
  result->bytes = std::make_unique<Linear>(bytes);
  return result;
}

std::unique_ptr<ViewT> view(ViewBase base, uint32_t index, int64_t offset, std::vector<Linear> extents,
                            std::vector<Linear> strides) {
  auto result = std::make_unique<ViewT>();
  result->base = base;
  result->index = index;
  result->offset = std::make_unique<Linear>(offset, 0);
  result->extents = std::move(extents);
  result->strides = std::move(strides);
  return result;
}

std::unique_ptr<KernelT> kernel(const std::string &image, const std::string &symbol) {
  auto result = std::make_unique<KernelT>();
  result->symbol = symbol;
  result->name = symbol + " kernel";
  result->image_offset = symbolAddress(image, symbol);
  result->code_bytes = 1;
  auto location = std::make_unique<SourceLocationT>();
  location->file = "model.ag";
  location->line = 3;
  location->column = 5;
  result->locations.push_back(std::move(location));
  return result;
}

template <typename T> std::unique_ptr<InstructionT> instruction(T step) {
  auto result = std::make_unique<InstructionT>();
  result->step.Set(std::move(step));
  return result;
}

std::unique_ptr<InstructionT> launch(std::vector<std::pair<uint32_t, uint32_t>> choices, std::vector<uint32_t> views) {
  LaunchT step;
  for (auto [kernel, minBatch] : choices) {
    step.choices.push_back(std::make_unique<ChoiceT>());
    step.choices.back()->kernel = kernel;
    step.choices.back()->min_batch = minBatch;
  }
  step.views = std::move(views);
  return instruction(std::move(step));
}

std::unique_ptr<InstructionT> copy(uint32_t from, uint32_t to) {
  CopyT step;
  step.from = from;
  step.to = to;
  return instruction(std::move(step));
}

std::unique_ptr<PlacementT> placement(uint64_t offset, uint64_t bytes, uint64_t logical) {
  auto result = std::make_unique<PlacementT>();
  result->offset = offset;
  result->bytes = bytes;
  result->logical_offset = logical;
  result->logical_bytes = bytes;
  return result;
}

std::unique_ptr<VariantT> hostVariantTable() {
  auto variant = std::make_unique<VariantT>();
  variant->architecture = std::string(hostArchitecture());
  variant->target = variant->architecture + "-linux";
  return variant;
}

} // namespace

ModuleT adderModule(const std::string &image) {
  ModuleT module;
  module.name = "adder";
  for (const char *name : {"predict", "broken", "train_step"}) {
    auto entry = std::make_unique<EntryPointT>();
    entry->name = name;
    entry->inputs.push_back(port("x", format::ElementType::f32, {kN, constant(4)}));
    module.entries.push_back(std::move(entry));
  }
  module.entries[0]->inputs.push_back(port("index", format::ElementType::i32, {kN, constant(2)}));
  module.entries[0]->inputs[1]->range = std::make_unique<ValueRangeT>();
  module.entries[0]->inputs[1]->range->high = 9;
  module.entries[0]->outputs.push_back(port("y", format::ElementType::f32, {kN, constant(4)}));
  module.entries[2]->outputs.push_back(port("loss", format::ElementType::f32, {}));
  module.parameters.push_back(parameter("s", 13, false, 2));
  module.parameters.push_back(parameter("w", 4, true, 0.5));
  module.training = std::make_unique<TrainingT>();
  module.training->batch = 4;
  module.training->moment_count = 1;

  auto variant = hostVariantTable();
  variant->arenas.push_back(arena(ArenaKind::parameters, constant(64)));   // 0: w at 16
  variant->arenas.push_back(arena(ArenaKind::states, constant(64)));       // 1
  variant->arenas.push_back(arena(ArenaKind::logical, constant(128)));     // 2: s at 0, w at 64
  variant->arenas.push_back(arena(ArenaKind::activations, Linear(0, 32))); // 3: rows of 8, 4 used
  variant->arenas.push_back(arena(ArenaKind::gradients, constant(64)));    // 4
  variant->arenas.push_back(arena(ArenaKind::moments, constant(64)));      // 5
  variant->placements.push_back(placement(0, 52, 0));
  variant->placements.push_back(placement(16, 16, 64));
  for (const char *symbol : {"run", "run_large", "fail", "train"})
    variant->kernels.push_back(kernel(image, symbol));

  auto predict = std::make_unique<ProgramT>();
  predict->name = "predict";
  predict->views.push_back(view(ViewBase::input, 0, 0, {kN, constant(4)}, {constant(4), constant(1)}));
  predict->views.push_back(view(ViewBase::arena, 0, 16, {constant(4)}, {constant(1)}));
  predict->views.push_back(view(ViewBase::arena, 3, 0, {kN, constant(4)}, {constant(8), constant(1)}));
  predict->views.push_back(view(ViewBase::output, 0, 0, {kN, constant(4)}, {constant(4), constant(1)}));
  predict->instructions.push_back(launch({{0, 1}, {1, 8}}, {0, 1, 2}));
  predict->instructions.push_back(copy(2, 3));
  variant->programs.push_back(std::move(predict));

  auto broken = std::make_unique<ProgramT>();
  broken->name = "broken";
  broken->instructions.push_back(launch({{2, 1}}, {}));
  variant->programs.push_back(std::move(broken));

  auto train = std::make_unique<ProgramT>();
  train->name = "train_step";
  train->views.push_back(view(ViewBase::input, 0, 0, {kN, constant(4)}, {constant(4), constant(1)}));
  train->views.push_back(view(ViewBase::arena, 4, 16, {constant(4)}, {constant(1)}));
  train->views.push_back(view(ViewBase::arena, 5, 16, {constant(4)}, {constant(1)}));
  train->views.push_back(view(ViewBase::output, 0, 0, {}, {}));
  train->instructions.push_back(launch({{3, 1}}, {0, 1, 2, 3}));
  variant->programs.push_back(std::move(train));

  for (bool packs : {true, false}) {
    auto program = std::make_unique<ProgramT>();
    program->name = packs ? "pack" : "unpack";
    program->views.push_back(view(ViewBase::arena, 2, 0, {constant(13)}, {constant(1)}));
    program->views.push_back(view(ViewBase::arena, 1, 0, {constant(13)}, {constant(1)}));
    program->views.push_back(view(ViewBase::arena, 2, 64, {constant(4)}, {constant(1)}));
    program->views.push_back(view(ViewBase::arena, 0, 16, {constant(4)}, {constant(1)}));
    program->instructions.push_back(packs ? copy(0, 1) : copy(1, 0));
    program->instructions.push_back(packs ? copy(2, 3) : copy(3, 2));
    variant->programs.push_back(std::move(program));
  }
  module.variants.push_back(std::move(variant));
  return module;
}

ModuleT counterModule(const std::string &image) {
  ModuleT module;
  module.name = "counter";
  auto entry = std::make_unique<EntryPointT>();
  entry->name = "count";
  entry->outputs.push_back(port("counts", format::ElementType::f32, {constant(13)}));
  module.entries.push_back(std::move(entry));
  module.parameters.push_back(parameter("s", 13, false, 0));

  auto variant = hostVariantTable();
  variant->arenas.push_back(arena(ArenaKind::states, constant(64)));
  variant->arenas.push_back(arena(ArenaKind::logical, constant(64)));
  variant->placements.push_back(placement(0, 52, 0));
  variant->kernels.push_back(kernel(image, "run"));
  auto count = std::make_unique<ProgramT>();
  count->name = "count";
  count->views.push_back(view(ViewBase::arena, 0, 0, {constant(13)}, {constant(1)}));
  count->views.push_back(view(ViewBase::output, 0, 0, {constant(13)}, {constant(1)}));
  count->instructions.push_back(launch({{0, 1}}, {0}));
  count->instructions.push_back(copy(0, 1));
  variant->programs.push_back(std::move(count));
  for (bool packs : {true, false}) {
    auto program = std::make_unique<ProgramT>();
    program->name = packs ? "pack" : "unpack";
    program->views.push_back(view(ViewBase::arena, 1, 0, {constant(13)}, {constant(1)}));
    program->views.push_back(view(ViewBase::arena, 0, 0, {constant(13)}, {constant(1)}));
    program->instructions.push_back(packs ? copy(0, 1) : copy(1, 0));
    variant->programs.push_back(std::move(program));
  }
  module.variants.push_back(std::move(variant));
  return module;
}

ModuleT loopModule(bool reverse) {
  ModuleT module;
  module.name = "loop";
  auto entry = std::make_unique<EntryPointT>();
  entry->name = "shift";
  entry->inputs.push_back(port("x", format::ElementType::f32, {kN, constant(3), constant(2)}));
  entry->inputs.push_back(port("first", format::ElementType::f32, {kN, constant(2)}));
  entry->outputs.push_back(port("y", format::ElementType::f32, {kN, constant(3), constant(2)}));
  entry->outputs.push_back(port("times", format::ElementType::i32, {constant(3)}));
  entry->outputs.push_back(port("last", format::ElementType::f32, {kN, constant(2)}));
  module.entries.push_back(std::move(entry));

  auto variant = hostVariantTable();
  variant->arenas.push_back(arena(ArenaKind::activations, Linear(64, 64)));
  auto shift = std::make_unique<ProgramT>();
  shift->name = "shift";
  const std::vector<Linear> rows = {kN, constant(2)}, dense = {constant(2), constant(1)},
                            part = {constant(6), constant(1)};
  shift->views.push_back(view(ViewBase::arena, 0, 64, rows, dense)); // what is carried
  for (ViewBase base : {ViewBase::input, ViewBase::output}) {        // parts of x and y
    shift->views.push_back(view(base, 0, 0, rows, part));
    shift->views.back()->step = std::make_unique<Linear>(8, 0);
  }
  shift->views.push_back(view(ViewBase::arena, 0, 0, {}, {})); // the step's number
  shift->views.push_back(view(ViewBase::output, 1, 0, {}, {}));
  shift->views.back()->step = std::make_unique<Linear>(4, 0);
  for (size_t i : {3, 4})
    shift->views[i]->element_type = format::ElementType::i32;
  shift->views.push_back(view(ViewBase::input, 1, 0, rows, dense));
  shift->views.push_back(view(ViewBase::output, 2, 0, rows, dense));
  shift->instructions.push_back(copy(5, 0));
  LoopT loop;
  loop.count = 3;
  loop.body = 3;
  loop.reverse = reverse;
  loop.counter = 3;
  shift->instructions.push_back(instruction(std::move(loop)));
  shift->instructions.push_back(copy(0, 2));
  shift->instructions.push_back(copy(1, 0));
  shift->instructions.push_back(copy(3, 4));
  shift->instructions.push_back(copy(0, 6));
  variant->programs.push_back(std::move(shift));
  module.variants.push_back(std::move(variant));
  return module;
}

ModuleT greedyModule(const std::string &image) {
  ModuleT module;
  module.name = "greedy";
  auto entry = std::make_unique<EntryPointT>();
  entry->name = "ask";
  entry->inputs.push_back(port("x", format::ElementType::f32, {kN, constant(4)}));
  entry->outputs.push_back(port("y", format::ElementType::f32, {kN, constant(4)}));
  module.entries.push_back(std::move(entry));

  auto variant = hostVariantTable();
  variant->kernels.push_back(kernel(image, "run"));
  auto ask = std::make_unique<ProgramT>();
  ask->name = "ask";
  ask->views.push_back(view(ViewBase::input, 0, 0, {kN, constant(4)}, {constant(4), constant(1)}));
  ask->views.push_back(view(ViewBase::output, 0, 0, {kN, constant(4)}, {constant(4), constant(1)}));
  ask->instructions.push_back(launch({{0, 1}}, {0, 1}));
  variant->programs.push_back(std::move(ask));
  module.variants.push_back(std::move(variant));
  return module;
}

std::shared_ptr<const argent::Module> openModule(ModuleT module, const std::string &image) {
  std::shared_ptr<const argent::Module> opened;
  Status status = argent::Module::open(moduleFile(module, image), "test.agb", opened);
  EXPECT_TRUE(status.ok()) << status.message();
  return opened;
}

} // namespace argent::test
