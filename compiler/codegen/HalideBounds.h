//===- HalideBounds.h - a proof that a kernel stays inside its buffers ------===//
#ifndef ARGENT_COMPILER_CODEGEN_HALIDEBOUNDS_H
#define ARGENT_COMPILER_CODEGEN_HALIDEBOUNDS_H

#include "compiler/codegen/HalidePipeline.h"

namespace argent {

/// Looks at what Halide's bounds inference says of each buffer in `module`, the pipeline lowered with assertions: that
/// it is read or written inside of its extents, and that what a schedule promises of a func's bounds holds. Proves it
/// for all batches from `from` on, or tries many. Fails after an error at the pipeline that names a batch, the buffer
/// and the range.
mlir::LogicalResult checkBounds(const Halide::Module &module, HalidePipeline &pipeline, int64_t from);

} // namespace argent

#endif // ARGENT_COMPILER_CODEGEN_HALIDEBOUNDS_H
