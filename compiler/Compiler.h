//===- Compiler.h - from an .ag file to a module or a stage's text ---------===//
#ifndef ARGENT_COMPILER_COMPILER_H
#define ARGENT_COMPILER_COMPILER_H

#include "compiler/codegen/Kernels.h"
#include "frontends/ag/Frontend.h"

#include <string>
#include <vector>

namespace argent {

struct CompileOptions {
  ag::EvaluateOptions model;
  std::vector<std::string> targets{"host"};
  std::string emit = "agb"; // ast, nn, hl, schedule, plan, asm, agb
  CodegenOptions codegen;
};

/// The kinds of `--emit`.
llvm::ArrayRef<llvm::StringRef> emitKinds();

/// Compiles a file. Diagnostics go to `diagnostics` as the language's section 10 shows them; failure after at least one.
llvm::FailureOr<std::string> compileFile(llvm::StringRef path, const CompileOptions &options, llvm::raw_ostream &diagnostics);

} // namespace argent

#endif // ARGENT_COMPILER_COMPILER_H
