//===- ModuleWriter.h - plan and image to an .agb module -------------------===//
#ifndef ARGENT_COMPILER_EMIT_MODULEWRITER_H
#define ARGENT_COMPILER_EMIT_MODULEWRITER_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <string>
#include <vector>

namespace argent {

/// Where a pipeline of the plan ended up in the image.
struct KernelImagePlace {
  std::string symbol;
  uint64_t address = 0;     // of `<symbol>_argv`, as loaded at 0
  uint64_t codeAddress = 0; // where its code begins
  uint64_t codeBytes = 0;
};

/// One target's share: the planned and scheduled module, and the image of its kernels.
struct VariantSource {
  mlir::ModuleOp plan;
  std::string target;       // as --target takes it
  std::string architecture; // "x86-64", "aarch64"
  std::vector<std::string> cpuFeatures;
  std::string image;
  llvm::StringMap<KernelImagePlace> kernels; // by the pipeline's symbol in `plan`
  bool checked = false;
};

/// The bytes of the module. The part that all targets share is read off the first variant's plan and the attributes of
/// the module (nn.model, nn.source, nn.training). Fails after an error where something cannot be expressed.
mlir::FailureOr<std::string> writeModule(llvm::ArrayRef<VariantSource> variants);

} // namespace argent

#endif // ARGENT_COMPILER_EMIT_MODULEWRITER_H
