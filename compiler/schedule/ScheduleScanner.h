//===- ScheduleScanner.h - the kernels of a schedule file ------------------===//
#ifndef ARGENT_COMPILER_SCHEDULE_SCHEDULESCANNER_H
#define ARGENT_COMPILER_SCHEDULE_SCHEDULESCANNER_H

#include "mlir/IR/MLIRContext.h"
#include "mlir/Support/LLVM.h"

#include <string>
#include <vector>

namespace argent {

/// `kernel "NAME" { BODY }` of a file.
struct ScheduleEntry {
  std::string name;
  unsigned line = 0, column = 0;         // of `kernel`
  unsigned bodyLine = 0, bodyColumn = 0; // behind the brace
  llvm::StringRef body;
};

/// Cuts a file's text into kernels; braces in strings and comments do not count. Fails after an error at its place in
/// the file `path`.
mlir::FailureOr<std::vector<ScheduleEntry>> scanSchedules(mlir::MLIRContext *context, llvm::StringRef path,
                                                          llvm::StringRef text);

} // namespace argent

#endif // ARGENT_COMPILER_SCHEDULE_SCHEDULESCANNER_H
