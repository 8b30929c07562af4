//===- Reduction.cpp - sums, maxima, windows -------------------------------===//
#include "compiler/schedule/Reduction.h"

#include "compiler/schedule/Directives.h"
#include "compiler/schedule/Tasks.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::schedule {

//===----------------------------------------------------------------------===//
// The decision
//===----------------------------------------------------------------------===//

/// How many vectors of results a reduction walks its domain for at once: with one, each step would wait for the last
/// sum (4 cycles), and a pass over an image would touch a part of every cache line; with eight it reads whole lines,
/// and the sums still stay in registers.
static int64_t chooseVectors(const Func &func, const Target &target, int64_t lanes) {
  hl::FuncOp op = func.op;
  int64_t vectors = std::min<int64_t>(8, target.vectorRegisters / 2);
  vectors /= static_cast<int64_t>(op.getType().getElementTypes().size());
  while (vectors > 1 && func.box.back() % (lanes * vectors))
    --vectors;
  return std::max<int64_t>(vectors, 1);
}

namespace {
/// Who wants a reduction's values, and how many of its first axes are the reduction's.
struct Reader {
  Func *output = nullptr;
  int64_t shared = 0;
};
} // namespace

/// The pointwise output that the reduction's values go to, directly or through pointwise funcs that are computed where
/// they are used; none if there are others.
static Reader findReader(const Func &func) {
  Reader reader{nullptr, func.rank()};
  for (Func *user : func.consumers) {
    reader.shared = std::min(reader.shared, countSharedAxes(func, *user));
    while (!user->isOutput && user->kind == Kind::Pointwise && user->consumers.size() == 1) {
      Func *next = user->consumers.front();
      reader.shared = std::min(reader.shared, countSharedAxes(*user, *next));
      user = next;
    }
    if (!user->isOutput || user->kind != Kind::Pointwise || (reader.output && reader.output != user))
      return {};
    reader.output = user;
  }
  return reader;
}

/// Of each of the first axes that func and output share; at least two, for the loop over the first one alone may become
/// one over tasks.
static void choosePlace(const Func &func, ReductionDecision &decision) {
  auto [output, own] = func.isOutput ? Reader() : findReader(func);
  if (!output || output->rank() > func.rank() + 1)
    return;
  int64_t shared = std::min<int64_t>(func.rank(), output->rank() - 1);
  if (shared < 2 || own < shared)
    return;
  decision.place = shared == func.rank() ? ReductionPlace::Point : ReductionPlace::Inside;
  decision.consumer = output;
  decision.loop = output->axes[shared - 1];
}

static void chooseLoops(const Func &func, const Target &target, ReductionDecision &decision) {
  int64_t last = func.rank() - 1, extent = last >= 0 ? func.box[last] : 1;
  bool isVector =
      decision.place != ReductionPlace::Point && last >= 0 && !ShapedType::isDynamic(extent) && extent >= kLeastLanes;
  if (isVector) {
    decision.lanes = std::min(func.lanes(target), extent);
    decision.vectors = chooseVectors(func, target, decision.lanes);
    // Rounded up (Halide's choice for an update), the func would be computed where its operands end.
    if (extent % decision.lanes)
      decision.tail = hl::TailStrategy::GuardWithIf;
  }
  if (decision.isInside())
    return;
  decision.taskRows = chooseChunkRows(func);
  decision.isParallel = last >= (isVector ? 1 : 0) && func.work() >= 2 * kTaskElements && typical(func.box[0]) >= 4;
  // A row of features for each of N: tasks of some of its vectors.
  int64_t tasks = std::min(func.work() / kTypicalBatch / kTaskElements, kTasksPerImage);
  int64_t groups = isVector ? llvm::divideCeil(extent, decision.lanes * decision.vectors) : 1;
  if (last == 1 && ShapedType::isDynamic(func.box[0]) && std::min(tasks, groups) > 1)
    decision.taskVectors = llvm::divideCeil(groups, tasks);
}

ReductionDecision decideReductionAtRoot(const Func &func, const Target &target) {
  ReductionDecision decision;
  chooseLoops(func, target, decision);
  return decision;
}

ReductionDecision decideReduction(const Func &func, const Target &target) {
  ReductionDecision decision;
  choosePlace(func, decision);
  chooseLoops(func, target, decision);
  return decision;
}

//===----------------------------------------------------------------------===//
// Its directives
//===----------------------------------------------------------------------===//

static void writePlace(Func &func, const ReductionDecision &decision) {
  if (func.isOutput)
    return;
  if (!decision.isInside()) {
    Directives(func).computeRoot();
    return;
  }
  Directives(func).computeAt(*decision.consumer, decision.loop);
  decision.consumer->inside += func.work() * (kTaskMultiplyAdds / kTaskElements);
}

void writeReduction(Func &func, const ReductionDecision &decision) {
  writePlace(func, decision);
  int64_t last = func.rank() - 1;
  bool isVector = decision.lanes > 0;
  for (int64_t stage = -1; stage < static_cast<int64_t>(func.op.getUpdates().size()); ++stage) {
    Directives directives(func, stage);
    if (stage >= 0) {
      // The reduction runs inside a few vectors of results.
      SmallVector<std::string> order;
      std::string feature = isVector ? func.axes[last] : "", vector = feature + "l";
      if (isVector) {
        directives.split(feature, feature + "o", vector, decision.lanes * decision.vectors, decision.tail);
        order.push_back(vector);
      }
      for (Attribute rvar : llvm::reverse(cast<ArrayAttr>(func.op.getRvars()[stage])))
        order.push_back(cast<StringAttr>(rvar).str());
      for (int64_t axis = last; axis >= 0; --axis)
        order.push_back(isVector && axis == last ? feature + "o" : func.axes[axis]);
      directives.reorder(order);
      if (isVector && decision.vectors > 1)
        directives.vectorize(vector, decision.lanes).unroll(vector);
      else if (isVector)
        directives.vectorize(vector);
    } else if (isVector) {
      directives.boundToBox(func, last).vectorize(func.axes[last], decision.lanes, decision.tail);
    }
    if (decision.taskRows > 0)
      directives.parallelChunks(func, decision.taskRows);
    else if (decision.taskVectors > 0 && stage >= 0)
      directives
          .split(func.axes[1] + "o", func.axes[1] + "t", func.axes[1] + "o", decision.taskVectors,
                 hl::TailStrategy::GuardWithIf)
          .fuse(func.axes[1] + "t", func.axes[0], kTaskLoop)
          .parallel(kTaskLoop);
    else if (decision.isParallel)
      directives.parallel(func.axes[0]);
  }
}

} // namespace argent::schedule
