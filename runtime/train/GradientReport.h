//===- GradientReport.h - how a training's gradients are, as JSON lines -----------===//
#ifndef ARGENT_RUNTIME_TRAIN_GRADIENTREPORT_H
#define ARGENT_RUNTIME_TRAIN_GRADIENTREPORT_H

#include "argent/Session.h"
#include "runtime/train/LineFile.h"
#include "runtime/train/StepPorts.h"

#include <string>
#include <vector>

namespace argent {

/// A line for the run and one for every so many steps (tools/argent/JSON.md, "train --gradient-report"): norms of
/// gradients, parameters and updates for each layer and parameter; of the states of loops the norms of the loss's
/// gradient step by step; shares of saturated elements.
///
/// All norms are L2 norms. A gradient is that of the loss over all rows of the batch, before clipping.
class GradientReport {
public:
  /// Whether open() will work, before anything is written. An empty path: no report.
  ///
  /// Errors: kInvalidArgument  the module was not compiled for gradient reports; `every` is less than 1.
  ///         kInvalidData      what is to be appended to is no report of this model.
  static Status check(const std::string &path, int64_t every, bool append, const Module &module);
  /// An empty path: no report, and nothing is wanted. `append`: behind what the run that is resumed has reported, if
  /// the file is there. `update`: how many are done. Errors: as
  /// check(); kIoError  the file cannot be written.
  Status open(const std::string &path, int64_t every, bool append, const Module &module, int64_t update);

  /// Whether the step after so many updates is reported.
  bool wants(int64_t update) const { return lines_.isOpen() && update % every_ == 0; }
  /// Keeps the parameters, of which step() is told how far they have moved.
  Status before(Session &session);
  /// Writes the line of the step that was just made. One that was not finite has moved nothing: what before() has kept
  /// is not needed for it.
  Status step(Session &session, const StepPorts &ports, int64_t epoch, int64_t update);

private:
  /// A layer, and the places of its parameters in the module.
  struct Layer {
    std::string name;
    std::vector<size_t> parameters;
  };
  void findLayers(const Module &module);

  LineFile lines_;
  int64_t every_ = 1;
  std::vector<Layer> layers_;
  LogicalValues before_;
};

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_GRADIENTREPORT_H
