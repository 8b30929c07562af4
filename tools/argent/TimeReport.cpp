//===- TimeReport.cpp - where the compiler's time went, as a table ------------------------===//
#include "TimeReport.h"

#include <nlohmann/json.hpp>

namespace argent::tool {

using Json = nlohmann::ordered_json;

static constexpr size_t kMostKernels = 20;

static std::string line(double seconds, double total, const std::string &name, const char *indent) {
  char text[64];
  std::snprintf(text, sizeof(text), "  %9.4f s %5.1f%%  ", seconds, total > 0 ? 100 * seconds / total : 0);
  return text + std::string(indent) + name + "\n";
}

std::string timeReportTable(const std::string &report) {
  Json json = Json::parse(report);
  double total = json["total_seconds"].get<double>();
  std::string text = "time of the compiler\n";
  for (const Json &stage : json["stages"]) {
    text += line(stage["seconds"].get<double>(), total, stage["name"].get<std::string>(), "");
    for (const Json &pass : stage["passes"])
      text += line(pass["seconds"].get<double>(), total, pass["name"].get<std::string>(), "  ");
  }
  text += line(total, total, "all", "");
  const Json &kernels = json["kernels"];
  if (kernels.empty())
    return text;
  auto hits = json["cache_hits"].get<size_t>();
  text += "code of " + std::to_string(kernels.size()) + " kernels: " + std::to_string(hits) + " from the cache, " +
          std::to_string(kernels.size() - hits) + " compiled, side by side" +
          (hits < kernels.size() ? "; the slowest\n" : "\n");
  size_t shown = 0;
  double rest = 0;
  for (const Json &kernel : kernels) {
    if (kernel["cached"].get<bool>())
      continue;
    char seconds[32];
    std::snprintf(seconds, sizeof(seconds), "  %9.4f s         ", kernel["seconds"].get<double>());
    if (shown++ < kMostKernels)
      text += seconds + kernel["name"].get<std::string>() + "\n";
    else
      rest += kernel["seconds"].get<double>();
  }
  if (shown > kMostKernels) {
    char seconds[64];
    std::snprintf(seconds, sizeof(seconds), "  %9.4f s         the other %zu\n", rest, shown - kMostKernels);
    text += seconds;
  }
  return text;
}

} // namespace argent::tool
