//===- KernelHarness.h - hl text compiled, loaded and run in a test --------===//
#ifndef ARGENT_TEST_COMPILER_CODEGEN_KERNELHARNESS_H
#define ARGENT_TEST_COMPILER_CODEGEN_KERNELHARNESS_H

#include "compiler/emit/Image.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "runtime/HalideBuffer.h"
#include "runtime/Image.h"
#include "runtime/KernelContext.h"

#include <memory>
#include <string>
#include <vector>

namespace argent::test {

/// An MLIR context and what it reported.
class Compiler {
public:
  Compiler();
  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text);
  std::vector<hl::PipelineOp> getPipelines(mlir::ModuleOp module);

  mlir::MLIRContext context;
  std::vector<std::string> errors;
};

/// A folder for a kernel cache, removed at the end.
class CacheFolder {
public:
  CacheFolder();
  ~CacheFolder();
  std::string path;
};

/// A dense buffer in row-major order.
struct Memory {
  Memory(ElementType type, std::vector<int> extents, void *data);
  HalideBuffer buffer;
  std::vector<HalideDimension> dimensions;
};

/// One kernel, compiled for this processor and loaded as the runtime does.
class LoadedKernel {
public:
  /// Empty text of `error` on success.
  static std::unique_ptr<LoadedKernel> load(llvm::StringRef text, std::string &error, bool checked = false,
                                            bool expandMath = false);
  int run(int batch, std::vector<Memory *> buffers);
  std::string message; // of the last error

private:
  struct Context : KernelContext {
    LoadedKernel *owner;
  } kernelContext_;
  std::unique_ptr<Image> image_;
  int (*entry_)(void **) = nullptr;
};

} // namespace argent::test

#endif // ARGENT_TEST_COMPILER_CODEGEN_KERNELHARNESS_H
