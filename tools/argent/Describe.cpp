//===- Describe.cpp - a module's table as JSON -------------------------------------===//
#include "Describe.h"

#include "argent/Tensor.h"
#include "runtime/ArenaNeeds.h"

#include <algorithm>

namespace argent::tool {

using Json = nlohmann::ordered_json;

static std::string text(const flatbuffers::String *string) { return string ? string->str() : ""; }

int64_t at(const format::Linear *linear, int64_t batch) {
  return linear ? linear->constant() + linear->per_batch() * batch : 0;
}

std::string describeType(const format::TensorType &type) {
  std::string result = std::string(elementTypeName(static_cast<ElementType>(type.element_type()))) + "[";
  for (unsigned i = 0; type.dims() && i < type.dims()->size(); ++i) {
    const format::Linear *extent = type.dims()->Get(i);
    if (i)
      result += ", ";
    if (extent->per_batch() != 0)
      result += (extent->per_batch() == 1 ? "" : std::to_string(extent->per_batch()) + " * ") + std::string("N") +
                (extent->constant() ? " + " + std::to_string(extent->constant()) : "");
    else
      result += std::to_string(extent->constant());
  }
  return result + "]";
}

static std::string shortest(double value) {
  char buffer[40];
  std::snprintf(buffer, sizeof(buffer), "%.9g", value);
  return buffer;
}

/// What all elements begin as that no word vectors give.
static std::string describeDrawn(const format::Initializer *initializer) {
  std::string name = format::EnumNameInitializerKind(initializer->kind());
  switch (initializer->kind()) {
  case format::InitializerKind::constant:
    return name + "(" + shortest(initializer->a()) + ")";
  case format::InitializerKind::uniform:
  case format::InitializerKind::normal:
    return name + "(" + shortest(initializer->a()) + ", " + shortest(initializer->b()) + ")";
  default:
    return name;
  }
}

std::string describeInitializer(const format::Initializer *initializer) {
  if (!initializer)
    return "";
  const std::string drawn = describeDrawn(initializer);
  const format::WordVectors *vectors = initializer->vectors();
  return vectors ? "word_vectors(\"" + text(vectors->file()) + "\", " + text(vectors->vocabulary()) +
                       ", missing=" + drawn + ")"
                 : drawn;
}

std::string describeLocation(const format::SourceLocation *location) {
  return location && location->file() ? text(location->file()) + ":" + std::to_string(location->line()) : "";
}

std::string describePreprocessing(const format::Preprocessing &from) {
  std::string result = text(from.source()) + "(";
  bool first = true;
  for (unsigned i = 0; from.arguments() && i < from.arguments()->size(); ++i) {
    const format::Argument *argument = from.arguments()->Get(i);
    std::vector<std::string> values;
    for (unsigned k = 0; argument->numbers() && k < argument->numbers()->size(); ++k)
      values.push_back(shortest(argument->numbers()->Get(k)));
    for (unsigned k = 0; argument->strings() && k < argument->strings()->size(); ++k)
      values.push_back("\"" + argument->strings()->Get(k)->str() + "\"");
    std::string name = text(argument->name()), list;
    for (const std::string &value : values)
      list += (list.empty() ? "" : ", ") + value;
    result += (first ? "" : ", ") + (name.empty() ? "" : name + "=") +
              (values.size() > 1 && !name.empty() ? "[" + list + "]" : list);
    first = false;
  }
  return result + ")";
}

int64_t elementCount(const format::TensorType &type) {
  int64_t count = 1;
  for (unsigned i = 0; type.dims() && i < type.dims()->size(); ++i)
    count *= type.dims()->Get(i)->constant();
  return count;
}

int64_t viewBytes(const format::View &view, int64_t batch) {
  auto bytes = static_cast<int64_t>(elementBytes(static_cast<ElementType>(view.element_type())));
  for (unsigned i = 0; view.extents() && i < view.extents()->size(); ++i)
    bytes *= at(view.extents()->Get(i), batch);
  return bytes;
}

int64_t viewSpan(const format::View &view, int64_t batch, int64_t planned) {
  if (!view.step() || (view.step()->constant() == 0 && view.step()->per_batch() == 0))
    return viewBytes(view, batch);
  const int64_t rows = at(view.extents()->Get(0), batch), apart = at(view.strides()->Get(0), planned);
  return rows * apart * static_cast<int64_t>(elementBytes(static_cast<ElementType>(view.element_type())));
}

std::string kernelName(const format::Kernel &kernel) {
  return text(kernel.name()).empty() ? text(kernel.symbol()) : text(kernel.name());
}

std::vector<std::string> kernelLines(const format::Kernel &kernel) {
  std::vector<std::string> lines;
  for (unsigned i = 0; kernel.locations() && i < kernel.locations()->size(); ++i)
    if (std::string line = describeLocation(kernel.locations()->Get(i));
        !line.empty() && std::find(lines.begin(), lines.end(), line) == lines.end())
      lines.push_back(line);
  return lines;
}

const format::Program *findProgram(const format::Variant &variant, std::string_view name) {
  for (unsigned i = 0; variant.programs() && i < variant.programs()->size(); ++i)
    if (const auto *program = variant.programs()->Get(i); program->name() && program->name()->string_view() == name)
      return program;
  return nullptr;
}

const format::Kernel *chosenKernel(const format::Variant &variant, const format::Launch &launch, int64_t batch) {
  const format::Kernel *kernel = nullptr;
  for (unsigned i = 0; launch.choices() && i < launch.choices()->size(); ++i)
    if (launch.choices()->Get(i)->min_batch() <= batch)
      kernel = variant.kernels()->Get(launch.choices()->Get(i)->kernel());
  return kernel;
}

std::vector<int64_t> timesOf(const format::Program &program) {
  std::vector<int64_t> times(program.instructions() ? program.instructions()->size() : 0, 1);
  for (unsigned i = 0; i < times.size(); ++i)
    if (const format::Loop *loop = program.instructions()->Get(i)->step_as_Loop())
      for (unsigned k = 1; k <= loop->body(); ++k)
        times[i + k] *= loop->count();
  return times;
}

int64_t programFlops(const format::Variant &variant, const format::Program &program, int64_t batch) {
  int64_t flops = 0;
  const std::vector<int64_t> times = timesOf(program);
  for (unsigned i = 0; program.instructions() && i < program.instructions()->size(); ++i)
    if (const format::Launch *launch = program.instructions()->Get(i)->step_as_Launch())
      if (const format::Kernel *kernel = chosenKernel(variant, *launch, batch))
        flops += times[i] * at(kernel->flops(), batch);
  return flops;
}

static Json describePort(const format::Port &port) {
  Json json = {{"name", text(port.name())}, {"type", describeType(*port.type())}};
  if (port.preprocessing())
    json["from"] = describePreprocessing(*port.preprocessing());
  if (port.range())
    json["range"] = {port.range()->low(), port.range()->high()};
  return json;
}

static Json describeLayer(const format::Layer &layer) {
  Json field = Json::array();
  for (unsigned i = 0; layer.field() && i < layer.field()->size(); ++i)
    field.push_back(layer.field()->Get(i));
  int64_t neurons = 1;
  for (unsigned i = 0; layer.output() && layer.output()->dims() && i < layer.output()->dims()->size(); ++i)
    neurons *= at(layer.output()->dims()->Get(i), 1);
  return {{"name", text(layer.name())},
          {"kind", text(layer.kind())},
          {"output", layer.output() ? describeType(*layer.output()) : ""},
          {"parameters", layer.parameters()},
          {"neurons", neurons},
          {"connections", layer.connections()},
          {"flops", at(layer.flops(), 1)},
          {"field", field},
          {"line", describeLocation(layer.location())}};
}

/// What the rules of the train block say; empty if they say nothing.
static Json describeSettings(const format::Settings *settings) {
  Json json = Json::object();
  if (!settings)
    return json;
  if (settings->frozen())
    json["frozen"] = true;
  if (settings->decay() != 0)
    json["decay"] = settings->decay();
  if (settings->rate() != 1)
    json["rate"] = settings->rate();
  if (settings->max_norm() != 0)
    json["max_norm"] = settings->max_norm();
  return json;
}

/// The entry points that launch a kernel, whatever the batch.
static Json programsOf(const format::Variant &variant, unsigned kernel) {
  Json names = Json::array();
  for (unsigned i = 0; variant.programs() && i < variant.programs()->size(); ++i) {
    const format::Program *program = variant.programs()->Get(i);
    bool uses = false;
    for (unsigned k = 0; program->instructions() && k < program->instructions()->size(); ++k)
      if (const format::Launch *launch = program->instructions()->Get(k)->step_as_Launch())
        for (unsigned c = 0; launch->choices() && c < launch->choices()->size(); ++c)
          uses |= launch->choices()->Get(c)->kernel() == kernel;
    if (uses)
      names.push_back(text(program->name()));
  }
  return names;
}

static Json describeKernel(const format::Kernel &kernel, int64_t batch) {
  Json ops = Json::array();
  for (unsigned i = 0; kernel.ops() && i < kernel.ops()->size(); ++i)
    ops.push_back(kernel.ops()->Get(i)->str());
  return {{"symbol", text(kernel.symbol())},    {"name", kernelName(kernel)},
          {"lines", kernelLines(kernel)},       {"ops", ops},
          {"flops", at(kernel.flops(), batch)}, {"bytes", at(kernel.bytes(), batch)},
          {"code_bytes", kernel.code_bytes()},  {"parallel", kernel.parallel()},
          {"schedule", text(kernel.schedule())}};
}

static Json describeVariant(const format::Variant &variant, int64_t batch) {
  const int64_t planned = plannedBatch(variant, batch);
  Json arenas = Json::array(), kernels = Json::array(), programs = Json::array();
  for (unsigned i = 0; variant.arenas() && i < variant.arenas()->size(); ++i) {
    const format::Arena *arena = variant.arenas()->Get(i);
    arenas.push_back({{"kind", format::EnumNameArenaKind(arena->kind())},
                      {"index", arena->index()},
                      {"bytes", at(arena->bytes(), planned)}});
  }
  for (unsigned i = 0; variant.kernels() && i < variant.kernels()->size(); ++i) {
    kernels.push_back(describeKernel(*variant.kernels()->Get(i), batch));
    kernels.back()["programs"] = programsOf(variant, i);
  }
  for (unsigned i = 0; variant.programs() && i < variant.programs()->size(); ++i) {
    const format::Program *program = variant.programs()->Get(i);
    int64_t launches = 0, copies = 0, fills = 0, loops = 0;
    const std::vector<int64_t> times = timesOf(*program);
    Json sequence = Json::array();
    for (unsigned k = 0; program->instructions() && k < program->instructions()->size(); ++k) {
      const format::Instruction *instruction = program->instructions()->Get(k);
      copies += instruction->step_as_Copy() ? times[k] : 0;
      fills += instruction->step_as_Fill() ? times[k] : 0;
      loops += instruction->step_as_Loop() != nullptr;
      if (const format::Launch *launch = instruction->step_as_Launch()) {
        launches += times[k];
        if (const format::Kernel *kernel = chosenKernel(variant, *launch, batch))
          sequence.push_back(kernelName(*kernel));
      }
    }
    programs.push_back({{"name", text(program->name())},
                        {"launches", launches},
                        {"copies", copies},
                        {"fills", fills},
                        {"loops", loops},
                        {"flops", programFlops(variant, *program, batch)},
                        {"memory_bytes", sessionBytes(variant, program, batch)},
                        {"kernels", sequence}});
  }
  Json features = Json::array();
  for (unsigned i = 0; variant.cpu_features() && i < variant.cpu_features()->size(); ++i)
    features.push_back(variant.cpu_features()->Get(i)->str());
  return {{"target", text(variant.target())},
          {"cpu_features", features},
          {"checked", variant.checked()},
          {"code_bytes", variant.image() ? variant.image()->bytes() : 0},
          {"constant_bytes", variant.constants() ? variant.constants()->bytes() : 0},
          {"memory_bytes", sessionBytes(variant, nullptr, batch)},
          {"arenas", arenas},
          {"programs", programs},
          {"kernels", kernels}};
}

Json describeModule(const format::Module &module, const std::vector<const format::Variant *> &shown, int64_t batch) {
  Json entries = Json::array(), parameters = Json::array(), variants = Json::array();
  for (unsigned i = 0; module.entries() && i < module.entries()->size(); ++i) {
    const format::EntryPoint *entry = module.entries()->Get(i);
    Json inputs = Json::array(), outputs = Json::array();
    for (unsigned k = 0; k < givenInputs(*entry); ++k)
      inputs.push_back(describePort(*entry->inputs()->Get(k)));
    for (unsigned k = 0; entry->outputs() && k < entry->outputs()->size(); ++k)
      outputs.push_back(describePort(*entry->outputs()->Get(k)));
    entries.push_back({{"name", text(entry->name())},
                       {"inputs", inputs},
                       {"outputs", outputs},
                       {"draws_random", drawsRandom(*entry)}});
  }
  struct Share {
    int64_t count = 0, bytes = 0;
  } trained, frozen, states;
  for (unsigned i = 0; module.parameters() && i < module.parameters()->size(); ++i) {
    const format::Parameter *parameter = module.parameters()->Get(i);
    int64_t count = elementCount(*parameter->type());
    int64_t bytes =
        count * static_cast<int64_t>(elementBytes(static_cast<ElementType>(parameter->type()->element_type())));
    Share &share = parameter->trained()                                       ? trained
                   : parameter->settings() && parameter->settings()->frozen() ? frozen
                                                                              : states;
    share.count += count;
    share.bytes += bytes;
    parameters.push_back({{"path", text(parameter->path())},
                          {"type", describeType(*parameter->type())},
                          {"count", count},
                          {"bytes", bytes},
                          {"trained", parameter->trained()},
                          {"kind", &share == &states ? "state" : "parameter"},
                          {"initializer", describeInitializer(parameter->initializer())},
                          {"settings", describeSettings(parameter->settings())},
                          {"line", describeLocation(parameter->location())}});
  }
  for (const format::Variant *variant : shown)
    variants.push_back(describeVariant(*variant, batch));
  Json json = {{"format", kJsonFormat},
               {"name", text(module.name())},
               {"producer", text(module.producer())},
               {"source_file", text(module.source_file())},
               {"file_bytes", module.file_bytes()},
               {"batch", batch},
               {"entries", entries},
               {"parameter_count", trained.count + frozen.count},
               {"frozen_count", frozen.count},
               {"state_count", states.count},
               {"parameter_bytes", trained.bytes + frozen.bytes},
               {"frozen_bytes", frozen.bytes},
               {"state_bytes", states.bytes},
               {"parameters", parameters}};
  Json layers = Json::array();
  for (unsigned i = 0; module.layers() && i < module.layers()->size(); ++i)
    layers.push_back(describeLayer(*module.layers()->Get(i)));
  json["layers"] = layers;
  if (const format::Training *training = module.training()) {
    Json metrics = Json::array();
    for (unsigned i = 0; training->metrics() && i < training->metrics()->size(); ++i)
      metrics.push_back(training->metrics()->Get(i)->str());
    json["training"] = {{"batch", training->batch()},
                        {"epochs", training->epochs()},
                        {"metrics", metrics},
                        {"moments", training->moment_count()}};
  }
  Json settings = Json::object();
  for (unsigned i = 0; module.compile_settings() && i < module.compile_settings()->size(); ++i)
    settings[text(module.compile_settings()->Get(i)->name())] = text(module.compile_settings()->Get(i)->value());
  json["settings"] = settings;
  for (unsigned i = 0; module.vocabularies() && i < module.vocabularies()->size(); ++i) {
    const format::Vocabulary &vocabulary = *module.vocabularies()->Get(i);
    json["vocabularies"][std::string(text(vocabulary.name()))] =
        vocabulary.entries() ? vocabulary.entries()->size() : 0;
  }
  json["variants"] = variants;
  return json;
}

} // namespace argent::tool
