//===- PlotData.h - trainings as curves -------------------------------------------------===//
#ifndef ARGENT_TOOLS_ARGENT_PLOTDATA_H
#define ARGENT_TOOLS_ARGENT_PLOTDATA_H

#include "Canvas.h"

#include "runtime/train/Train.h"

#include <map>

namespace argent::tool {

/// One training: x is the update, from 1.
struct PlotRun {
  std::string name;
  std::vector<Point> steps;                                 // the loss of each step
  std::vector<std::string> metrics;                         // loss first, in the model's order
  std::map<std::string, std::vector<Point>> train, heldOut; // by metric, at the end of each epoch
  std::string heldOutName = "test";                         // "validation" or "test"

  /// Forgets what came after an update: a run went back, or was killed and repeats it.
  void goBack(int64_t update);
  void addStep(int64_t update, double loss);
  void addEpoch(int64_t update, const MetricValues &trained, const std::string &name, const MetricValues &values);
};

/// The trainings in a log (TrainLog): several where a cross-validation or a program appended them. A line that is cut
/// off, as a killed run leaves it at its end, is passed over, also where a later run has begun in it.
///
/// Errors: as readFile; kInvalidData  a line that is no event of a log (it is named), or no step at all.
Status readPlotLog(const std::string &path, std::vector<PlotRun> &runs);

/// Draws loss and metrics, a panel each, of all runs over the updates.
Canvas drawPlot(const std::vector<PlotRun> &runs, const std::string &title);

} // namespace argent::tool

#endif // ARGENT_TOOLS_ARGENT_PLOTDATA_H
