//===- StepPorts.h - what train_step is given and gives --------------------------===//
#ifndef ARGENT_RUNTIME_TRAIN_STEPPORTS_H
#define ARGENT_RUNTIME_TRAIN_STEPPORTS_H

#include "argent/Module.h"
#include "runtime/Table.h"

#include <deque>
#include <string>
#include <vector>

namespace argent {

/// The ports of train_step that no data fills, as numbers; `inputs` and `outputs` are all of them, views into this
/// object.
struct StepPorts {
  StepPorts() = default;
  StepPorts(const StepPorts &) = delete;
  StepPorts &operator=(const StepPorts &) = delete;

  /// Errors: kIncompatible  a port that this version does not know, or none of `loss`, `gradient_norm`.
  Status find(const Module &module);

  bool isFinite() const;
  bool isRate() const;

  float epoch = 0, update = 0, epochs = 0, updatesPerEpoch = 0, rateScale = 1;
  float loss = 0, gradientNorm = 0, rate = 0;
  std::vector<float> totals;
  bool canScaleRate = false;              // older modules cannot
  const format::Port *ratePort = nullptr; // older modules have none

  /// What a module for gradient reports says besides.
  struct Series {
    enum class Kind { gradient, reverseGradient, low, high } kind;
    std::string name;
    std::vector<int64_t> dims;   // of a state's gradient: the steps of each loop around it, the outermost first
    std::vector<double> squares; // of that gradient, step by step
    float share = 0;             // of the saturated elements of what saturates
  };
  std::deque<Series> series; // its elements stay where they are

  std::vector<TensorView> inputs; // those that come from data are filled for each batch
  std::vector<TensorView> outputs;
};

} // namespace argent

#endif // ARGENT_RUNTIME_TRAIN_STEPPORTS_H
