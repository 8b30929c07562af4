//===- GradientData.cpp - gradient reports, read -------------------------------------------===//
#include "GradientData.h"

#include "PlotAxis.h"
#include "runtime/checkpoint/File.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

namespace argent::tool {

using Json = nlohmann::ordered_json;

static bool isStart(const Json &line) {
  return line.is_object() && line.contains("report") && line["report"] == "gradients";
}

bool isGradientReport(const std::string &path) {
  constexpr size_t kLongest = 1 << 16; // a first line is no longer
  std::ifstream file(path, std::ios::binary);
  std::string first;
  for (char c; first.size() < kLongest && file.get(c) && c != '\n';)
    first += c;
  return isStart(Json::parse(first, nullptr, false));
}

bool GradientStates::hasNumber() const {
  return std::any_of(states.begin(), states.end(), [](const State &state) {
    return std::any_of(state.norms.begin(), state.norms.end(),
                       [](double norm) { return std::isfinite(norm) && norm > 0; });
  });
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
static GradientStep readStep(const Json &line, int64_t update) {
  GradientStep step;
  step.update = update;
  step.loss = numberOf(line.at("loss"));
  step.gradientNorm = numberOf(line.at("gradient_norm"));
  for (auto &[name, layer] : line.at("layers").items())
    step.layers.push_back({name, numberOf(layer.at("gradient_norm"))});
  for (auto &[name, gate] : line.at("gates").items())
    step.gates.push_back({name, numberOf(gate.at("low")), numberOf(gate.at("high"))});
  return step;
}

/// Throws as readStep.
static GradientStates readStates(const Json &line, int64_t update) {
  GradientStates states;
  states.update = update;
  for (auto &[name, state] : line.at("states").items())
    states.states.push_back(
        {name, state.at("reverse").get<bool>(), numbersOf(state.at("norms")), numbersOf(state.at("factors"))});
  return states;
}

static void addStep(GradientStep step, GradientStates states, GradientRun &run) {
  while (!run.steps.empty() && run.steps.back().update >= step.update)
    run.steps.pop_back();
  // Of what is repeated nothing stays; what had a number before it is no longer known but for the first.
  if (run.last.update >= step.update)
    run.last = run.first.hasNumber() ? run.first : GradientStates();
  if (run.steps.empty()) {
    run.first = states;
    run.last = {};
  }
  run.steps.push_back(std::move(step));
  if (states.hasNumber())
    run.last = std::move(states);
}

static constexpr const char *kNoLine = "this is no line of a report that `argent train --gradient-report` writes";

/// Adds a line. Returns what is wrong with it; empty: nothing. Throws as readStep.
static std::string addLine(const Json &line, const std::string &name, std::vector<GradientRun> &runs) {
  const bool begins = isStart(line);
  if (!begins && (runs.empty() || line.at("event") != "step"))
    return kNoLine;
  const Json &update = line.at("update");
  // One beyond what int64_t holds is read as a float or as unsigned.
  const bool isCounted = update.is_number_unsigned()
                             ? update.get<uint64_t>() <= static_cast<uint64_t>(kMostUpdates)
                             : update.is_number_integer() && update.get<int64_t>() >= -kMostUpdates;
  if (update.is_number() && !isCounted)
    return "update " + update.dump() + " is more updates than can be drawn";
  const auto count = update.get<int64_t>(); // throws where it is no number
  if (!begins)
    addStep(readStep(line, count), readStates(line, count), runs.back());
  else if (runs.empty() || count == 0)
    runs.push_back({name, {}, {}, {}});
  return "";
}

Status GradientReader::read() {
  std::ifstream file(path_, std::ios::binary);
  std::error_code error;
  if (!file || std::filesystem::is_directory(path_, error)) {
    std::string none;
    return readFile(path_, none); // says why not
  }
  file.seekg(offset_);
  for (std::string text; std::getline(file, text);) {
    if (file.eof() && line_ > 0)
      return Status(); // it is being written
    std::string why = kNoLine;
    try {
      why = addLine(Json::parse(text, nullptr, false), std::filesystem::path(path_).stem().string(), runs_);
    } catch (const Json::exception &) { // a key is missing, or of another type
    }
    if (!why.empty())
      return Status(StatusCode::kInvalidData, path_ + ":" + std::to_string(line_ + 1) + ": " + why);
    offset_ += static_cast<int64_t>(text.size()) + 1;
    ++line_;
  }
  return Status();
}

Status GradientReader::add(std::vector<GradientRun> &runs) const {
  const size_t before = runs.size();
  std::copy_if(runs_.begin(), runs_.end(), std::back_inserter(runs),
               [](const GradientRun &run) { return !run.steps.empty(); });
  return runs.size() > before ? Status() : Status(StatusCode::kInvalidData, path_ + " has no step of a training");
}

Status readGradientReport(const std::string &path, std::vector<GradientRun> &runs) {
  GradientReader reader(path);
  ARGENT_RETURN_IF_ERROR(reader.read());
  return reader.add(runs);
}

} // namespace argent::tool
