//===- Compiler.h - from a source file to a module or a stage's text ---------===//
#ifndef ARGENT_COMPILER_COMPILER_H
#define ARGENT_COMPILER_COMPILER_H

#include "compiler/codegen/Kernels.h"
#include "frontends/Frontend.h"

#include <string>
#include <vector>

namespace argent {

struct CompileOptions {
  FrontendOptions model;
  std::vector<std::string> targets{"host"};
  std::string emit = "agb";    // ast, nn, hl, schedule, plan, asm, agb
  std::string scheduleFile;    // empty: the rules' schedules
  bool gradientReport = false; // train_step says what `argent train --gradient-report` shows
  CodegenOptions codegen;
};

/// The kinds of `--emit`.
llvm::ArrayRef<llvm::StringRef> emitKinds();

struct TimeReport;

/// Compiles a file. `report`, unless null, receives the times of the stages. Diagnostics go to `diagnostics` as the
/// language's section 10 shows them; failure after at least one.
llvm::FailureOr<std::string> compileFile(llvm::StringRef path, const CompileOptions &options,
                                         llvm::raw_ostream &diagnostics, TimeReport *report = nullptr);

} // namespace argent

#endif // ARGENT_COMPILER_COMPILER_H
