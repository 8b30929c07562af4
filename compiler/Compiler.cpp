//===- Compiler.cpp - from a source file to a module or a stage's text -------===//
#include "compiler/Compiler.h"

#include "compiler/Pipeline.h"
#include "compiler/Registration.h"
#include "compiler/TimeReport.h"
#include "compiler/emit/Image.h"
#include "compiler/emit/ModuleWriter.h"
#include "compiler/schedule/ScheduleFile.h"
#include "dialects/plan/Plan.h"
#include "frontends/source/DiagnosticPrinter.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace argent {

ArrayRef<StringRef> emitKinds() {
  static constexpr StringRef kKinds[] = {"ast", "nn", "hl", "schedule", "plan", "asm", "agb"};
  return kKinds;
}

static std::string textOf(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream);
  stream << "\n";
  return text;
}

/// Compiles and links the kernels of a scheduled module.
static FailureOr<VariantSource> makeVariantSource(ModuleOp module, const Target &target, const CodegenOptions &options,
                                                  TimeReport *report) {
  SmallVector<hl::PipelineOp> pipelines(module.getOps<hl::PipelineOp>());
  FailureOr<std::vector<CompiledKernel>> kernels = failure();
  {
    StageTimer timer(report, "code of the kernels");
    kernels = compileKernels(pipelines, target, options);
  }
  if (failed(kernels))
    return failure();
  StageTimer timer(report, "linking");
  FailureOr<KernelImage> image = linkImage(*kernels, target, module.getLoc());
  if (failed(image))
    return failure();
  VariantSource source;
  source.plan = module;
  source.target = target.name;
  source.architecture = target.architecture == Target::Architecture::X86_64 ? "x86-64" : "aarch64";
  source.cpuFeatures = target.moduleFeatures;
  source.checked = options.checked;
  source.image = std::move(image->bytes);
  llvm::StringMap<const ImageKernel *> places;
  for (const ImageKernel &kernel : image->kernels)
    places[kernel.symbol] = &kernel;
  for (auto [pipeline, kernel] : llvm::zip(pipelines, *kernels)) {
    const ImageKernel *place = places.lookup(kernel.symbol);
    source.kernels[pipeline.getSymName()] = {kernel.symbol, place->address, place->codeAddress, place->codeBytes};
  }
  return source;
}

/// Whether the file is a module already, in MLIR's own text, as --emit=nn prints it: no frontend makes it. Its
/// locations are places in that text, which is kept for the passes' errors; a frontend puts its sources into the
/// module.
static bool isModuleText(StringRef path) { return path.ends_with(".mlir"); }

static LogicalResult runPasses(ModuleOp module, Stage stage, const Target &target, const CompileOptions &options,
                               TimeReport *report) {
  StageTimer timer(report, options.targets.size() > 1 ? "passes for " + target.name : "passes");
  return runPipeline(module, stage, {target.name, options.scheduleFile, options.gradientReport, report});
}

static FailureOr<std::string> emitStage(ModuleOp module, const CompileOptions &options, ArrayRef<Target> targets,
                                        TimeReport *report) {
  auto shown = llvm::StringSwitch<std::optional<Stage>>(options.emit)
                   .Case("nn", Stage::Nn)
                   .Case("hl", Stage::Hl)
                   .Case("schedule", Stage::Schedule)
                   .Case("plan", Stage::Plan)
                   .Default(std::nullopt);
  if (shown) {
    if (failed(runPasses(module, *shown, targets.front(), options, report)))
      return failure();
    return *shown == Stage::Schedule ? printSchedules(module) : textOf(module);
  }
  if (options.emit == "asm") {
    if (failed(runPasses(module, Stage::Code, targets.front(), options, report)))
      return failure();
    StageTimer timer(report, "code of the kernels");
    CodegenOptions codegen = options.codegen;
    codegen.assembly = true;
    SmallVector<hl::PipelineOp> pipelines(module.getOps<hl::PipelineOp>());
    FailureOr<std::vector<CompiledKernel>> kernels = compileKernels(pipelines, targets.front(), codegen);
    if (failed(kernels))
      return failure();
    std::string text;
    for (auto [pipeline, kernel] : llvm::zip(pipelines, *kernels))
      text += "# " + pipeline.getTitle().str() + "\n" + kernel.object + "\n";
    return text;
  }

  std::vector<VariantSource> variants;
  std::vector<OwningOpRef<ModuleOp>> owned;
  for (const Target &target : targets) {
    owned.emplace_back(cast<ModuleOp>(module->clone()));
    if (failed(runPasses(*owned.back(), Stage::Code, target, options, report)))
      return failure();
    FailureOr<VariantSource> variant = makeVariantSource(*owned.back(), target, options.codegen, report);
    if (failed(variant))
      return failure();
    variants.push_back(std::move(*variant));
  }
  StageTimer timer(report, "module file");
  return writeModule(variants);
}

FailureOr<std::string> compileFile(StringRef path, const CompileOptions &given, llvm::raw_ostream &diagnostics,
                                   TimeReport *report) {
  CompileOptions options = given;
  if (report)
    options.codegen.times = &report->kernels;
  if (!llvm::is_contained(emitKinds(), options.emit)) {
    diagnostics << "error: --emit must be one of " << llvm::join(emitKinds(), ", ") << "; found " << options.emit
                << "\n";
    return failure();
  }
  SmallVector<Target> targets;
  for (const std::string &name : options.targets) {
    llvm::Expected<Target> target = Target::parse(name);
    if (!target) {
      diagnostics << "error: " << llvm::toString(target.takeError()) << "\n";
      return failure();
    }
    targets.push_back(*target);
  }
  if (options.emit == "ast") {
    std::string text;
    llvm::raw_string_ostream stream(text);
    if (!findFrontend(path).print(path, stream, diagnostics))
      return failure();
    return text;
  }

  DialectRegistry registry;
  registerAll(registry);
  registerPasses();
  MLIRContext context(registry);
  context.loadAllAvailableDialects();
  context.disableMultithreading();
  OwningOpRef<ModuleOp> module;
  if (!isModuleText(path)) {
    StageTimer timer(report, "source to tensor graph");
    module = findFrontend(path).importFile(context, path, options.model, diagnostics);
    if (!module)
      return failure();
  }
  context.printOpOnDiagnostic(false); // a schedule's mistake is shown in its own file
  DiagnosticPrinter printer(context, diagnostics);
  if (isModuleText(path)) {
    auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path, /*IsText=*/true);
    if (!buffer) {
      diagnostics << "error: cannot read " << path << ": " << buffer.getError().message() << "\n";
      return failure();
    }
    StringRef text = (*buffer)->getBuffer();
    printer.sources().addFile(std::move(*buffer));
    module = parseSourceString<ModuleOp>(text, &context, path);
  }
  if (!module)
    return failure();
  printer.sources().addSources(*module, isModuleText(path) ? "" : path);
  if (!options.scheduleFile.empty())
    if (auto buffer = llvm::MemoryBuffer::getFile(options.scheduleFile, /*IsText=*/true))
      printer.sources().addFile(std::move(*buffer));
  FailureOr<std::string> result = emitStage(*module, options, targets, report);
  if (failed(result) && !printer.printedAny())
    diagnostics << path << ": error: the compiler failed without saying why; this is a defect of Argent\n";
  return result;
}

} // namespace argent
