//===- HalideTranslation.cpp - an hl pipeline through Halide ---------------===//
//   1. Make Halide::Funcs of the algorithm (HalideAlgorithm.cpp) and apply the schedule (HalideSchedule.cpp).
//   2. Compile with Halide's LLVM into a file of our own, and read it.
//   3. Look at the object: a call of anything but the hooks that an image provides is an error of ours.
// Halide::Error is not a std::exception: it is caught by name and becomes a diagnostic at the op that Halide was working on.
#include "compiler/codegen/HalideTranslation.h"

#include "compiler/codegen/HalidePipeline.h"

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
    if (std::error_code error = llvm::sys::fs::createTemporaryFile("argent-codegen", suffix, path))
      return emitError(location) << "cannot make a temporary file: " << error.message();
    remover.setFile(path);
    return success();
  }
  FailureOr<std::string> read(Location location) {
    auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!buffer)
      return emitError(location) << "cannot read Halide's output: " << buffer.getError().message();
    return (*buffer)->getBuffer().str();
  }
  std::string getPath() const { return path.str().str(); }

private:
  SmallString<128> path;
  llvm::FileRemover remover;
};

} // namespace

static H::Target getHalideTarget(const Target &target, bool checked) {
  H::Target result(target.halideName + "-no_runtime-user_context-no_bounds_query");
  if (!checked)
    result.set_feature(H::Target::NoAsserts);
  return result;
}

/// Halide's messages end with a newline and begin with what they are.
static std::string getMessage(const H::Error &error) { return StringRef(error.what()).trim().str(); }

/// (3): the hooks that compiler/emit/Shim.ll defines.
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
    emitError(location) << "the kernel calls '" << *name << "', which is not in an image (a function of libm has to be written as arithmetic)";
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

/// What Halide says of a buffer, in words of hl; the numbers that it names are of its own bookkeeping.
static std::string boundsMessage(StringRef message, HalidePipeline &pipeline) {
  StringRef rest = message.split(" buffer ").second;
  if (rest.empty())
    return message.str();
  std::string place = "its result";
  unsigned number = 0, dimension = 0;
  if (StringRef name = rest.take_until([](char c) { return c == ' '; }); message.contains("nput buffer") && name.consume_front("in") && !name.getAsInteger(10, number))
    place = "%arg" + std::to_string(number);
  std::string axis;
  if (!rest.split("dimension ").second.take_while(llvm::isDigit).getAsInteger(10, dimension)) {
    Type type = place[0] == '%' ? pipeline.op.getBody().getArgument(number).getType() : cast<TypeAttr>(pipeline.op.getResultTypes()[0]).getValue();
    int64_t rank = cast<hl::BufferType>(type).getRank();
    if (dimension < rank)
      axis = ", dimension " + std::to_string(rank - 1 - dimension) + " (the outermost is 0)";
  }
  return (place[0] == '%' ? "reads outside of " : "writes outside of ") + place + axis + ": a split's tail or a promised bound does not fit the extent";
}

/// Asks Halide which parts of its buffers the kernel reads and writes, for many batches from `from` on: its own check of bounds, run without the
/// kernel. A tail that does not fit an extent, or a tile that reads past a row, throws.
static void checkBounds(HalidePipeline &pipeline, int64_t from) {
  auto outputs = llvm::to_vector(pipeline.op.getResultTypes().getAsRange<TypeAttr>());
  SmallVector<int64_t> batches;
  for (int64_t batch = from; batch < from + 40; ++batch)
    batches.push_back(batch);
  for (int64_t batch : {64, 65, 100, 127, 128})
    if (batch >= from)
      batches.push_back(batch);
  H::Pipeline halide(pipeline.outputs);
  for (int64_t batch : batches) {
    pipeline.batch.set(int32_t(batch));
    std::vector<H::Buffer<>> buffers;
    for (TypeAttr attribute : outputs) {
      auto type = cast<hl::BufferType>(attribute.getValue());
      std::vector<int> sizes;
      for (int64_t d = type.getRank() - 1; d >= 0; --d)
        sizes.push_back(int(type.isBatch(d) ? type.getBatchFactor(d) * batch : type.getShape()[d]));
      buffers.emplace_back(getHalideType(type.getElementType()), nullptr, sizes);
    }
    H::Realization realization(std::move(buffers));
    try {
      halide.infer_input_bounds(realization, H::get_host_target());
    } catch (const H::Error &error) {
      throw H::RuntimeError("for a batch of " + std::to_string(batch) + " the kernel " + boundsMessage(getMessage(error), pipeline));
    }
    for (auto &[value, param] : pipeline.inputs)
      param.reset();
  }
}

FailureOr<std::string> argent::translateWithHalide(hl::PipelineOp op, const Target &target, const TranslationOptions &options) {
  HalidePipeline pipeline(op);
  try {
    if (failed(pipeline.buildAlgorithm()) || failed(pipeline.applySchedule()))
      return failure();
    pipeline.current = op;
    if (options.output == CodegenOutput::Bounds) {
      checkBounds(pipeline, options.fromBatch);
      return std::string();
    }
    H::Target halideTarget = getHalideTarget(target, options.checked);
    std::string symbol = options.symbol.empty() ? op.getSymName().str() : options.symbol;
    H::Module module =
        H::Pipeline(pipeline.outputs).compile_to_module(pipeline.getArguments(), symbol, halideTarget, H::LinkageType::ExternalPlusArgv);
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
    if (options.output == CodegenOutput::Object && failed(checkUndefinedSymbols(*bytes, target, options.checked, op.getLoc())))
      return failure();
    return bytes;
  } catch (const H::Error &error) {
    Operation *where = pipeline.current ? pipeline.current : op.getOperation();
    std::string message = getMessage(error);
    return where->emitError() << (StringRef(message).starts_with("for a batch of ") ? "" : "Halide: ") << message;
  }
}
