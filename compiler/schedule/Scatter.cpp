//===- Scatter.cpp - updates that store at computed indices ----------------===//
// Memory-bound. Two kinds: the parts of a join write each point once, so that vectors may run along the part; what
// stores at indices from data (a sum, a permutation) or looks at earlier results (a search) keeps the order of its
// domain, inside the loops over the axes that it does not compute.
#include "compiler/schedule/Scatter.h"

#include "compiler/schedule/Directives.h"
#include "compiler/schedule/Tasks.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::schedule {

/// Whether an index is computed from elements: any two points may store at the same one, for all that is known.
static bool isFromData(Value index) {
  Operation *op = index.getDefiningOp();
  return op && (isa<hl::AtOp, hl::SelfOp>(op) || llvm::any_of(op->getOperands(), isFromData));
}

namespace {
/// One update: which axes have loops, and the reduction variables.
struct Update {
  Update(const Func &func, int64_t number) {
    hl::FuncOp op = func.op;
    Block &body = op.getUpdates()[number].front();
    auto yield = cast<hl::YieldOp>(body.getTerminator());
    for (int64_t axis = 0; axis < func.rank(); ++axis)
      hasLoop.push_back(yield.getIndices().empty() || yield.getIndices()[axis] == body.getArgument(axis));
    for (Attribute rvar : cast<ArrayAttr>(op.getRvars()[number]))
      rvars.push_back(cast<StringAttr>(rvar).str());
    llvm::append_range(extents, cast<DenseI64ArrayAttr>(op.getExtents()[number]).asArrayRef());
    keepsOrder = !body.getOps<hl::SelfOp>().empty() || llvm::any_of(yield.getIndices(), isFromData);
    work = 1;
    for (int64_t axis = 0; axis < func.rank(); ++axis)
      work *= hasLoop[axis] ? typical(func.box[axis]) : 1;
    for (int64_t extent : extents)
      work *= typical(extent);
  }

  SmallVector<bool> hasLoop;
  SmallVector<std::string> rvars;
  SmallVector<int64_t> extents;
  bool keepsOrder;
  int64_t work;
};
} // namespace

using Vectors = ScatterUpdateDecision::Vectors;

/// How many vectors of a sum's row one task takes: whole cache lines.
static constexpr int64_t kTaskVectors = 4;

//===----------------------------------------------------------------------===//
// The decision
//===----------------------------------------------------------------------===//

static bool holdsVector(int64_t extent) { return !ShapedType::isDynamic(extent) && extent >= kLeastLanes; }

static ScatterUpdateDecision decideUpdate(const Func &func, int64_t number, int64_t lanes) {
  Update update(func, number);
  ScatterUpdateDecision decision;
  int64_t last = func.rank() - 1;
  if (last >= 0 && update.hasLoop[last] && holdsVector(func.box[last])) {
    decision.vectors = Vectors::Last;
    decision.lanes = std::min(func.box[last], lanes);
    if (update.keepsOrder && func.box[last] > lanes * kTaskVectors)
      decision.taskVectors = kTaskVectors;
  } else if (last >= 0 && !update.hasLoop[last] && !update.keepsOrder && update.rvars.size() == 1 &&
             holdsVector(update.extents[0])) {
    decision.vectors = Vectors::Part;
    decision.lanes = std::min(update.extents[0], lanes);
  }
  decision.hasTasks = update.work >= 2 * kTaskElements;
  decision.taskRows = chooseChunkRows(func);
  // The outermost axis that has points for some tasks.
  for (int64_t axis = 0; decision.hasTasks && decision.taskRows == 0 && axis <= last; ++axis) {
    bool isVectors = decision.vectors == Vectors::Last && axis == last;
    if (!update.hasLoop[axis] || isVectors || typical(func.box[axis]) < 4)
      continue;
    int64_t inner = std::max<int64_t>(update.work / typical(func.box[axis]), 1);
    decision.taskAxis = axis;
    decision.taskPoints = llvm::divideCeil(kTaskElements, inner);
    break;
  }
  return decision;
}

ScatterDecision decideScatter(const Func &func, const Target &target) {
  ScatterDecision decision;
  hl::FuncOp op = func.op;
  if (op.getInit().front().getOps<hl::UndefOp>().empty())
    decision.init = decidePointwise(func, target, /*inplace=*/true);
  for (size_t number = 0; number < op.getUpdates().size(); ++number)
    decision.updates.push_back(decideUpdate(func, number, func.lanes(target)));
  return decision;
}

//===----------------------------------------------------------------------===//
// Its directives
//===----------------------------------------------------------------------===//

static void writeUpdate(Func &func, int64_t number, const ScatterUpdateDecision &decision) {
  Update update(func, number);
  Directives directives(func, number);
  int64_t last = func.rank() - 1;
  bool isLast = decision.vectors == Vectors::Last, isPart = decision.vectors == Vectors::Part;
  SmallVector<std::string> order; // innermost first
  auto splitLanes = [&](const std::string &axis, int64_t extent) {
    directives.split(axis, axis + "o", axis + "l", decision.lanes,
                     extent % decision.lanes ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::Auto);
    order.push_back(axis + "l");
    return axis + "o";
  };
  std::string vectorTasks; // the loop over tasks of vectors
  if (isLast) {
    const std::string &feature = func.axes[last];
    std::string vectors = splitLanes(feature, func.box[last]);
    if (decision.taskVectors > 0) {
      vectorTasks = feature + "t";
      directives.split(vectors, vectorTasks, feature + "v", decision.taskVectors, hl::TailStrategy::GuardWithIf);
      vectors = feature + "v";
    }
    order.push_back(vectors);
  }
  if (isPart)
    order.push_back(splitLanes(update.rvars[0], update.extents[0]));
  else
    llvm::append_range(order, llvm::reverse(update.rvars));
  if (!vectorTasks.empty())
    order.push_back(vectorTasks);
  std::string parallel = decision.hasTasks ? vectorTasks : "";
  for (int64_t axis = last - (isLast ? 1 : 0); axis >= 0; --axis) {
    if (!update.hasLoop[axis])
      continue;
    std::string loop = func.axes[axis];
    if (axis == decision.taskAxis && decision.taskPoints > 1) {
      directives.split(loop, loop + "t", loop + "i", decision.taskPoints, hl::TailStrategy::GuardWithIf);
      order.push_back(loop + "i");
      loop += "t";
    }
    if (axis == decision.taskAxis)
      parallel = loop;
    order.push_back(loop);
  }
  directives.reorder(order);
  if (isLast || isPart)
    directives.vectorize(order.front());
  if (decision.taskRows > 0)
    directives.parallelChunks(func, decision.taskRows);
  else if (!parallel.empty())
    directives.parallel(parallel);
}

void writeScatter(Func &func, const ScatterDecision &decision) {
  if (!func.isOutput)
    Directives(func).boundToBox(func, func.rank() - 1).computeRoot();
  if (decision.init)
    writePointwise(func, *decision.init);
  for (auto [number, update] : llvm::enumerate(decision.updates))
    writeUpdate(func, number, update);
}

} // namespace argent::schedule
