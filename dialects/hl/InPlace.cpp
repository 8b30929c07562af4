//===- InPlace.cpp - whether a result may be written over an input ---------===//
#include "dialects/hl/InPlace.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace argent::hl {

/// Whether a load is at the func's own axes, which run over `shape`; the only point of an axis of one is 0.
static bool isAtAxes(AtOp load, FuncOp func, ArrayRef<int64_t> shape) {
  Block::BlockArgListType axes = func.getInit().getArguments();
  if (load.getIndices().size() != axes.size() || axes.size() != shape.size())
    return false;
  return llvm::all_of(llvm::enumerate(load.getIndices()), [&](auto at) {
    return at.value() == axes[at.index()] || (shape[at.index()] == 1 && matchPattern(at.value(), m_Zero()));
  });
}

/// The funcs that load `value`, each with whether all of its loads are at its own axes in its pure definition.
static llvm::MapVector<FuncOp, bool> getReaders(Value value, ArrayRef<int64_t> shape) {
  llvm::MapVector<FuncOp, bool> readers;
  for (Operation *user : value.getUsers()) {
    auto load = dyn_cast<AtOp>(user);
    auto func = user->getParentOfType<FuncOp>();
    if (!load || !func)
      continue;
    bool atAxes = !load.getOtherwise() && !load.getClamped() && load->getParentRegion() == &func.getInit() &&
                  isAtAxes(load, func, shape);
    auto [entry, isNew] = readers.insert({func, atAxes});
    if (!isNew)
      entry->second &= atAxes;
  }
  return readers;
}

/// What lets `value`, which is or depends on the input, reach anything but the same point of `output`.
static InPlaceObstacle findOtherUse(Value value, FuncOp output, ArrayRef<int64_t> shape) {
  for (auto [reader, atAxes] : getReaders(value, shape)) {
    if (!atAxes)
      return {reader, "loads an input that is written in place (C4) at another index than its own axes"};
    if (reader == output)
      continue;
    InPlaceObstacle otherUse{
        reader, "uses an input that is written in place (C4) for more than the result that is written over it"};
    if (!reader.getUpdates().empty() || findOtherUse(reader.getResult(), output, shape))
      return otherUse;
    for (Operation *user : reader.getResult().getUsers())
      if (isa<OutputOp, RfactorOp, InOp>(user))
        return otherUse;
  }
  return {};
}

InPlaceObstacle findInPlaceObstacle(Value result, BlockArgument input) {
  auto func = result.getDefiningOp<FuncOp>();
  if (!func || !func.getUpdates().empty()) {
    auto pipeline = cast<PipelineOp>(input.getOwner()->getParentOp());
    return {*pipeline.getBody().getOps<OutputOp>().begin(),
            "(C4 of hl.pipeline) a func that is written in place has only a pure definition"};
  }
  for (Operation *user : input.getUsers())
    if (isa<InOp>(user))
      return {user, "wraps an input that is written in place (C4)"};
  return findOtherUse(input, func, cast<BufferType>(input.getType()).getShape());
}

bool mayBeInPlace(PipelineOp pipeline, unsigned result, unsigned input) {
  BlockArgument buffer = pipeline.getBody().getArgument(input);
  if (cast<TypeAttr>(pipeline.getResultTypes()[result]).getValue() != buffer.getType())
    return false;
  // A func gives as many results as its values.
  for (Value func : (*pipeline.getBody().getOps<OutputOp>().begin()).getFuncs()) {
    unsigned values = cast<FuncType>(func.getType()).getElementTypes().size();
    if (result < values)
      return !findInPlaceObstacle(func, buffer);
    result -= values;
  }
  llvm_unreachable("(C2) of hl.pipeline: each result has a func");
}

} // namespace argent::hl
