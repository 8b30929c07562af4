//===- StepPorts.cpp - what train_step is given and gives ------------------------===//
#include "runtime/train/StepPorts.h"

#include "runtime/train/Batches.h"
#include "runtime/train/Evaluate.h"

#include <cmath>
#include <optional>

namespace argent {

/// What a port of a module for gradient reports gives; none: it gives another thing.
static std::optional<StepPorts::Series> seriesOf(const format::Port &port) {
  using Kind = StepPorts::Series::Kind;
  const std::string_view name = text(port.name());
  for (auto [prefix, kind] :
       {std::pair(kSquaresPrefix, Kind::gradient), std::pair(kReverseSquaresPrefix, Kind::reverseGradient),
        std::pair(kLowPrefix, Kind::low), std::pair(kHighPrefix, Kind::high)}) {
    if (!name.starts_with(prefix))
      continue;
    StepPorts::Series series{kind, std::string(name.substr(prefix.size())), {}, {}, 0};
    if (kind == Kind::low || kind == Kind::high)
      return series;
    List dims(port.type()->dims());
    int64_t count = 1;
    for (uint32_t i = 0; i < dims.size(); ++i) {
      series.dims.push_back(Amount(dims[i]).constant);
      count *= series.dims.back();
    }
    if (dims.empty() || count < 1)
      return std::nullopt;
    series.squares.resize(static_cast<size_t>(count));
    return series;
  }
  return std::nullopt;
}

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
    else if (std::optional<Series> found = seriesOf(*entry->outputs()->Get(i))) {
      Series &own = series.emplace_back(std::move(*found));
      outputs.push_back(own.squares.empty() ? TensorView{ElementType::f32, {}, &own.share}
                                            : TensorView{ElementType::f64, own.dims, own.squares.data()});
    } else
      return unknown(name);
  }
  return hasLoss && hasNorm ? Status() : unknown(hasLoss ? "gradient_norm (missing)" : "loss (missing)");
}

bool StepPorts::isFinite() const { return std::isfinite(loss) && std::isfinite(gradientNorm); }
bool StepPorts::isRate() const { return std::isfinite(rate) && rate >= 0; }

} // namespace argent
