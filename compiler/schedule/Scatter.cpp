//===- Scatter.cpp - updates that store at computed indices ----------------===//
// Memory-bound. Two kinds: the parts of a join write each point once, so that vectors may run along the part; a sum at
// indices from data (or a search that looks at earlier results) keeps the order of its domain, inside the loops over
// the axes that it does not compute.
#include "compiler/schedule/Rules.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace argent::schedule {

namespace {
/// One update: which axes have loops, and the reduction variables.
struct Update {
  Update(Func &func, int64_t number) {
    Block &body = func.op.getUpdates()[number].front();
    auto yield = cast<hl::YieldOp>(body.getTerminator());
    for (int64_t axis = 0; axis < func.rank(); ++axis)
      hasLoop.push_back(yield.getIndices().empty() || yield.getIndices()[axis] == body.getArgument(axis));
    for (Attribute rvar : cast<ArrayAttr>(func.op.getRvars()[number]))
      rvars.push_back(cast<StringAttr>(rvar).str());
    llvm::append_range(extents, cast<DenseI64ArrayAttr>(func.op.getExtents()[number]).asArrayRef());
    readsSelf = !body.getOps<hl::SelfOp>().empty();
    work = 1;
    for (int64_t axis = 0; axis < func.rank(); ++axis)
      work *= hasLoop[axis] ? typical(func.box[axis]) : 1;
    for (int64_t extent : extents)
      work *= typical(extent);
  }

  SmallVector<bool> hasLoop;
  SmallVector<std::string> rvars;
  SmallVector<int64_t> extents;
  bool readsSelf;
  int64_t work;
};

/// Vectors of this many lanes along an axis of the extent; 0: none.
int64_t chooseLanes(int64_t extent, int64_t lanes) {
  if (ShapedType::isDynamic(extent) || extent < kLeastLanes)
    return 0;
  return std::min(extent, lanes);
}

/// How many vectors of a sum's row one task takes: whole cache lines.
constexpr int64_t kTaskVectors = 4;

void scheduleUpdate(Func &func, int64_t number, int64_t lanes) {
  Update update(func, number);
  Directives directives(func, number);
  int64_t last = func.rank() - 1;
  SmallVector<std::string> order; // innermost first
  std::string vectorTasks;        // a loop over vectors of the last axis that may be parallel
  auto splitLanes = [&](const std::string &axis, int64_t extent, int64_t width) {
    directives.split(axis, axis + "o", axis + "l", width,
                     extent % width ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::Auto);
    order.push_back(axis + "l");
    return axis + "o";
  };
  bool vectorLast = last >= 0 && update.hasLoop[last] && chooseLanes(func.box[last], lanes);
  bool vectorPart = !vectorLast && last >= 0 && !update.hasLoop[last] && !update.readsSelf &&
                    update.rvars.size() == 1 && chooseLanes(update.extents[0], lanes);
  std::string outerLast;
  if (vectorLast) {
    int64_t extent = func.box[last];
    outerLast = splitLanes(func.axes[last], extent, chooseLanes(extent, lanes));
    if (update.readsSelf && extent > lanes * kTaskVectors) {
      vectorTasks = func.axes[last] + "t";
      directives.split(outerLast, vectorTasks, func.axes[last] + "v", kTaskVectors, hl::TailStrategy::GuardWithIf);
      order.push_back(func.axes[last] + "v");
    } else if (update.readsSelf) {
      order.push_back(outerLast);
    }
  }
  if (vectorPart)
    order.push_back(splitLanes(update.rvars[0], update.extents[0], chooseLanes(update.extents[0], lanes)));
  else
    for (const std::string &rvar : llvm::reverse(update.rvars))
      order.push_back(rvar);
  if (vectorLast && !update.readsSelf)
    order.insert(order.begin() + 1, outerLast);
  if (!vectorTasks.empty())
    order.push_back(vectorTasks);
  Tasks tasks = chooseTasks(func);
  // Tasks: chunks of images, or along the outermost axis that has points for some.
  std::string parallel = update.work >= 2 * kTaskElements ? vectorTasks : "";
  SmallVector<int64_t> loops;
  for (int64_t axis = 0; axis <= last; ++axis)
    if (update.hasLoop[axis] && !(vectorLast && axis == last))
      loops.push_back(axis);
  auto most = llvm::find_if(loops, [&](int64_t axis) { return typical(func.box[axis]) >= 4; });
  for (int64_t axis : llvm::reverse(loops)) {
    std::string loop = func.axes[axis];
    if (tasks.rows == 0 && update.work >= 2 * kTaskElements && most != loops.end() && axis == *most) {
      int64_t inner = std::max<int64_t>(update.work / typical(func.box[axis]), 1),
              rows = llvm::divideCeil(kTaskElements, inner);
      parallel = loop;
      if (rows > 1) {
        directives.split(loop, loop + "t", loop + "i", rows, hl::TailStrategy::GuardWithIf);
        order.push_back(loop + "i");
        parallel = loop = loop + "t";
      }
    }
    order.push_back(loop);
  }
  directives.reorder(order);
  if (vectorLast || vectorPart)
    directives.vectorize(order.front());
  if (tasks.rows > 0)
    directives.parallelChunks(func, tasks);
  else if (!parallel.empty())
    directives.parallel(parallel);
}
} // namespace

void scheduleScatter(Func &func, const Target &target) {
  int64_t lanes = getLanes(func.op, target);
  if (func.op.getInit().front().getOps<hl::UndefOp>().empty())
    schedulePointwise(func, target, /*inplace=*/true);
  for (size_t number = 0; number < func.op.getUpdates().size(); ++number)
    scheduleUpdate(func, number, lanes);
}

} // namespace argent::schedule
