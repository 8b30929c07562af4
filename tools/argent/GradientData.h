//===- GradientData.h - gradient reports, read ---------------------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_GRADIENTDATA_H
#define ARGENT_TOOLS_ARGENT_GRADIENTDATA_H

#include "argent/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace argent::tool {

/// What is drawn over the updates, of a step that was reported. NaN stands for what was not finite.
struct GradientStep {
  struct Layer {
    std::string name;
    double gradientNorm;
  };
  struct Gate {
    std::string name;
    double low, high; // shares of saturated elements
  };
  int64_t update = 0;
  double loss = 0, gradientNorm = 0;
  std::vector<Layer> layers;
  std::vector<Gate> gates;
};

/// The states of loops in a step that was reported.
struct GradientStates {
  struct State {
    std::string name;
    bool isReverse;
    std::vector<double> norms, factors; // of each step of its loop
  };
  int64_t update = 0;
  std::vector<State> states;

  /// Whether a norm of them is a number that is not 0.
  bool hasNumber() const;
};

struct GradientRun {
  std::string name;
  std::vector<GradientStep> steps; // by update, each once
  GradientStates first;            // of the first step
  GradientStates last;             // of the last one where they have a number; without states: there is none
};

/// Whether the file is a gradient report, by its first line: then it is no log. A file that cannot be read is none.
bool isGradientReport(const std::string &path);

/// Reads a report (GradientReport) on, line by line, while a training writes it.
class GradientReader {
public:
  explicit GradientReader(std::string path) : path_(std::move(path)) {}

  /// Reads what has been written since the last time. Each training is named after the file; where a run repeats steps,
  /// the later line counts. A last line that is cut off, as a killed run leaves it, is passed over until it is whole.
  ///
  /// Errors: as readFile; kInvalidData  a line that is none of a report (it is named).
  Status read();
  /// Adds the trainings that have a step. Errors: kInvalidData  there is none.
  Status add(std::vector<GradientRun> &runs) const;

private:
  std::string path_;
  int64_t offset_ = 0; // of what is not read yet
  size_t line_ = 0;    // how many are read
  std::vector<GradientRun> runs_;
};

/// All of a report. Errors: as GradientReader's.
Status readGradientReport(const std::string &path, std::vector<GradientRun> &runs);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_GRADIENTDATA_H
