//===- HalideTranslation.cpp - an hl pipeline through Halide ---------------===//
//   1. Make Halide::Funcs of the algorithm (HalideAlgorithm.cpp) and apply the schedule (HalideSchedule.cpp).
//   2. Lower it; with assertions, prove by them that the kernel stays inside its buffers (HalideBounds.cpp).
//   3. Compile with Halide's LLVM into a file of our own, and read it.
//   4. Look at the object: a call of anything but the hooks that an image provides is an error of ours.
// Halide::Error is not a std::exception: it is caught by name and becomes a diagnostic at the op that Halide was
// working on.
#include "compiler/codegen/HalideTranslation.h"

#include "compiler/codegen/HalideBounds.h"

#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace argent;
namespace H = Halide;

namespace {

/// A temporary file that Halide writes.
class OutputFile {
public:
  LogicalResult create(Location location, StringRef suffix) {
    if (std::error_code error = llvm::sys::fs::createTemporaryFile("argent-codegen", suffix, path_))
      return emitError(location) << "cannot make a temporary file: " << error.message();
    remover_.setFile(path_);
    return success();
  }
  FailureOr<std::string> read(Location location) {
    auto buffer = llvm::MemoryBuffer::getFile(path_, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!buffer)
      return emitError(location) << "cannot read Halide's output: " << buffer.getError().message();
    return (*buffer)->getBuffer().str();
  }
  std::string getPath() const { return path_.str().str(); }

private:
  SmallString<128> path_;
  llvm::FileRemover remover_;
};

} // namespace

static H::Target getHalideTarget(const Target &target, bool checked) {
  H::Target result(target.halideName + "-no_runtime-user_context-no_bounds_query");
  if (!checked)
    result.set_feature(H::Target::NoAsserts);
  return result;
}

/// Halide's messages end with a newline and begin with what they are.
static std::string getMessage(const H::Error &error) { return withoutLoopNames(StringRef(error.what()).trim()); }

/// (4): the hooks that compiler/emit/Shim.ll defines.
static LogicalResult checkUndefinedSymbols(StringRef bytes, const Target &target, bool checked, Location location) {
  auto object = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(bytes, "object"));
  if (!object)
    return emitError(location) << "Halide's object cannot be read: " << llvm::toString(object.takeError());
  bool failed = false;
  for (const llvm::object::SymbolRef &symbol : (*object)->symbols()) {
    llvm::Expected<uint32_t> flags = symbol.getFlags();
    llvm::Expected<StringRef> name = symbol.getName();
    if (!flags || !name) {
      llvm::consumeError(flags.takeError());
      llvm::consumeError(name.takeError());
      continue;
    }
    if (!(*flags & llvm::object::SymbolRef::SF_Undefined) || name->empty() || *name == "_GLOBAL_OFFSET_TABLE_")
      continue;
    bool known = *name == "memcpy" || *name == "memset" || *name == "halide_do_par_for" || *name == "halide_malloc" ||
                 *name == "halide_free" || name->starts_with("halide_error") ||
                 ((checked || target.isGpu) && name->starts_with("halide_"));
    if (known)
      continue;
    emitError(location) << "the kernel calls '" << *name
                        << "', which is not in an image (a function of libm has to be written as arithmetic)";
    failed = true;
  }
  return mlir::failure(failed);
}

/// The PTX that Halide puts into an object is text that ends with a NUL.
static FailureOr<std::string> extractPtx(StringRef bytes, Location location) {
  size_t start = bytes.find(".version ");
  if (start == StringRef::npos)
    return emitError(location) << "the kernel has no device code: no loop of it is on a GPU";
  return bytes.drop_front(start).take_until([](char c) { return c == 0; }).str();
}

FailureOr<std::string> argent::translateWithHalide(hl::PipelineOp op, const Target &target,
                                                   const TranslationOptions &options) {
  HalidePipeline pipeline(op);
  try {
    if (failed(pipeline.buildAlgorithm()) || failed(pipeline.applySchedule()))
      return failure();
    pipeline.current = op;
    bool provesBounds = options.output == CodegenOutput::Bounds;
    H::Target halideTarget = getHalideTarget(target, options.checked || provesBounds);
    std::string symbol = options.symbol.empty() ? op.getSymName().str() : options.symbol;
    H::Module module =
        H::Pipeline(pipeline.outputs)
            .compile_to_module(pipeline.getArguments(), symbol, halideTarget, H::LinkageType::ExternalPlusArgv);
    if ((options.checked || provesBounds) && !target.isGpu && failed(checkBounds(module, pipeline, options.fromBatch)))
      return failure();
    if (provesBounds)
      return std::string();
    H::OutputFileType type = H::OutputFileType::object;
    StringRef suffix = "o";
    if (options.output == CodegenOutput::Assembly) {
      type = H::OutputFileType::assembly;
      suffix = "s";
    } else if (options.output == CodegenOutput::Stmt) {
      type = H::OutputFileType::stmt;
      suffix = "stmt";
    } else if (options.output == CodegenOutput::Llvm) {
      type = H::OutputFileType::llvm_assembly;
      suffix = "ll";
    }
    OutputFile file;
    if (failed(file.create(op.getLoc(), suffix)))
      return failure();
    module.compile({{type, file.getPath()}});
    FailureOr<std::string> bytes = file.read(op.getLoc());
    if (failed(bytes))
      return failure();
    if (options.output == CodegenOutput::Ptx)
      return extractPtx(*bytes, op.getLoc());
    if (options.output == CodegenOutput::Object &&
        failed(checkUndefinedSymbols(*bytes, target, options.checked, op.getLoc())))
      return failure();
    return bytes;
  } catch (const H::Error &error) {
    Operation *where = pipeline.current ? pipeline.current : op.getOperation();
    return where->emitError() << "Halide: " << getMessage(error);
  }
}
