//===- Kernels.h - hl pipelines to objects, in parallel and cached ---------===//
// Each distinct kernel is compiled once, by a fresh argent-codegen process. Includes nothing of Halide.
#ifndef ARGENT_COMPILER_CODEGEN_KERNELS_H
#define ARGENT_COMPILER_CODEGEN_KERNELS_H

#include "compiler/target/Target.h"
#include "dialects/hl/HL.h"

namespace argent {

struct CompiledKernel {
  std::string symbol; // "k_" and 32 hex digits; the entry is `symbol_argv`
  std::string object; // an ELF object of the target, or its assembly
};

/// What one distinct kernel cost.
struct KernelTime {
  std::string name, symbol; // of the first pipeline that is this kernel
  double seconds = 0;       // of the code generator, or of reading the cache
  bool isCached = false;
};

struct CodegenOptions {
  unsigned workers = 0; // processes at a time; 0: one for each core
  std::string cacheDir; // empty: $XDG_CACHE_HOME/argent, or ~/.cache/argent
  bool useCache = true;
  bool checked = false;    // kernels with Halide's assertions
  bool assembly = false;   // text for people instead of objects; neither read from the cache nor written to it
  std::string codegenPath; // argent-codegen; empty: beside this program or library, else in PATH
  uint64_t cacheBytes = uint64_t(1) << 30;  // the entries used longest ago are removed above this
  std::vector<KernelTime> *times = nullptr; // receives one for each distinct kernel
};

/// The kernel's symbol: from a hash of canonical text, target, `checked`, and the versions of Halide and of the
/// translation.
std::string getKernelSymbol(hl::PipelineOp pipeline, const Target &target, bool checked);

/// The kernels of `pipelines`, in their order; equal kernels have equal symbols and objects. The result does not depend
/// on the number of workers nor on the cache. Checked kernels and those with a schedule by hand are proved to stay
/// inside their buffers from their least batch on. Errors of a kernel are diagnostics at its pipeline, or at its
/// schedule if that is by hand; all kernels are tried.
mlir::FailureOr<std::vector<CompiledKernel>> compileKernels(llvm::ArrayRef<hl::PipelineOp> pipelines,
                                                            const Target &target, const CodegenOptions &options = {});

} // namespace argent

#endif // ARGENT_COMPILER_CODEGEN_KERNELS_H
