//===- PackKernels.h - between logical and physical layout -----------------===//
#ifndef ARGENT_COMPILER_PLAN_PACKKERNELS_H
#define ARGENT_COMPILER_PLAN_PACKKERNELS_H

#include "compiler/graph/ParameterArena.h"
#include "dialects/hl/HL.h"

namespace argent {

/// The pipeline that copies a dense tensor into the panels of `#nn.layout<pack = …>`, zeros in the lanes past the end,
/// or back. Equal shapes share one pipeline; it is put at the end of the module.
hl::PipelineOp packKernel(mlir::ModuleOp module, const ParameterPlace &place, bool unpack);

} // namespace argent

#endif // ARGENT_COMPILER_PLAN_PACKKERNELS_H
