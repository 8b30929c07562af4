//===- Inspect.cpp - argent inspect -------------------------------------------------===//
// Prints what Describe.cpp finds, as text or as JSON.
#include "Command.h"
#include "Describe.h"

namespace argent::tool {

using Json = nlohmann::ordered_json;

namespace {
struct InspectOptions {
  ModelOptions model;
  bool parameters = false, plan = false, kernels = false, json = false;
  int64_t batch = 0;
};
} // namespace

static std::string string(const Json &json, const char *key) { return json[key].get<std::string>(); }
static std::string grouped(const Json &json, const char *key) { return groupedNumber(json[key].get<int64_t>()); }

static std::string joined(const Json &list, const char *separator) {
  std::string result;
  for (const Json &item : list)
    result += (result.empty() ? "" : separator) + item.get<std::string>();
  return result;
}

static void printPorts(const char *label, const Json &ports) {
  for (const Json &port : ports) {
    std::printf("    %-3s  %s: %s", label, string(port, "name").c_str(), string(port, "type").c_str());
    if (port.contains("from"))
      std::printf(" from %s", string(port, "from").c_str());
    if (port.contains("range"))
      std::printf("  (%s to %s)", port["range"][0].dump().c_str(), port["range"][1].dump().c_str());
    std::printf("\n");
  }
}

static void printSummary(const Json &module, const std::string &hash) {
  std::printf("model %s  (%s)\n", string(module, "name").c_str(), string(module, "source_file").c_str());
  std::printf("  module %s, %s bytes, made by %s\n", hash.c_str(), grouped(module, "file_bytes").c_str(), string(module, "producer").c_str());
  std::printf("  %s parameters, %s states\n", grouped(module, "parameter_count").c_str(), grouped(module, "state_count").c_str());
  if (module.contains("training")) {
    const Json &training = module["training"];
    std::printf("  training: batch %s, metrics %s\n", training["batch"].dump().c_str(), joined(training["metrics"], ", ").c_str());
  }
  std::printf("entry points\n");
  for (const Json &entry : module["entries"]) {
    std::printf("  %s\n", string(entry, "name").c_str());
    printPorts("in", entry["inputs"]);
    printPorts("out", entry["outputs"]);
  }
}

static void printParameters(const Json &module) {
  std::printf("parameters\n");
  size_t width = 4;
  for (const Json &parameter : module["parameters"])
    width = std::max(width, string(parameter, "path").size());
  for (const Json &parameter : module["parameters"])
    std::printf("  %-*s  %-22s %12s  %s%s  %s\n", static_cast<int>(width), string(parameter, "path").c_str(), string(parameter, "type").c_str(),
                grouped(parameter, "count").c_str(), string(parameter, "initializer").c_str(), parameter["trained"].get<bool>() ? "" : " (state)",
                string(parameter, "line").c_str());
  std::printf("  %-*s  %-22s %12s\n", static_cast<int>(width), "all", "", grouped(module, "parameter_count").c_str());
}

static void printPlan(const Json &variant, int64_t batch) {
  std::printf("memory for a batch of %lld on %s\n", static_cast<long long>(batch), string(variant, "target").c_str());
  for (const Json &arena : variant["arenas"]) {
    std::string kind = string(arena, "kind");
    if (kind == "moments")
      kind += " " + std::to_string(arena["index"].get<int>() + 1);
    std::printf("  %-16s %14s bytes%s\n", kind.c_str(), grouped(arena, "bytes").c_str(),
                kind == "logical" ? "  (only while parameters are loaded or saved)" : "");
  }
  std::printf("  %-16s %14s bytes\n", "all", grouped(variant, "memory_bytes").c_str());
  std::printf("  %-16s %14s bytes for each worker\n", "scratch", grouped(variant, "scratch_bytes_per_worker").c_str());
  std::printf("programs\n");
  for (const Json &program : variant["programs"])
    std::printf("  %-12s %3s launches, %s copies, %s fills, %s FLOPs\n", string(program, "name").c_str(), program["launches"].dump().c_str(),
                program["copies"].dump().c_str(), program["fills"].dump().c_str(), grouped(program, "flops").c_str());
}

static void printKernels(const Json &variant, int64_t batch) {
  std::printf("kernels on %s, for a batch of %lld\n", string(variant, "target").c_str(), static_cast<long long>(batch));
  for (const Json &kernel : variant["kernels"]) {
    std::string name = string(kernel, "name");
    std::printf("  %s  (%s)\n", name.empty() ? "(no name)" : name.c_str(), string(kernel, "symbol").c_str());
    std::printf("    lines     %s\n", joined(kernel["lines"], ", ").c_str());
    std::printf("    ops       %s\n", joined(kernel["ops"], ", ").c_str());
    std::printf("    work      %s FLOPs, %s bytes, %s bytes of code%s\n", grouped(kernel, "flops").c_str(), grouped(kernel, "bytes").c_str(),
                grouped(kernel, "code_bytes").c_str(), kernel["parallel"].get<bool>() ? ", parallel" : "");
    std::string schedule = string(kernel, "schedule");
    if (schedule.empty())
      continue;
    std::printf("    schedule\n");
    for (size_t begin = 0; begin < schedule.size();) {
      size_t end = std::min(schedule.find('\n', begin), schedule.size());
      std::printf("      %s\n", schedule.substr(begin, end - begin).c_str());
      begin = end + 1;
    }
  }
}

static int runInspect(const InspectOptions &options) {
  std::shared_ptr<const Module> module;
  if (int status = openModel(options.model, module))
    return status;
  const format::Training *training = module->table().training();
  int64_t batch = options.batch ? options.batch : training && training->batch() ? training->batch() : 1;
  Json json = describeModule(module->table(), batch);
  json["hash"] = module->hash();
  if (options.json) {
    std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    return 0;
  }
  bool all = !options.parameters && !options.plan && !options.kernels;
  if (all)
    printSummary(json, module->hash());
  if (all || options.parameters)
    printParameters(json);
  for (const Json &variant : json["variants"]) {
    if (all || options.plan)
      printPlan(variant, batch);
    if (all || options.kernels)
      printKernels(variant, batch);
  }
  return 0;
}

void addInspectCommand(CLI::App &app, int &status) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App *sub = app.add_subcommand("inspect", "Show what a module holds: entry points, parameters, memory plan, kernels");
  addModelOptions(*sub, options->model);
  sub->add_flag("--parameters", options->parameters, "Only the parameters: shapes, initial values, counts");
  sub->add_flag("--plan", options->plan, "Only the memory plan and the programs");
  sub->add_flag("--kernels", options->kernels, "Only the kernels: source lines, ops, work, size, schedule");
  sub->add_option("--batch", options->batch, "The batch for which bytes and FLOPs are given (default: the train block's, else 1)")
      ->type_name("ROWS")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 24));
  sub->add_flag("--json", options->json, "Print all of it as JSON");
  sub->callback([options, &status] { status = runInspect(*options); });
}

} // namespace argent::tool
