//===- KernelHarness.cpp - hl text compiled, loaded and run in a test ------===//
#include "test/compiler/codegen/KernelHarness.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"

#include "compiler/Passes.h"

#include <cstdlib>

using namespace mlir;
using namespace argent;
using namespace argent::test;

Compiler::Compiler() {
  context.loadDialect<hl::HLDialect, arith::ArithDialect, math::MathDialect>();
  context.getDiagEngine().registerHandler([this](Diagnostic &diagnostic) { errors.push_back(diagnostic.str()); });
}

OwningOpRef<ModuleOp> Compiler::parse(StringRef text) { return parseSourceString<ModuleOp>(text, &context); }

std::vector<hl::PipelineOp> Compiler::getPipelines(ModuleOp module) {
  auto range = module.getOps<hl::PipelineOp>();
  return {range.begin(), range.end()};
}

CacheFolder::CacheFolder() {
  llvm::SmallString<128> folder;
  if (!llvm::sys::fs::createUniqueDirectory("argent-test-cache", folder))
    path = folder.str().str();
}

CacheFolder::~CacheFolder() { llvm::sys::fs::remove_directories(path); }

Memory::Memory(ElementType type, std::vector<int> extents, void *data) {
  int stride = 1;
  for (size_t i = extents.size(); i-- > 0;) {
    dimensions.push_back({0, extents[i], stride, 0});
    stride *= extents[i];
  }
  buffer.host = static_cast<uint8_t *>(data);
  buffer.type = halideType(type);
  buffer.dimensions = int(extents.size());
  buffer.dim = dimensions.data();
}

std::unique_ptr<LoadedKernel> LoadedKernel::load(StringRef text, std::string &error, bool checked, bool expandMath) {
  Compiler compiler;
  CacheFolder cache;
  auto fail = [&](std::string message) {
    error = std::move(message);
    for (const std::string &line : compiler.errors)
      error += "\n" + line;
    return nullptr;
  };
  OwningOpRef<ModuleOp> module = compiler.parse(text);
  if (!module)
    return fail("the text does not parse");
  if (expandMath) {
    PassManager passes(&compiler.context);
    passes.addPass(createExpandMath());
    if (failed(passes.run(*module)))
      return fail("--hl-expand-math fails");
  }
  llvm::Expected<Target> target = Target::parse("host");
  if (!target)
    return fail(llvm::toString(target.takeError()));
  CodegenOptions options;
  options.cacheDir = cache.path;
  options.checked = checked;
  auto kernels = compileKernels(compiler.getPipelines(*module), *target, options);
  if (failed(kernels))
    return fail("the kernel does not compile");
  auto linked = linkImage(*kernels, *target, UnknownLoc::get(&compiler.context));
  if (failed(linked))
    return fail("the image does not link");
  auto kernel = std::make_unique<LoadedKernel>();
  Status status = Image::load(linked->bytes, {}, kernel->image_);
  if (!status.ok())
    return fail("the image does not load");
  kernel->entry_ = reinterpret_cast<int (*)(void **)>(kernel->image_->at(linked->kernels[0].address));
  Context &context = kernel->kernelContext_;
  context.owner = kernel.get();
  context.doParFor = [](void *c, KernelContext::Task task, int min, int size, uint8_t *closure) {
    for (int i = min; i < min + size; ++i)
      if (int result = task(c, i, closure))
        return result;
    return 0;
  };
  context.allocate = [](void *, size_t bytes) -> void * {
    // As many bytes before and after as the ABI promises may be read.
    char *memory = static_cast<char *>(
        std::aligned_alloc(kScratchAlignment, (bytes + 3 * kScratchAlignment) / kScratchAlignment * kScratchAlignment));
    return memory + kScratchAlignment;
  };
  context.release = [](void *, void *memory) {
    if (memory)
      std::free(static_cast<char *>(memory) - kScratchAlignment);
  };
  context.error = [](void *c, const char *message) { static_cast<Context *>(c)->owner->message = message; };
  return kernel;
}

int LoadedKernel::run(int batch, std::vector<Memory *> buffers) {
  void *context = &kernelContext_;
  std::vector<void *> arguments = {&context, &batch};
  for (Memory *memory : buffers)
    arguments.push_back(&memory->buffer);
  return entry_(arguments.data());
}
