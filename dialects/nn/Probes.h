//===- Probes.h - what stands on the ports of a gradient report -------------===//
// --nn-probe-loops writes it, the dialect verifies it, --nn-differentiate and --nn-report-gradients read it.
#ifndef ARGENT_DIALECTS_NN_PROBES_H
#define ARGENT_DIALECTS_NN_PROBES_H

#include "llvm/ADT/StringRef.h"

namespace argent::nn {

/// On an argument that is a probe, and on the result that is its gradient: the name of what is probed.
inline constexpr llvm::StringLiteral kProbe = "nn.probe";
/// On a probe: how many loops cut it. Their steps are its dimensions 1 ….
inline constexpr llvm::StringLiteral kProbeLoops = "nn.probe_loops";
/// On a probe: the innermost of them runs from the last step to the first.
inline constexpr llvm::StringLiteral kProbeReverse = "nn.probe_reverse";

} // namespace argent::nn

#endif // ARGENT_DIALECTS_NN_PROBES_H
