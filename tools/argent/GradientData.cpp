//===- GradientData.cpp - gradient reports, read -------------------------------------------===//
#include "GradientData.h"

#include "runtime/checkpoint/File.h"

#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

namespace argent::tool {

using Json = nlohmann::ordered_json;

static bool isStart(const Json &line) {
  return line.is_object() && line.contains("report") && line["report"] == "gradients";
}

bool isGradientReport(const std::string &path) {
  std::ifstream file(path);
  std::string first;
  return std::getline(file, first) && isStart(Json::parse(first, nullptr, false));
}

/// null: not finite.
static double numberOf(const Json &value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

static std::vector<double> numbersOf(const Json &list) {
  std::vector<double> numbers;
  for (const Json &value : list)
    numbers.push_back(numberOf(value));
  return numbers;
}

/// Throws Json::exception where the line is not as it should be.
static GradientStep readStep(const Json &line) {
  GradientStep step;
  step.update = line.at("update").get<int64_t>();
  step.loss = numberOf(line.at("loss"));
  step.gradientNorm = numberOf(line.at("gradient_norm"));
  for (auto &[name, layer] : line.at("layers").items())
    step.layers.push_back({name, numberOf(layer.at("gradient_norm"))});
  for (auto &[name, state] : line.at("states").items())
    step.states.push_back(
        {name, state.at("reverse").get<bool>(), numbersOf(state.at("norms")), numbersOf(state.at("factors"))});
  for (auto &[name, gate] : line.at("gates").items())
    step.gates.push_back({name, numberOf(gate.at("low")), numberOf(gate.at("high"))});
  return step;
}

/// Whether the line is one of a report; throws as readStep.
static bool add(const Json &line, const std::string &name, std::vector<GradientRun> &runs) {
  if (isStart(line)) {
    if (runs.empty() || line.at("update") == 0)
      runs.push_back({name, {}});
    return true;
  }
  if (runs.empty() || line.at("event") != "step")
    return false;
  GradientStep step = readStep(line);
  std::vector<GradientStep> &steps = runs.back().steps;
  while (!steps.empty() && steps.back().update >= step.update)
    steps.pop_back();
  steps.push_back(std::move(step));
  return true;
}

Status readGradientReport(const std::string &path, std::vector<GradientRun> &runs) {
  std::string text;
  ARGENT_RETURN_IF_ERROR(readFile(path, text));
  std::vector<GradientRun> found;
  size_t number = 0;
  for (size_t begin = 0; begin < text.size(); ++number) {
    const size_t end = text.find('\n', begin);
    if (end == text.npos && number > 0)
      break; // it was being written
    const Json line = Json::parse(text.substr(begin, end - begin), nullptr, false);
    begin = end == text.npos ? end : end + 1;
    bool isGood = false;
    try {
      isGood = add(line, std::filesystem::path(path).stem().string(), found);
    } catch (const Json::exception &) { // a key is missing, or of another type
    }
    if (!isGood)
      return Status(StatusCode::kInvalidData,
                    path + ":" + std::to_string(number + 1) +
                        ": this is no line of a report that `argent train --gradient-report` writes");
  }
  std::erase_if(found, [](const GradientRun &run) { return run.steps.empty(); });
  if (found.empty())
    return Status(StatusCode::kInvalidData, path + " has no step of a training");
  runs.insert(runs.end(), found.begin(), found.end());
  return Status();
}

} // namespace argent::tool
