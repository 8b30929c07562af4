//===- argent-codegen.cpp - one hl pipeline to an object -------------------===//
// A fresh process per kernel: an abort in LLVM ends this process only, and equal input gives equal bytes.
// With --serve it does so for each request of compiler/codegen/CodegenServer.h, in a process of its own.
// Reads hl text, writes an object or text; errors go to standard error with their locations, exit status 1.
#include "compiler/codegen/CodegenServer.h"
#include "compiler/codegen/HalideTranslation.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace argent;
namespace cl = llvm::cl;

/// Of an error its record, for a program that shows it in its own way; notes are left out.
static LogicalResult printRecord(Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
    return success();
  llvm::json::Object record{{"message", diagnostic.str()}};
  if (auto place = dyn_cast<FileLineColLoc>(diagnostic.getLocation())) {
    record["line"] = place.getLine();
    record["column"] = place.getColumn();
  }
  llvm::errs() << llvm::json::Value(std::move(record)) << "\n";
  return success();
}

static int run(int argc, char **argv) {
  cl::OptionCategory category("argent-codegen");
  cl::opt<std::string> input(cl::Positional, cl::desc("INPUT.mlir (-: standard input)"), cl::init("-"),
                             cl::cat(category));
  cl::opt<std::string> output("o", cl::desc("the file to write (-: standard output)"), cl::value_desc("OUT"),
                              cl::init("-"), cl::cat(category));
  cl::opt<std::string> targetName("target", cl::desc("what to compile for"), cl::value_desc("TARGET"), cl::init("host"),
                                  cl::cat(category));
  cl::opt<std::string> symbol("symbol", cl::desc("the entry's symbol (the pipeline's name)"), cl::value_desc("NAME"),
                              cl::cat(category));
  cl::opt<bool> checked("checked", cl::desc("compile with Halide's assertions"), cl::cat(category));
  cl::opt<CodegenOutput> emit(
      "emit", cl::desc("what to write"), cl::init(CodegenOutput::Object), cl::cat(category),
      cl::values(clEnumValN(CodegenOutput::Object, "object", "an ELF object"),
                 clEnumValN(CodegenOutput::Assembly, "asm", "assembly"),
                 clEnumValN(CodegenOutput::Ptx, "ptx", "the device code of a CUDA kernel"),
                 clEnumValN(CodegenOutput::Stmt, "stmt", "Halide's loops"),
                 clEnumValN(CodegenOutput::Llvm, "llvm", "LLVM IR"),
                 clEnumValN(CodegenOutput::Bounds, "bounds",
                            "nothing: only prove of each pipeline that it stays inside its buffers")));
  cl::opt<int64_t> fromBatch(
      "from-batch",
      cl::desc("the smallest batch that --checked and --emit=bounds look at, of a pipeline without `min_batch`"),
      cl::value_desc("N"), cl::init(1), cl::cat(category));
  cl::opt<bool> records("error-records",
                        cl::desc("errors as JSON objects, one on a line: message, line and column of the input"),
                        cl::cat(category));
  cl::opt<bool> serve("serve", cl::desc("alone: compile what requests on standard input ask for, until it is closed"),
                      cl::cat(category));
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Compiles one hl pipeline with Halide\n");
  if (serve) {
    llvm::errs() << "argent-codegen: --serve stands alone: each request has its own arguments\n";
    return 2;
  }

  llvm::Expected<Target> target = Target::parse(targetName);
  if (!target) {
    llvm::errs() << "argent-codegen: " << llvm::toString(target.takeError()) << "\n";
    return 2;
  }

  DialectRegistry registry;
  registry.insert<hl::HLDialect, arith::ArithDialect, math::MathDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler diagnostics(sources, &context, llvm::errs());
  if (records)
    context.getDiagEngine().registerHandler(printRecord);
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(input, /*IsText=*/true);
  if (!buffer) {
    llvm::errs() << "argent-codegen: " << input << ": " << buffer.getError().message() << "\n";
    return 1;
  }
  sources.AddNewSourceBuffer(std::move(*buffer), {});
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  if (!module)
    return 1;
  auto pipelines = llvm::to_vector(module->getOps<hl::PipelineOp>());
  if (emit == CodegenOutput::Bounds) {
    bool isGood = true;
    for (hl::PipelineOp pipeline : pipelines) {
      int64_t least = pipeline.getMinBatchAttr() ? pipeline.getMinBatch() : fromBatch;
      isGood &= succeeded(translateWithHalide(pipeline, *target, {emit, checked, least, symbol}));
    }
    return isGood ? 0 : 1;
  }
  if (pipelines.size() != 1) {
    module->emitError() << "has " << pipelines.size() << " pipelines: argent-codegen compiles exactly one";
    return 1;
  }
  FailureOr<std::string> result = translateWithHalide(pipelines[0], *target, {emit, checked, fromBatch, symbol});
  if (failed(result))
    return 1;

  std::error_code error;
  llvm::ToolOutputFile file(output, error, llvm::sys::fs::OF_None);
  if (error) {
    llvm::errs() << "argent-codegen: " << output << ": " << error.message() << "\n";
    return 1;
  }
  file.os() << *result;
  file.os().close();
  if (file.os().has_error()) {
    llvm::errs() << "argent-codegen: " << output << ": " << file.os().error().message() << "\n";
    file.os().clear_error();
    return 1;
  }
  file.keep();
  return 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  if (argc == 2 && llvm::StringRef(argv[1]) == "--serve")
    return serveCodegen(run);
  return run(argc, argv);
}
