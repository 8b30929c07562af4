//===- Image.cpp - kernels joined into one loadable image ------------------===//
//   1. Write the kernels' objects into a temporary folder, each once.
//   2. Compile the shim, LLVM IR text, for the target.
//   3. Link with lld, in this process: a shared object that exports the entries alone.
//   4. Read the entries' addresses and code sizes.
#include "compiler/emit/Image.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

#include <mutex>

LLD_HAS_DRIVER(elf)

using namespace mlir;
using namespace argent;

//===----------------------------------------------------------------------===//
// The shim
//===----------------------------------------------------------------------===//

static const char *const kShim =
#include "compiler/emit/Shim.inc"
    ;

namespace {
/// What Halide's assertions call; after the context: s a string, i an i32, l an i64, d a double.
struct ErrorFunction {
  const char *name, *arguments;
};
} // namespace

static const ErrorFunction kErrorFunctions[] = {
    {"bounds_inference_call_failed", "si"},
    {"extern_stage_failed", "si"},
    {"explicit_bounds_too_small", "ssiiii"},
    {"bad_type", "sii"},
    {"bad_dimensions", "sii"},
    {"access_out_of_bounds", "siiiii"},
    {"buffer_allocation_too_large", "sll"},
    {"buffer_extents_negative", "sii"},
    {"buffer_extents_too_large", "sll"},
    {"constraints_make_required_region_smaller", "siiiii"},
    {"constraint_violated", "sisi"},
    {"param_too_small_i64", "sll"},
    {"param_too_small_u64", "sll"},
    {"param_too_small_f64", "sdd"},
    {"param_too_large_i64", "sll"},
    {"param_too_large_u64", "sll"},
    {"param_too_large_f64", "sdd"},
    {"out_of_memory", ""},
    {"buffer_argument_is_null", "s"},
    {"unaligned_host_ptr", "si"},
    {"host_is_null", "s"},
    {"bad_fold", "sss"},
    {"bad_extern_fold", "siiiii"},
    {"fold_factor_too_small", "ssisi"},
    {"requirement_failed", "ss"},
    {"specialize_fail", "s"},
    {"buffer_is_null", "s"},
    {"storage_bound_too_small", "ssii"},
    {"split_factor_not_positive", "sssssi"},
    {"device_dirty_with_no_device_support", "s"},
    {"host_and_device_dirty", ""},
    {"no_device_interface", ""},
};

/// `halide_error_access_out_of_bounds(context, "in0", 0, ...)` reports "access out of bounds: in0, 0, ..." and returns
/// -1.
static std::string getErrorFunctionText(const ErrorFunction &function) {
  std::string text, body;
  llvm::raw_string_ostream out(text), calls(body);
  std::string title = StringRef(function.name).str();
  std::replace(title.begin(), title.end(), '_', ' ');
  out << "@argent_title_" << function.name << " = private constant [" << title.size() + 1 << " x i8] c\"" << title
      << "\\00\"\n";
  out << "define i32 @halide_error_" << function.name << "(ptr %context";
  int i = 0;
  for (char c : StringRef(function.arguments)) {
    const char *separator = i == 0 ? "@argent_colon" : "@argent_comma";
    if (c != 'd')
      calls << "  call void @argent_put_text(ptr %buffer, ptr %length, ptr " << separator << ")\n";
    if (c == 's') {
      calls << "  call void @argent_put_text(ptr %buffer, ptr %length, ptr %a" << i << ")\n";
      out << ", ptr %a" << i;
    } else if (c == 'i') {
      calls << "  %w" << i << " = sext i32 %a" << i << " to i64\n"
            << "  call void @argent_put_number(ptr %buffer, ptr %length, i64 %w" << i << ")\n";
      out << ", i32 %a" << i;
    } else if (c == 'l') {
      calls << "  call void @argent_put_number(ptr %buffer, ptr %length, i64 %a" << i << ")\n";
      out << ", i64 %a" << i;
    } else {
      out << ", double %a" << i;
    }
    ++i;
  }
  out << ") nounwind {\n  %buffer = alloca [512 x i8], align 1\n  %length = alloca i64, align 8\n  store i64 0, ptr "
         "%length, align 8\n"
      << "  call void @argent_put_text(ptr %buffer, ptr %length, ptr @argent_title_" << function.name << ")\n"
      << body << "  call void @halide_error(ptr %context, ptr %buffer)\n  ret i32 -1\n}\n";
  return text;
}

static FailureOr<std::string> compileShim(const Target &target, Location location) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
  std::string text = kShim;
  text +=
      "@argent_colon = private constant [3 x i8] c\": \\00\"\n@argent_comma = private constant [3 x i8] c\", \\00\"\n";
  for (const ErrorFunction &function : kErrorFunctions)
    text += getErrorFunctionText(function);

  std::string message;
  llvm::Triple triple(target.triple);
  const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(triple, message);
  if (!backend)
    return emitError(location) << "no code generator for " << target.triple << ": " << message;
  std::unique_ptr<llvm::TargetMachine> machine(backend->createTargetMachine(
      triple, "", "", llvm::TargetOptions(), llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Default));
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, diagnostic, context);
  if (!module)
    return emitError(location) << "the shim does not parse: line " << diagnostic.getLineNo() << ": "
                               << diagnostic.getMessage();
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  llvm::SmallString<0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    return emitError(location) << "no object files for " << target.triple;
  passes.run(*module);
  return object.str().str();
}

//===----------------------------------------------------------------------===//
// Linking
//===----------------------------------------------------------------------===//

namespace {
/// A folder that is removed with its files.
class TemporaryFolder {
public:
  ~TemporaryFolder() {
    if (!path_.empty())
      llvm::sys::fs::remove_directories(path_);
  }
  std::error_code create() { return llvm::sys::fs::createUniqueDirectory("argent-image", path_); }
  std::string getFile(const llvm::Twine &name) {
    llvm::SmallString<128> file(path_);
    llvm::sys::path::append(file, name);
    return file.str().str();
  }

private:
  llvm::SmallString<128> path_;
};
} // namespace

static LogicalResult writeFile(StringRef path, StringRef bytes, Location location) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (!error)
    file << bytes;
  file.close();
  if (error || file.has_error()) {
    file.clear_error();
    return emitError(location) << "cannot write '" << path << "'";
  }
  return success();
}

/// (4)
static LogicalResult readKernels(KernelImage &image, const llvm::StringMap<size_t> &indices, Location location) {
  auto object = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(image.bytes, "image"));
  if (!object)
    return emitError(location) << "the linked image cannot be read: " << llvm::toString(object.takeError());
  for (const llvm::object::ELFSymbolRef symbol : cast<llvm::object::ELFObjectFileBase>(**object).symbols()) {
    llvm::Expected<StringRef> name = symbol.getName();
    llvm::Expected<uint64_t> address = symbol.getAddress();
    if (!name || !address) {
      llvm::consumeError(name.takeError());
      llvm::consumeError(address.takeError());
      continue;
    }
    if (symbol.getELFType() != llvm::ELF::STT_FUNC)
      continue;
    // Halide's functions of a kernel are the symbol, or begin with it and an underscore or a dot.
    StringRef owner = *name;
    while (!owner.empty() && !indices.contains(owner)) {
      size_t end = owner.find_last_of("_.");
      owner = owner.take_front(end == StringRef::npos ? 0 : end);
    }
    if (owner.empty())
      continue;
    ImageKernel &kernel = image.kernels[indices.lookup(owner)];
    // A kernel's functions are neighbours: its code is the range from the first to the end of the last.
    uint64_t begin = *address, end = begin + symbol.getSize();
    if (kernel.codeBytes) {
      begin = std::min(begin, kernel.codeAddress);
      end = std::max(end, kernel.codeAddress + kernel.codeBytes);
    }
    kernel.codeAddress = begin;
    kernel.codeBytes = end - begin;
    if (*name == kernel.symbol + "_argv")
      kernel.address = *address;
  }
  for (const ImageKernel &kernel : image.kernels)
    if (kernel.address == 0)
      return emitError(location) << "the kernel '" << kernel.symbol << "' has no entry '" << kernel.symbol << "_argv'";
  return success();
}

static LogicalResult findParallelLoop(const CompiledKernel &kernel, bool &isParallel, Location location) {
  auto object = llvm::object::ObjectFile::createELFObjectFile(llvm::MemoryBufferRef(kernel.object, kernel.symbol));
  if (!object)
    return emitError(location) << "the object of kernel '" << kernel.symbol
                               << "' cannot be read: " << llvm::toString(object.takeError());
  isParallel = false;
  for (const llvm::object::SymbolRef &symbol : (*object)->symbols()) {
    llvm::Expected<StringRef> name = symbol.getName();
    if (!name)
      llvm::consumeError(name.takeError());
    else
      isParallel |= *name == "halide_do_par_for";
  }
  return success();
}

FailureOr<KernelImage> argent::linkImage(ArrayRef<CompiledKernel> kernels, const Target &target, Location location) {
  if (target.isGpu)
    return emitError(location) << "kernels for '" << target.name << "' are not linked into an image";
  TemporaryFolder folder;
  if (std::error_code error = folder.create())
    return emitError(location) << "cannot make a temporary folder: " << error.message();

  KernelImage image;
  llvm::StringMap<size_t> indices;
  std::vector<std::string> files;
  for (const CompiledKernel &kernel : kernels) {
    if (!indices.insert({kernel.symbol, image.kernels.size()}).second)
      continue;
    ImageKernel &added = image.kernels.emplace_back();
    added.symbol = kernel.symbol;
    if (failed(findParallelLoop(kernel, added.isParallel, location)))
      return failure();
    // Numbered: lld's output then does not depend on the folder's name.
    files.push_back(folder.getFile(llvm::Twine(files.size()) + ".o"));
    if (failed(writeFile(files.back(), kernel.object, location)))
      return failure();
  }
  FailureOr<std::string> shim = compileShim(target, location);
  std::string shimFile = folder.getFile("shim.o"), exports = folder.getFile("exports"),
              output = folder.getFile("image.so");
  if (failed(shim) || failed(writeFile(shimFile, *shim, location)) ||
      failed(writeFile(exports, "{ global: *_argv; local: *; };\n", location)))
    return failure();
  files.push_back(shimFile);

  std::string versionScript = "--version-script=" + exports;
  std::vector<const char *> arguments = {"ld.lld",
                                         "-shared",
                                         "-z",
                                         "defs",
                                         "-z",
                                         "norelro",
                                         "-z",
                                         "separate-code",
                                         "-Bsymbolic",
                                         "--build-id=none",
                                         "--hash-style=sysv",
                                         "--threads=1",
                                         "--gc-sections",
                                         versionScript.c_str(),
                                         "-o",
                                         output.c_str()};
  for (const std::string &file : files)
    arguments.push_back(file.c_str());
  std::string text;
  llvm::raw_string_ostream messages(text);
  static std::mutex linker; // lld keeps its state in globals
  {
    std::lock_guard lock(linker);
    lld::Result result = lld::lldMain(arguments, messages, messages, {{lld::Gnu, &lld::elf::link}});
    if (result.retCode != 0)
      return emitError(location) << "linking the kernels failed: " << StringRef(text).trim();
  }
  auto bytes = llvm::MemoryBuffer::getFile(output, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!bytes)
    return emitError(location) << "cannot read the linked image: " << bytes.getError().message();
  image.bytes = (*bytes)->getBuffer().str();
  if (failed(readKernels(image, indices, location)))
    return failure();
  return image;
}
