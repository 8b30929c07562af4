//===- GradientData.h - gradient reports, read ---------------------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_GRADIENTDATA_H
#define ARGENT_TOOLS_ARGENT_GRADIENTDATA_H

#include "argent/Status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace argent::tool {

/// A step that was reported. NaN stands for what was not finite.
struct GradientStep {
  struct Layer {
    std::string name;
    double gradientNorm;
  };
  struct State {
    std::string name;
    bool isReverse;
    std::vector<double> norms, factors; // of each step of its loop
  };
  struct Gate {
    std::string name;
    double low, high; // shares of saturated elements
  };
  int64_t update = 0;
  double loss = 0, gradientNorm = 0;
  std::vector<Layer> layers;
  std::vector<State> states;
  std::vector<Gate> gates;
};

struct GradientRun {
  std::string name;
  std::vector<GradientStep> steps; // by update, each once
};

/// Whether the file is a gradient report, by its first line: then it is no log. A file that cannot be read is none.
bool isGradientReport(const std::string &path);

/// The trainings in a report (GradientReport), each named after the file; where a run repeats steps, the later line
/// counts. A last line that is cut off, as a killed run leaves it, is passed over.
///
/// Errors: as readFile; kInvalidData  a line that is none of a report (it is named), or no step at all.
Status readGradientReport(const std::string &path, std::vector<GradientRun> &runs);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_GRADIENTDATA_H
