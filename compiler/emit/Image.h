//===- Image.h - kernels joined into one loadable image --------------------===//
// An image is an ELF shared object that imports nothing and has only relative relocations, so that the runtime's small
// loader can map it.
#ifndef ARGENT_COMPILER_EMIT_IMAGE_H
#define ARGENT_COMPILER_EMIT_IMAGE_H

#include "compiler/codegen/Kernels.h"

namespace argent {

struct ImageKernel {
  std::string symbol;       // of the kernel, without "_argv"
  uint64_t address = 0;     // of its entry `symbol_argv`, from the start of the loaded image
  uint64_t codeAddress = 0; // of the first of its functions
  uint64_t codeBytes = 0;   // of all its functions, which are neighbours
  bool isParallel = false;  // calls halide_do_par_for
};

struct KernelImage {
  std::string bytes;
  std::vector<ImageKernel> kernels; // in the order of the first kernel of each symbol
};

/// Links the kernels and the shim that provides Halide's hooks (runtime/KernelContext.h). Kernels of equal symbols are
/// taken once. Errors are diagnostics at `location`: a symbol that nothing defines, a target whose kernels are not in
/// images (CUDA).
mlir::FailureOr<KernelImage> linkImage(llvm::ArrayRef<CompiledKernel> kernels, const Target &target,
                                       mlir::Location location);

} // namespace argent

#endif // ARGENT_COMPILER_EMIT_IMAGE_H
