//===- PackKernels.cpp - between logical and physical layout ---------------===//
// The algorithm is written as hl text: what stands here is what `--emit=hl` prints.
#include "compiler/kernel/PackKernels.h"

#include "compiler/Passes.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_MAKEPACKKERNELS
#include "compiler/Passes.h.inc"

static std::string shapeText(ArrayRef<int64_t> shape, Type elementType) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (int64_t extent : shape)
    stream << extent << "x";
  stream << elementType;
  return text;
}

std::string getPackKernelName(const ParameterPlace &place, PackDirection direction) {
  return (direction == PackDirection::Unpack ? "unpack_" : "pack_") +
         shapeText(place.type.getShape(), place.type.getElementType());
}

/// Puts the pipeline at the end of the module.
static void makePackKernel(ModuleOp module, const ParameterPlace &place, PackDirection direction) {
  ArrayRef<int64_t> shape = place.type.getShape();
  Type elementType = place.type.getElementType();
  std::string logical = shapeText(shape, elementType), physical = shapeText(place.physicalShape, elementType);
  std::string name = getPackKernelName(place, direction);

  std::string axes, indices; // between the panel and its lane
  for (auto [d, extent] : llvm::enumerate(shape.drop_back())) {
    axes += llvm::formatv("%d{0} in {1}, ", d, extent);
    indices += llvm::formatv("%d{0}, ", d);
  }
  int64_t lanes = place.layout.getPack();

  std::string text;
  if (direction == PackDirection::Unpack)
    text = llvm::formatv(R"(
hl.pipeline @{0}(%x: !hl.buffer<{2}>) -> (!hl.buffer<{1}>) {{
  %out = hl.func "out" [{3}%k in {7}] -> {5} {{
    %lanes = arith.constant {6} : i32
    %panel = hl.div %k, %lanes : i32
    %lane = hl.mod %k, %lanes : i32
    %v = hl.at %x[%panel, {4}%lane] : !hl.buffer<{2}> -> {5}
    hl.yield %v : {5}
  }
  hl.output %out : !hl.func<{8}, {5}>
})",
                         name, logical, physical, axes, indices, elementType, lanes, shape.back(), shape.size());
  else
    text = llvm::formatv(R"(
hl.pipeline @{0}(%x: !hl.buffer<{1}>) -> (!hl.buffer<{2}>) {{
  %out = hl.func "out" [%panel in {7}, {3}%lane in {6}] -> {5} {{
    %lanes = arith.constant {6} : i32
    %first = arith.muli %panel, %lanes : i32
    %k = arith.addi %first, %lane : i32
    %zero = arith.constant 0.0 : {5}
    %v = hl.at %x[{4}%k] else %zero : !hl.buffer<{1}> -> {5}
    hl.yield %v : {5}
  }
  hl.output %out : !hl.func<{8}, {5}>
})",
                         name, logical, physical, axes, indices, elementType, lanes, place.physicalShape.front(),
                         shape.size() + 1);
  OwningOpRef<ModuleOp> parsed = parseSourceString<ModuleOp>(text, module.getContext());
  assert(parsed && "the text above is wrong");
  auto pipeline = *parsed->getOps<hl::PipelineOp>().begin();
  pipeline->remove();
  pipeline->setLoc(place.location);
  module.push_back(pipeline);
}

namespace {
struct MakePackKernels : impl::MakePackKernelsBase<MakePackKernels> {
  void runOnOperation() final {
    ModuleOp module = getOperation();
    FailureOr<ParameterArena> arena = planParameterArena(module);
    if (failed(arena))
      return signalPassFailure();
    for (PackDirection direction : {PackDirection::Pack, PackDirection::Unpack})
      for (const ParameterPlace &place : arena->places)
        if (place.layout && !module.lookupSymbol(getPackKernelName(place, direction)))
          makePackKernel(module, place, direction);
  }
};
} // namespace

} // namespace argent
