//===- CanonicalText.h - a pipeline as text that decides its code ----------===//
#ifndef ARGENT_DIALECTS_HL_CANONICALTEXT_H
#define ARGENT_DIALECTS_HL_CANONICALTEXT_H

#include "dialects/hl/HL.h"

namespace argent::hl {

/// Whether the operation of a pipeline says how it is computed, not what: hl.schedule, hl.rfactor, hl.in.
bool isSchedule(mlir::Operation *op);
/// Leaves the algorithm.
void eraseSchedule(PipelineOp pipeline);

/// The pipeline without what does not change its code: its name, its funcs' names, extents and stages, locations, what
/// is said of it to rules and reports, discardable attributes. Pipelines of one text are one kernel.
std::string getCanonicalText(PipelineOp pipeline);
/// The canonical text without the schedule: pipelines of one text are one computation.
std::string getAlgorithmText(PipelineOp pipeline);

} // namespace argent::hl

#endif // ARGENT_DIALECTS_HL_CANONICALTEXT_H
