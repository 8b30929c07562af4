//===- InspectTables.cpp - the pages of argent inspect --------------------------------------===//
#include "InspectTables.h"

#include "Command.h"

#include <algorithm>

namespace argent::tool {

using Json = nlohmann::ordered_json;

static std::string string(const Json &json, const char *key) { return json[key].get<std::string>(); }
static std::string grouped(const Json &json, const char *key) { return groupedNumber(json[key].get<int64_t>()); }

static std::string joined(const Json &list, const char *separator) {
  std::string result;
  for (const Json &item : list)
    result += (result.empty() ? "" : separator) + item.get<std::string>();
  return result;
}

/// "54.6 MFLOP", "3.34 MB".
static std::string scaled(int64_t count, const char *unit) {
  double value = static_cast<double>(count);
  const char *prefix = "";
  for (const char *next : {"k", "M", "G", "T"}) {
    if (value < 1000)
      break;
    value /= 1000;
    prefix = next;
  }
  char text[40];
  std::snprintf(text, sizeof(text),
                *prefix == 0  ? "%.0f %s%s"
                : value < 10  ? "%.2f %s%s"
                : value < 100 ? "%.1f %s%s"
                              : "%.0f %s%s",
                value, prefix, unit);
  return text;
}

std::string table(const std::vector<std::vector<std::string>> &rows, const std::vector<size_t> &right) {
  std::vector<size_t> widths;
  for (const auto &row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string text;
  for (const auto &row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < row.size(); ++i) {
      bool atRight = std::find(right.begin(), right.end(), i) != right.end();
      std::string space(widths[i] - row[i].size(), ' ');
      line += " " + (atRight ? space + row[i] : row[i] + space) + " ";
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

static std::string describePorts(const Json &ports) {
  std::string text;
  for (const Json &port : ports) {
    text += (text.empty() ? "" : ", ") + string(port, "name") + ": " + string(port, "type");
    if (port.contains("from"))
      text += " from " + string(port, "from");
    if (port.contains("range"))
      text += " (" + port["range"][0].dump() + " to " + port["range"][1].dump() + ")";
  }
  return text;
}

static const char *purpose(const std::string &entry) {
  return entry == "predict"      ? "outputs from inputs"
         : entry == "evaluate"   ? "loss and metrics of a batch, as totals that are added up"
         : entry == "metrics"    ? "loss and metrics from the totals of all batches"
         : entry == "train_step" ? "gradients of a batch and the update of the parameters"
                                 : "";
}

void printSummary(const Json &module) {
  int64_t batch = module["batch"].get<int64_t>();
  std::printf("%s, from %s\n", string(module, "name").c_str(), string(module, "source_file").c_str());
  size_t tensors =
      static_cast<size_t>(std::count_if(module["parameters"].begin(), module["parameters"].end(),
                                        [](const Json &parameter) { return parameter["kind"] == "parameter"; }));
  std::string frozen =
      module["frozen_count"].get<int64_t>() ? ", " + grouped(module, "frozen_count") + " of them frozen" : "";
  std::string states =
      module["state_count"].get<int64_t>() ? ", and " + grouped(module, "state_count") + " numbers of state" : "";
  std::printf("  %s parameters in %zu tensors (%s)%s%s\n", grouped(module, "parameter_count").c_str(), tensors,
              scaled(module["parameter_bytes"].get<int64_t>(), "B").c_str(), frozen.c_str(), states.c_str());
  if (module.contains("training")) {
    const Json &training = module["training"];
    std::printf("  can be trained: batch %s, metrics %s\n", training["batch"].dump().c_str(),
                joined(training["metrics"], ", ").c_str());
  } else {
    std::printf("  has no train block: it predicts only\n");
  }
  std::printf("entry points (N is the batch)\n");
  for (const Json &entry : module["entries"]) {
    std::printf("  %s: %s\n", string(entry, "name").c_str(), purpose(string(entry, "name")));
    std::printf("      in   %s\n", describePorts(entry["inputs"]).c_str());
    std::printf("      out  %s\n", describePorts(entry["outputs"]).c_str());
  }
  for (const Json &variant : module["variants"]) {
    std::printf("compiled for %s%s\n", string(variant, "target").c_str(),
                variant["checked"].get<bool>() ? ", checked" : "");
    if (!variant["cpu_features"].empty())
      std::printf("  needs a processor with %s\n", joined(variant["cpu_features"], ", ").c_str());
    std::printf("  %zu kernels, %s of code; memory for a batch of %lld: %s\n", variant["kernels"].size(),
                scaled(variant["code_bytes"].get<int64_t>(), "B").c_str(), static_cast<long long>(batch),
                scaled(variant["memory_bytes"].get<int64_t>(), "B").c_str());
    for (const Json &program : variant["programs"])
      if (program["flops"].get<int64_t>() > 0 && string(program, "name") != "metrics")
        std::printf("  %-10s  %s in %s kernel launches, memory %s\n", string(program, "name").c_str(),
                    scaled(program["flops"].get<int64_t>(), "FLOP").c_str(), program["launches"].dump().c_str(),
                    scaled(program["memory_bytes"].get<int64_t>(), "B").c_str());
  }
  std::printf("file: %s bytes, %s, made by %s\n", grouped(module, "file_bytes").c_str(), string(module, "hash").c_str(),
              string(module, "producer").c_str());
  std::printf("more: --parameters, --layers, --plan, --memory, --kernels, --asm KERNEL\n");
}

/// "trained, decay 0.0001, rate x 0.1"; "frozen"; "state".
static std::string describeSettings(const Json &parameter) {
  if (string(parameter, "kind") == "state")
    return "state";
  const Json &settings = parameter["settings"];
  if (settings.contains("frozen"))
    return "frozen";
  std::string text = "trained";
  auto number = [&](const char *key, const char *words) {
    if (!settings.contains(key))
      return;
    char value[40];
    std::snprintf(value, sizeof(value), "%.6g", settings[key].get<double>());
    text += std::string(", ") + words + value;
  };
  number("decay", "decay ");
  number("rate", "rate x ");
  number("max_norm", "max_norm ");
  return text;
}

void printParameters(const Json &module) {
  std::printf("parameters\n");
  std::vector<std::vector<std::string>> rows = {
      {"path", "shape", "count", "bytes", "initial values", "settings", "line"}};
  for (const Json &parameter : module["parameters"])
    rows.push_back({string(parameter, "path"), string(parameter, "type"), grouped(parameter, "count"),
                    grouped(parameter, "bytes"), string(parameter, "initializer"), describeSettings(parameter),
                    string(parameter, "line")});
  auto all = [&](const char *head, const char *count, const char *bytes) {
    if (module[count].get<int64_t>())
      rows.push_back({head, "", grouped(module, count), grouped(module, bytes)});
  };
  auto difference = [&](const char *of, const char *without) {
    return groupedNumber(module[of].get<int64_t>() - module[without].get<int64_t>());
  };
  rows.push_back({"all that is trained", "", difference("parameter_count", "frozen_count"),
                  difference("parameter_bytes", "frozen_bytes")});
  all("all that is frozen", "frozen_count", "frozen_bytes");
  all("all states", "state_count", "state_bytes");
  std::printf("%s", table(rows, {2, 3}).c_str());
}

void printLayers(const Json &module) {
  const Json &layers = module["layers"];
  if (layers.empty()) {
    std::printf("the module does not say what its layers are: compile it again\n");
    return;
  }
  std::printf("layers of predict; neurons, connections and FLOPs are for one row, the receptive field is in points of "
              "the first input\n");
  std::vector<std::vector<std::string>> rows = {
      {"layer", "kind", "output", "parameters", "neurons", "connections", "field", "FLOPs", "line"}};
  int64_t parameters = 0, neurons = 0, connections = 0, flops = 0;
  for (const Json &layer : layers) {
    std::string field;
    for (const Json &extent : layer["field"])
      field += (field.empty() ? "" : "x") + extent.dump();
    auto positive = [&](const char *key) { return layer[key].get<int64_t>() ? grouped(layer, key) : std::string("-"); };
    rows.push_back({string(layer, "name"), string(layer, "kind"), string(layer, "output"), positive("parameters"),
                    grouped(layer, "neurons"), positive("connections"), field.empty() ? "-" : field, positive("flops"),
                    string(layer, "line")});
    parameters += layer["parameters"].get<int64_t>();
    neurons += layer["neurons"].get<int64_t>();
    connections += layer["connections"].get<int64_t>();
    flops += layer["flops"].get<int64_t>();
  }
  rows.push_back({"all", "", "", groupedNumber(parameters), groupedNumber(neurons), groupedNumber(connections), "",
                  groupedNumber(flops)});
  std::printf("%s", table(rows, {3, 4, 5, 6, 7}).c_str());
}

void printPlan(const Json &variant, int64_t batch) {
  std::printf("memory for a batch of %lld on %s\n", static_cast<long long>(batch), string(variant, "target").c_str());
  for (const Json &arena : variant["arenas"]) {
    std::string kind = string(arena, "kind");
    if (kind == "moments")
      kind += " " + std::to_string(arena["index"].get<int>() + 1);
    std::printf("  %-16s %14s bytes%s\n", kind.c_str(), grouped(arena, "bytes").c_str(),
                kind == "logical" ? "  (only while parameters are loaded or saved)" : "");
  }
  std::printf("  %-16s %14s bytes\n", "all", grouped(variant, "memory_bytes").c_str());
  std::printf("programs\n");
  for (const Json &program : variant["programs"])
    std::printf("  %-12s %3s launches, %s copies, %s fills, %s FLOPs, %s bytes of memory\n",
                string(program, "name").c_str(), program["launches"].dump().c_str(), program["copies"].dump().c_str(),
                program["fills"].dump().c_str(), grouped(program, "flops").c_str(),
                grouped(program, "memory_bytes").c_str());
}

void printKernels(const Json &variant, int64_t batch) {
  std::printf("kernels on %s, for a batch of %lld\n", string(variant, "target").c_str(), static_cast<long long>(batch));
  for (const Json &kernel : variant["kernels"]) {
    std::printf("  %s  (%s)\n", string(kernel, "name").c_str(), string(kernel, "symbol").c_str());
    std::printf("    lines     %s\n", joined(kernel["lines"], ", ").c_str());
    std::printf("    ops       %s\n", joined(kernel["ops"], ", ").c_str());
    std::printf("    used by   %s\n", joined(kernel["programs"], ", ").c_str());
    std::printf("    work      %s FLOPs, %s bytes, %s bytes of code%s\n", grouped(kernel, "flops").c_str(),
                grouped(kernel, "bytes").c_str(), grouped(kernel, "code_bytes").c_str(),
                kernel["parallel"].get<bool>() ? ", parallel" : "");
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

void printMemory(const Json &plan) {
  constexpr size_t kMost = 20;
  std::printf("memory of %s for a batch of %s on %s\n", string(plan, "program").c_str(), plan["batch"].dump().c_str(),
              string(plan, "target").c_str());
  for (const Json &arena : plan["arenas"])
    std::printf("  %-16s %14s bytes\n", string(arena, "kind").c_str(), grouped(arena, "used_bytes").c_str());
  std::printf("a session that runs one entry point alone\n");
  for (const Json &program : plan["programs"])
    std::printf("  %-16s %14s bytes\n", string(program, "name").c_str(), grouped(program, "bytes").c_str());
  size_t peak = plan["peak_launch"].get<size_t>();
  std::printf("most is alive at launch %zu of %zu (%s): %s bytes of values that come and go\n", peak,
              plan["launches"].size(),
              plan["launches"].empty() ? "" : plan["launches"][peak].get<std::string>().c_str(),
              grouped(plan, "peak_bytes").c_str());
  std::vector<const Json *> buffers;
  for (const Json &buffer : plan["buffers"])
    if (!buffer["lasting"].get<bool>())
      buffers.push_back(&buffer);
  std::stable_sort(buffers.begin(), buffers.end(), [](const Json *a, const Json *b) {
    return (*a)["bytes"].get<int64_t>() > (*b)["bytes"].get<int64_t>();
  });
  std::vector<std::vector<std::string>> rows = {
      {"bytes", "arena", "offset", "launches", "alive at the peak", "written by"}};
  for (size_t i = 0; i < buffers.size() && i < kMost; ++i) {
    const Json &buffer = *buffers[i];
    size_t begin = buffer["begin"].get<size_t>(), end = buffer["end"].get<size_t>();
    rows.push_back({grouped(buffer, "bytes"), string(buffer, "arena"), grouped(buffer, "offset"),
                    std::to_string(begin) + " to " + std::to_string(end), begin <= peak && peak <= end ? "yes" : "",
                    string(buffer, "name")});
  }
  std::printf("the largest of %zu\n%s", buffers.size(), table(rows, {0, 2}).c_str());
  std::printf("-o FILE.svg (or .png) draws them over time\n");
}

} // namespace argent::tool
