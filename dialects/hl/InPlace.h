//===- InPlace.h - whether a result may be written over an input -----------===//
#ifndef ARGENT_DIALECTS_HL_INPLACE_H
#define ARGENT_DIALECTS_HL_INPLACE_H

#include "dialects/hl/HL.h"

namespace argent::hl {

/// What forbids to write in place, as an error at `op` says it. False if nothing does.
struct InPlaceObstacle {
  mlir::Operation *op = nullptr;
  llvm::StringRef reason;
  explicit operator bool() const { return op; }
};

/// Looks for what breaks (C4) of hl.pipeline, if the func `result`, one of the outputs, is written over `input`, an
/// argument of the same pipeline: a load of the input that may come after the store to the same element.
InPlaceObstacle findInPlaceObstacle(mlir::Value result, mlir::BlockArgument input);

/// Whether the pipeline's result may be written over its input: the types are equal (C3) and nothing breaks (C4).
bool mayBeInPlace(PipelineOp pipeline, unsigned result, unsigned input);

} // namespace argent::hl

#endif // ARGENT_DIALECTS_HL_INPLACE_H
