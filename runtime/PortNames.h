//===- PortNames.h - ports that the runtime knows by name ------------------===//
// A frontend gives them to the functions it makes; the runtime fills and reads them. Depends on nothing: frontends use
// it too.
#ifndef ARGENT_RUNTIME_PORTNAMES_H
#define ARGENT_RUNTIME_PORTNAMES_H

#include <string_view>

namespace argent {

/// Inputs of train_step that tell of the run, all f32[]: epochs and updates so far; how many epochs the run makes, and
/// how many updates an epoch has.
inline constexpr std::string_view kEpochPort = "epoch";
inline constexpr std::string_view kUpdatePort = "update";
inline constexpr std::string_view kEpochsPort = "epochs";
inline constexpr std::string_view kUpdatesPerEpochPort = "updates_per_epoch";
inline constexpr std::string_view kRunPorts[] = {kEpochPort, kUpdatePort, kEpochsPort, kUpdatesPerEpochPort};

/// The input of train_step that the rate is times; 1 where a caller does not give it.
inline constexpr std::string_view kRateScalePort = "@rate_scale";
/// The output of train_step that says which rate the step used.
inline constexpr std::string_view kRatePort = "rate";
/// What train_step says for a gradient report (--nn-probe-loops), before the name of a state of a loop or of what
/// saturates in one: sums of squares of gradients, f64 with the steps of each loop around it as dimensions, the first
/// for loops that run from the first step to the last, the second for those that run the other way; shares of the
/// elements that are saturated on the lower and on the upper side, f32[].
inline constexpr std::string_view kSquaresPrefix = "@squares ";
inline constexpr std::string_view kReverseSquaresPrefix = "@squares_reverse ";
inline constexpr std::string_view kLowPrefix = "@low ";
inline constexpr std::string_view kHighPrefix = "@high ";
/// The last input of an entry point that draws random values: i32[4], its seed and update. The session fills it.
inline constexpr std::string_view kRandomPort = "@random";

} // namespace argent

#endif // ARGENT_RUNTIME_PORTNAMES_H
