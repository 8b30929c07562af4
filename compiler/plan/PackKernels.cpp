//===- PackKernels.cpp - between logical and physical layout ---------------===//
// The algorithm is written as hl text: what stands here is what `--emit=hl` prints.
#include "compiler/plan/PackKernels.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace argent {

static std::string shapeText(ArrayRef<int64_t> shape, Type elementType) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (int64_t extent : shape)
    stream << extent << "x";
  stream << elementType;
  return text;
}

hl::PipelineOp packKernel(ModuleOp module, const ParameterPlace &place, bool unpack) {
  ArrayRef<int64_t> shape = place.type.getShape();
  Type elementType = place.type.getElementType();
  std::string logical = shapeText(shape, elementType), physical = shapeText(place.physicalShape, elementType);
  std::string name = llvm::formatv("{0}_{1}", unpack ? "unpack" : "pack", logical);
  if (auto existing = module.lookupSymbol<hl::PipelineOp>(name))
    return existing;

  std::string middle; // the axes between the panel and its lane
  for (size_t d = 0; d + 1 < shape.size(); ++d)
    middle += llvm::formatv("%d{0}, ", d);
  int64_t lanes = place.layout.getPack();
  std::string box;
  for (auto [d, extent] : llvm::enumerate(unpack ? shape : ArrayRef<int64_t>(place.physicalShape)))
    box += llvm::formatv("{0}{1}", d ? ", " : "", extent);

  std::string text;
  if (unpack)
    text = llvm::formatv(R"(
hl.pipeline @{0}(%x: !hl.buffer<{2}>) -> (!hl.buffer<{1}>) {{
  %out = hl.func "out" [{3}%k] -> {4} attributes {{box = array<i64: {6}>} {{
    %lanes = arith.constant {5} : i32
    %panel = hl.div %k, %lanes : i32
    %lane = hl.mod %k, %lanes : i32
    %v = hl.at %x[%panel, {3}%lane] : !hl.buffer<{2}> -> {4}
    hl.yield %v : {4}
  }
  hl.output %out : !hl.func<{7}, {4}>
})",
                         name, logical, physical, middle, elementType, lanes, box, shape.size());
  else
    text = llvm::formatv(R"(
hl.pipeline @{0}(%x: !hl.buffer<{1}>) -> (!hl.buffer<{2}>) {{
  %out = hl.func "out" [%panel, {3}%lane] -> {4} attributes {{box = array<i64: {6}>} {{
    %lanes = arith.constant {5} : i32
    %first = arith.muli %panel, %lanes : i32
    %k = arith.addi %first, %lane : i32
    %zero = arith.constant 0.0 : {4}
    %v = hl.at %x[{3}%k] else %zero : !hl.buffer<{1}> -> {4}
    hl.yield %v : {4}
  }
  hl.output %out : !hl.func<{7}, {4}>
})",
                         name, logical, physical, middle, elementType, lanes, box, shape.size() + 1);
  OwningOpRef<ModuleOp> parsed = parseSourceString<ModuleOp>(text, module.getContext());
  assert(parsed && "the text above is wrong");
  auto pipeline = *parsed->getOps<hl::PipelineOp>().begin();
  pipeline->remove();
  pipeline->setLoc(place.location);
  module.push_back(pipeline);
  return pipeline;
}

} // namespace argent
