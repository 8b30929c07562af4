//===- Inspect.cpp - argent inspect -------------------------------------------------===//
// Chooses what of a module to show; Describe.cpp and MemoryPlan.cpp find it, InspectTables.cpp prints it.
#include "Command.h"
#include "Describe.h"
#include "InspectTables.h"
#include "MemoryPlan.h"
#include "Output.h"
#include "Suggest.h"

#include <algorithm>
#include <optional>

namespace argent::tool {

using Json = nlohmann::ordered_json;

namespace {
struct InspectOptions {
  ModelOptions model;
  bool parameters = false, layers = false, plan = false, memory = false, kernels = false, json = false;
  std::optional<std::string> asmKernel;
  std::string entry, output;
  bool isModule = false; // not compiled just now
  int64_t batch = 0;
};
} // namespace

static void printJson(const Json &json) {
  std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

/// The variants that --target names, in its order; all without it. Empty: one is not there, and reported.
static std::vector<const format::Variant *> chosenVariants(const InspectOptions &options, const Module &module) {
  std::vector<const format::Variant *> all, chosen;
  std::string names;
  for (unsigned i = 0; module.table().variants() && i < module.table().variants()->size(); ++i) {
    all.push_back(module.table().variants()->Get(i));
    names += (names.empty() ? "" : ", ") + (all.back()->target() ? all.back()->target()->str() : "");
  }
  if (all.empty())
    report(Status(StatusCode::kNotFound, module.name() + " has no compiled variant"));
  // A source file was compiled for them just now, under names that may be longer ("native").
  if (options.model.targets.empty() || !options.isModule)
    return all;
  for (const std::string &target : options.model.targets) {
    auto found = std::find_if(all.begin(), all.end(), [&](const format::Variant *variant) {
      return variant->target() && variant->target()->string_view() == target;
    });
    if (found == all.end()) {
      report(Status(StatusCode::kNotFound, module.name() + " is not compiled for " + target + "; it is for " + names));
      return {};
    }
    chosen.push_back(*found);
  }
  return chosen;
}

/// Of several, the first that is asked for; else the one that this processor runs.
static const format::Variant &shownVariant(const InspectOptions &options, const Module &module,
                                           const std::vector<const format::Variant *> &chosen) {
  const format::Variant *host = module.hostVariant();
  return options.model.targets.empty() && host ? *host : *chosen.front();
}

/// What the line of the model's source says; empty if the module does not have it.
static std::string sourceLine(const format::Module &module, const format::SourceLocation &location) {
  if (!module.source() || !location.file() || !module.source_file() ||
      location.file()->string_view() != module.source_file()->string_view())
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
  std::vector<std::string> names;
  for (unsigned i = 0; variant.kernels() && i < variant.kernels()->size(); ++i)
    names.push_back(kernelName(*variant.kernels()->Get(i)));
  std::string best = closest(name, names);
  return report(Status(StatusCode::kNotFound,
                       module.name() + " has no kernel \"" + name + "\"" +
                           (best.empty() ? "; --kernels lists them" : "; did you mean \"" + best + "\"?")));
}

static int showAssembly(const InspectOptions &options, const Module &module, const format::Variant &variant) {
  const format::Kernel *kernel = findKernel(variant, *options.asmKernel);
  if (!kernel)
    return reportUnknownKernel(module, variant, *options.asmKernel);
  std::string_view image =
      variant.image() ? module.blob(variant.image()->offset(), variant.image()->bytes()) : std::string_view();
  uint64_t address = kernel->code_offset() ? kernel->code_offset() : kernel->image_offset();
  std::string text, target = variant.target() ? variant.target()->str() : "";
  if (int status = disassembleKernel(image, variant.architecture() ? variant.architecture()->str() : "", address,
                                     kernel->code_bytes(), text))
    return status;
  if (options.json) {
    printJson({{"format", kJsonFormat},
               {"name", kernelName(*kernel)},
               {"symbol", kernel->symbol() ? kernel->symbol()->str() : ""},
               {"target", target},
               {"code_bytes", kernel->code_bytes()},
               {"lines", kernelLines(*kernel)},
               {"assembly", text}});
    return 0;
  }
  std::printf("# %s  (%s)\n# %s bytes for %s\n", kernelName(*kernel).c_str(),
              kernel->symbol() ? kernel->symbol()->c_str() : "",
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

static int showMemory(const InspectOptions &options, const Module &module, const format::Variant &variant,
                      int64_t batch) {
  std::string entry = !options.entry.empty()               ? options.entry
                      : findProgram(variant, "train_step") ? "train_step"
                                                           : "predict";
  const format::Program *program = findProgram(variant, entry);
  if (!program)
    return reportUsage(unknownEntry(module, entry));
  MemoryPlan plan(variant, *program, batch);
  if (!options.output.empty()) {
    std::string title = (module.table().name() ? module.table().name()->str() : module.name()) + ": memory of " +
                        entry + ", batch " + std::to_string(batch) + ", " +
                        (variant.target() ? variant.target()->str() : "");
    if (Status status = drawMemoryPlan(plan, title, options.output); !status.ok())
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

static int runInspect(InspectOptions options) {
  if (!options.output.empty() && !options.memory)
    return reportUsage("-o is for the picture of --memory");
  if (!options.output.empty() && !options.output.ends_with(".svg") && !options.output.ends_with(".png"))
    return reportUsage("the picture is SVG or PNG: give -o FILE.svg or FILE.png, not " + options.output);
  if (!options.output.empty())
    if (Status status = checkOutput(options.output, {options.model.path}); !status.ok())
      return report(status);
  std::shared_ptr<const Module> module;
  options.isModule = isModule(options.model.path);
  if (int status = openModel(options.model, module, true))
    return status;
  const format::Training *training = module->table().training();
  int64_t batch = options.batch ? options.batch : training && training->batch() ? training->batch() : 1;
  std::vector<const format::Variant *> variants = chosenVariants(options, *module);
  if (variants.empty())
    return 1;
  const format::Variant &variant = shownVariant(options, *module, variants);
  if (options.memory)
    return showMemory(options, *module, variant, batch);
  if (options.asmKernel)
    return showAssembly(options, *module, variant);

  Json json = describeModule(module->table(), variants, batch);
  json["hash"] = module->hash();
  bool all = !options.parameters && !options.layers && !options.plan && !options.kernels;
  if (options.json) {
    if (!all)
      for (auto [key, wanted] : {std::pair{"parameters", options.parameters},
                                 {"layers", options.layers},
                                 {"variants", options.plan || options.kernels}})
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
  CLI::App *sub = app.add_subcommand(
      "inspect", "Show what a model is made of: entry points, parameters, layers, memory, kernels, machine code");
  sub->footer("Examples\n"
              "  argent inspect lenet5.agb                         what the module holds\n"
              "  argent inspect lenet5.agb --memory -o plan.svg    a picture of its memory while it trains\n"
              "  argent inspect lenet5.agb --asm optimize          the machine code of a kernel");
  addModelOptions(*sub, options->model);
  sub->get_option("--target")
      ->description(
          "Compile for this processor (of a module: show what is compiled for it); several, separated by commas");
  std::vector<CLI::Option *> tables = {
      sub->add_flag(
          "--parameters", options->parameters,
          "The parameters and states: shapes, counts, bytes, initial values, settings for training, source lines"),
      sub->add_flag("--layers", options->layers,
                    "The layers of predict: kind, output, parameters, neurons, connections, receptive field, FLOPs"),
      sub->add_flag("--plan", options->plan, "The arenas of memory, and what each entry point runs"),
      sub->add_flag("--kernels", options->kernels, "The kernels: source lines, ops, work, size, schedule")};
  CLI::Option *memory =
      sub->add_flag("--memory", options->memory, "Which values lie where in memory, and from when to when");
  sub->add_option("--entry", options->entry,
                  "The entry point whose memory is shown (default: train_step, else predict)")
      ->type_name("NAME")
      ->needs(memory);
  sub->add_option("-o,--output", options->output,
                  "Draw it into this file, .svg or .png: x is the order of the launches, y the place in memory")
      ->type_name("FILE")
      ->needs(memory);
  CLI::Option *assembly =
      sub->add_option("--asm", options->asmKernel, "The machine code of one kernel, by its name or symbol")
          ->type_name("KERNEL");
  memory->excludes(assembly);
  // Each of the two is a page of its own.
  for (CLI::Option *table : tables) {
    memory->excludes(table);
    assembly->excludes(table);
  }
  sub->add_option("--batch", options->batch,
                  "The batch for which bytes and FLOPs are given (default: the train block's, else 1)")
      ->type_name("ROWS")
      ->check(wholeNumber(1, kMostRows));
  sub->add_flag("--json", options->json, "Print it as JSON; without another option, all of the module's table");
  sub->callback([options, &status] { status = runInspect(*options); });
}

} // namespace argent::tool
