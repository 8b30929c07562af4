//===- StepPorts.cpp - what train_step is given and gives ------------------------===//
#include "runtime/train/StepPorts.h"

#include "runtime/train/Batches.h"
#include "runtime/train/Evaluate.h"

#include <cmath>

namespace argent {

Status StepPorts::find(const Module &module) {
  const format::EntryPoint *entry = module.entry("train_step");
  totals.resize(totalCount(module));
  auto unknown = [&](const std::string &port) {
    return Status(StatusCode::kIncompatible,
                  module.name() + ": `train_step` has a port `" + port + "` that this version does not know");
  };
  inputs.resize(givenInputs(*entry));
  for (unsigned i = 0; i < inputs.size(); ++i) {
    std::string_view name = entry->inputs()->Get(i)->name()->string_view();
    if (isTrainingPort(name))
      inputs[i] = TensorView{ElementType::f32,
                             {},
                             name == kEpochPort             ? &epoch
                             : name == kUpdatePort          ? &update
                             : name == kEpochsPort          ? &epochs
                             : name == kUpdatesPerEpochPort ? &updatesPerEpoch
                                                            : &rateScale};
    canScaleRate |= name == kRateScalePort;
  }
  bool hasLoss = false, hasNorm = false;
  for (unsigned i = 0; entry->outputs() && i < entry->outputs()->size(); ++i) {
    std::string name = entry->outputs()->Get(i)->name()->str();
    if (name == "loss")
      outputs.push_back({ElementType::f32, {}, &loss}), hasLoss = true;
    else if (name == "gradient_norm")
      outputs.push_back({ElementType::f32, {}, &gradientNorm}), hasNorm = true;
    else if (name == kRatePort)
      outputs.push_back({ElementType::f32, {}, &rate}), ratePort = entry->outputs()->Get(i);
    else if (name == "totals")
      outputs.push_back({ElementType::f32, {static_cast<int64_t>(totals.size())}, totals.data()});
    else
      return unknown(name);
  }
  return hasLoss && hasNorm ? Status() : unknown(hasLoss ? "gradient_norm (missing)" : "loss (missing)");
}

bool StepPorts::isFinite() const { return std::isfinite(loss) && std::isfinite(gradientNorm); }
bool StepPorts::isRate() const { return std::isfinite(rate) && rate >= 0; }

} // namespace argent
