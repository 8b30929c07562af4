//===- PackKernels.h - between logical and physical layout -----------------===//
#ifndef ARGENT_COMPILER_KERNEL_PACKKERNELS_H
#define ARGENT_COMPILER_KERNEL_PACKKERNELS_H

#include "compiler/graph/ParameterArena.h"
#include "dialects/hl/HL.h"

namespace argent {

enum class PackDirection { Pack, Unpack };

/// The symbol of the pipeline that copies a dense tensor into the panels of `#nn.layout<pack = …>`, zeros in the lanes
/// past the end, or back. Equal shapes share one pipeline. --make-pack-kernels makes it, @pack and @unpack launch it.
std::string getPackKernelName(const ParameterPlace &place, PackDirection direction);

} // namespace argent

#endif // ARGENT_COMPILER_KERNEL_PACKKERNELS_H
