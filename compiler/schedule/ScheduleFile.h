//===- ScheduleFile.h - schedules as text that a person edits ---------------===//
// What --emit=schedule writes and --schedule=FILE reads:
//
//     kernel "conv2d_1.y conv2d_1.add tanh" {
//       // comments
//       hl.schedule %acc : <3, f32> { ... }
//     }
//
// The body is what stands behind hl.output in the kernel's hl.pipeline; the funcs are the model's own, so a file can
// change how a kernel is computed but not what.
#ifndef ARGENT_COMPILER_SCHEDULE_SCHEDULEFILE_H
#define ARGENT_COMPILER_SCHEDULE_SCHEDULEFILE_H

#include "dialects/hl/HL.h"
#include "mlir/IR/BuiltinOps.h"

namespace argent {

/// Makes the `kernel_name` of each pipeline say which it is: different computations of one name get " #2", " #3" ... in
/// the order of the module; equal ones keep one name. The names come from the source, so they do not change with
/// schedules nor with other kernels.
void nameKernels(mlir::ModuleOp module);

/// The schedules of all kernels, each computation once.
std::string printSchedules(mlir::ModuleOp module);

/// Replaces the schedules of the kernels that the file names. Fails after errors at their places in the file: not of
/// the form above, a kernel or a func that the model lacks, a directive that is not legal. A kernel whose schedule
/// differs from the rule's gets the attribute `by_hand`: code generation then proves that it stays inside its buffers.
mlir::LogicalResult replaceSchedules(mlir::ModuleOp module, llvm::StringRef path);

} // namespace argent

#endif // ARGENT_COMPILER_SCHEDULE_SCHEDULEFILE_H
