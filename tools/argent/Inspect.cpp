//===- Inspect.cpp - argent inspect -------------------------------------------------===//
// Chooses what of a module to show; Describe.cpp and MemoryPlan.cpp find it, InspectTables.cpp prints it.
#include "Command.h"
#include "Describe.h"
#include "InspectTables.h"
#include "MemoryPlan.h"

#include "runtime/checkpoint/File.h"

#include <algorithm>

namespace argent::tool {

using Json = nlohmann::ordered_json;

namespace {
struct InspectOptions {
  ModelOptions model;
  bool parameters = false, layers = false, plan = false, memory = false, kernels = false, json = false;
  std::string asmKernel, entry, output;
  int64_t batch = 0;
};
} // namespace

static void printJson(const Json &json) { std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str()); }

/// The variant that this processor runs, else the first.
static const format::Variant *shownVariant(const Module &module) {
  if (const format::Variant *variant = module.hostVariant())
    return variant;
  auto *variants = module.table().variants();
  return variants && variants->size() ? variants->Get(0) : nullptr;
}

/// Single-character edits from `a` to `b` (Levenshtein).
static size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0]++;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t next = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = std::exchange(row[j], next);
    }
  }
  return row.back();
}

/// What the line of the model's source says; empty if the module does not have it.
static std::string sourceLine(const format::Module &module, const format::SourceLocation &location) {
  if (!module.source() || !location.file() || !module.source_file() || location.file()->string_view() != module.source_file()->string_view())
    return "";
  std::string_view text = module.source()->string_view();
  for (uint32_t line = 1; line < location.line() && !text.empty(); ++line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  text = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return std::string(text);
}

/// A kernel by its name or symbol; equal kernels count as one.
static const format::Kernel *findKernel(const format::Variant &variant, const std::string &name) {
  for (unsigned i = 0; variant.kernels() && i < variant.kernels()->size(); ++i) {
    const format::Kernel *kernel = variant.kernels()->Get(i);
    if (kernelName(*kernel) == name || (kernel->symbol() && kernel->symbol()->string_view() == name))
      return kernel;
  }
  return nullptr;
}

static int reportUnknownKernel(const Module &module, const format::Variant &variant, const std::string &name) {
  std::string best;
  size_t least = std::max<size_t>(4, name.size() / 2 + 1);
  for (unsigned i = 0; variant.kernels() && i < variant.kernels()->size(); ++i) {
    std::string other = kernelName(*variant.kernels()->Get(i));
    // A piece of a name is as good a guess as one with few mistakes.
    size_t distance = name.size() >= 3 && other.find(name) != std::string::npos ? 1 : editDistance(name, other);
    if (distance < least) {
      least = distance;
      best = other;
    }
  }
  return report(Status(StatusCode::kNotFound, module.name() + " has no kernel \"" + name + "\"" +
                                                  (best.empty() ? "; --kernels lists them" : "; did you mean \"" + best + "\"?")));
}

static int showAssembly(const InspectOptions &options, const Module &module, const format::Variant &variant) {
  const format::Kernel *kernel = findKernel(variant, options.asmKernel);
  if (!kernel)
    return reportUnknownKernel(module, variant, options.asmKernel);
  std::string_view image = variant.image() ? module.blob(variant.image()->offset(), variant.image()->bytes()) : std::string_view();
  uint64_t address = kernel->code_offset() ? kernel->code_offset() : kernel->image_offset();
  std::string text, target = variant.target() ? variant.target()->str() : "";
  if (int status = disassembleKernel(image, variant.architecture() ? variant.architecture()->str() : "", address, kernel->code_bytes(), text))
    return status;
  if (options.json) {
    printJson({{"name", kernelName(*kernel)}, {"symbol", kernel->symbol() ? kernel->symbol()->str() : ""}, {"target", target},
               {"code_bytes", kernel->code_bytes()}, {"lines", kernelLines(*kernel)}, {"assembly", text}});
    return 0;
  }
  std::printf("# %s  (%s)\n# %s bytes for %s\n", kernelName(*kernel).c_str(), kernel->symbol() ? kernel->symbol()->c_str() : "",
              groupedNumber(static_cast<int64_t>(kernel->code_bytes())).c_str(), target.c_str());
  std::string last;
  for (unsigned i = 0; kernel->locations() && i < kernel->locations()->size(); ++i)
    if (std::string line = describeLocation(kernel->locations()->Get(i)); !line.empty() && line != last) {
      std::printf("# %s  %s\n", line.c_str(), sourceLine(module.table(), *kernel->locations()->Get(i)).c_str());
      last = line;
    }
  std::printf("%s", text.c_str());
  return 0;
}

static int showMemory(const InspectOptions &options, const Module &module, const format::Variant &variant, int64_t batch) {
  std::string entry = !options.entry.empty() ? options.entry : findProgram(variant, "train_step") ? "train_step" : "predict";
  const format::Program *program = findProgram(variant, entry);
  if (!program)
    return reportUsage(module.name() + " has no entry point `" + entry + "`");
  MemoryPlan plan(variant, *program, batch);
  if (!options.output.empty()) {
    std::string title = (module.table().name() ? module.table().name()->str() : module.name()) + ": memory of " + entry + ", batch " + std::to_string(batch) + ", " +
                        (variant.target() ? variant.target()->str() : "");
    std::string picture = drawMemoryPlan(plan, title);
    std::string_view pieces[] = {picture};
    if (Status status = writeFileAtomically(options.output, pieces); !status.ok())
      return report(status);
    if (!options.json)
      return 0;
  }
  if (options.json)
    printJson(plan.toJson());
  else
    printMemory(plan.toJson());
  return 0;
}

static int runInspect(const InspectOptions &options) {
  if (!options.output.empty() && !options.memory)
    return reportUsage("-o is for the picture of --memory");
  if (!options.output.empty() && !options.output.ends_with(".svg"))
    return reportUsage("the picture is SVG: give -o FILE.svg, not " + options.output);
  if (!options.output.empty())
    if (Status status = checkWritable(options.output); !status.ok())
      return report(status);
  std::shared_ptr<const Module> module;
  if (int status = openModel(options.model, module))
    return status;
  const format::Training *training = module->table().training();
  int64_t batch = options.batch ? options.batch : training && training->batch() ? training->batch() : 1;
  const format::Variant *variant = shownVariant(*module);
  if ((options.memory || !options.asmKernel.empty()) && !variant)
    return report(Status(StatusCode::kNotFound, module->name() + " has no compiled variant"));
  if (options.memory)
    return showMemory(options, *module, *variant, batch);
  if (!options.asmKernel.empty())
    return showAssembly(options, *module, *variant);

  Json json = describeModule(module->table(), batch);
  json["hash"] = module->hash();
  bool all = !options.parameters && !options.layers && !options.plan && !options.kernels;
  if (options.json) {
    if (!all)
      for (auto [key, wanted] : {std::pair{"parameters", options.parameters}, {"layers", options.layers}, {"variants", options.plan || options.kernels}})
        if (!wanted)
          json.erase(key);
    printJson(json);
    return 0;
  }
  if (all)
    printSummary(json);
  if (options.parameters)
    printParameters(json);
  if (options.layers)
    printLayers(json);
  for (const Json &shown : json["variants"]) {
    if (options.plan)
      printPlan(shown, batch);
    if (options.kernels)
      printKernels(shown, batch);
  }
  return 0;
}

void addInspectCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App *sub = app.add_subcommand("inspect", "Show what a model is made of: entry points, parameters, layers, memory, kernels, machine code");
  addModelOptions(*sub, options->model);
  sub->add_flag("--parameters", options->parameters, "The parameters and states: shapes, counts, bytes, initial values, source lines");
  sub->add_flag("--layers", options->layers, "The layers of predict: kind, output, parameters, neurons, connections, receptive field, FLOPs");
  sub->add_flag("--plan", options->plan, "The arenas of memory, and what each entry point runs");
  CLI::Option *memory = sub->add_flag("--memory", options->memory, "Which values lie where in memory, and from when to when");
  sub->add_option("--entry", options->entry, "The entry point whose memory is shown (default: train_step, else predict)")->type_name("NAME")->needs(memory);
  sub->add_option("-o,--output", options->output, "Draw it into this file: x is the order of the launches, y the place in memory")->type_name("FILE.svg");
  sub->add_flag("--kernels", options->kernels, "The kernels: source lines, ops, work, size, schedule");
  sub->add_option("--asm", options->asmKernel, "The machine code of one kernel, by its name or symbol")->type_name("KERNEL")->excludes(memory);
  sub->add_option("--batch", options->batch, "The batch for which bytes and FLOPs are given (default: the train block's, else 1)")
      ->type_name("ROWS")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 24));
  sub->add_flag("--json", options->json, "Print it as JSON; without another option, all of the module's table");
  sub->callback([options, &status] { status = runInspect(*options); });
}

} // namespace argent::tool
