//===- nn-interpret.cpp - runs a function of an nn module by the reference --===//
// Tensors are .npy of f64, whatever their type in the function: a test converts.
#include "dialects/interpreter/Interpreter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include <cstring>
#include <fstream>

using namespace mlir;
using argent::nn::Reference;
namespace cl = llvm::cl;

static cl::opt<std::string> file(cl::Positional, cl::Required, cl::desc("FILE.mlir"));
static cl::opt<std::string> entry("entry", cl::desc("the function"), cl::init("main"));
static cl::list<std::string> inputs("input", cl::desc("FILE.npy (f64), one for each argument in order"));
static cl::list<std::string> outputs("output", cl::desc("FILE.npy, one for each result in order"));
static cl::list<std::string> parameters("parameter", cl::desc("PATH=FILE.npy"));

static int fail(const llvm::Twine &message) {
  llvm::errs() << "nn-interpret: " << message << "\n";
  return 1;
}

/// Version 1 of the format, little-endian f64, row-major; as numpy.save writes it.
static bool readNpy(StringRef path, Reference &tensor) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return false;
  StringRef bytes = (*buffer)->getBuffer();
  if (bytes.size() < 10 || !bytes.starts_with("\x93NUMPY\x01"))
    return false;
  size_t length = static_cast<uint8_t>(bytes[8]) + 256 * static_cast<uint8_t>(bytes[9]);
  StringRef header = bytes.substr(10, length), data = bytes.substr(10 + length);
  if (!header.contains("'<f8'") || !header.contains("'fortran_order': False"))
    return false;
  SmallVector<StringRef> dims;
  header.split("'shape': (").second.split(')').first.split(dims, ',', -1, /*KeepEmpty=*/false);
  SmallVector<int64_t> shape;
  for (StringRef dim : dims)
    if (int64_t size; !dim.trim().empty()) {
      if (dim.trim().getAsInteger(10, size))
        return false;
      shape.push_back(size);
    }
  tensor = Reference(shape);
  if (data.size() != tensor.values.size() * sizeof(double))
    return false;
  if (!data.empty())
    std::memcpy(tensor.values.data(), data.data(), data.size());
  return true;
}

static bool writeNpy(const std::string &path, const Reference &tensor) {
  std::string shape;
  for (int64_t size : tensor.shape)
    shape += std::to_string(size) + ", ";
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  std::ofstream stream(path, std::ios::binary);
  stream << "\x93NUMPY" << '\x01' << '\0' << static_cast<char>(header.size() % 256)
         << static_cast<char>(header.size() / 256) << header;
  stream.write(reinterpret_cast<const char *>(tensor.values.data()),
               static_cast<std::streamsize>(tensor.values.size() * sizeof(double)));
  return stream.good();
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "the reference meaning of nn functions\n");
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<argent::nn::NNDialect, func::FuncDialect, arith::ArithDialect>();
  llvm::SourceMgr sources;
  SourceMgrDiagnosticHandler handler(sources, &context);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(file, sources, &context);
  if (!module)
    return 1;
  auto function = module->lookupSymbol<func::FuncOp>(entry);
  if (!function)
    return fail("no function @" + entry);
  std::vector<Reference> arguments(inputs.size());
  for (auto [path, argument] : llvm::zip(inputs, arguments))
    if (!readNpy(path, argument))
      return fail(path + " is no .npy of f64");
  argent::nn::Interpreter interpreter;
  for (StringRef pair : parameters) {
    auto [path, npy] = pair.split('=');
    if (!readNpy(npy, interpreter.variables[path.str()]))
      return fail(npy + " is no .npy of f64");
  }
  FailureOr<std::vector<Reference>> results = interpreter.run(function, arguments);
  if (failed(results))
    return 1;
  if (outputs.size() > results->size())
    return fail("@" + entry + " has only " + llvm::Twine(results->size()) + " results");
  for (auto [path, result] : llvm::zip(outputs, *results))
    if (!writeNpy(path, result))
      return fail("cannot write " + path);
  return 0;
}
