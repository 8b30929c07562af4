//===- ContractionDirectives.cpp - a product's decision as directives ------===//
#include "compiler/schedule/Contraction.h"
#include "compiler/schedule/Directives.h"
#include "compiler/schedule/Pointwise.h"
#include "compiler/schedule/Reduction.h"
#include "compiler/schedule/Tasks.h"

using namespace mlir;

namespace argent::schedule {

namespace {

class ContractionWriter {
public:
  ContractionWriter(Func &sum, const ContractionDecision &decision, const Target &target)
      : sum(sum), decision(decision), target(target), root(*decision.root), tile(decision.tile), last(sum.rank() - 1) {}

  void write() {
    if (decision.isTiled) {
      rootValue = &root == &sum ? createWrapper() : root.op.getResult();
      writeRoot();
      writeSum();
    } else {
      writeReduction(sum, decideReductionAtRoot(sum, target));
    }
    writeStaging();
  }

private:
  /// What the sum's consumers load in its place.
  Value createWrapper() {
    OpBuilder builder = OpBuilder::atBlockEnd(sum.op->getBlock());
    SmallVector<Value> consumers;
    for (Func *consumer : sum.consumers)
      consumers.push_back(consumer->op.getResult());
    return hl::InOp::create(builder, sum.op.getLoc(), sum.op.getType(), sum.op.getResult(), consumers);
  }

  bool isTailed() const { return root.box[last] % tile.width() != 0; }

  /// In a loop of the root, be it a func or the wrapper.
  void computeInRoot(Directives &directives, StringRef loop) {
    if (&root == &sum)
      directives.computeAt(rootValue, loop);
    else
      directives.computeAt(root, loop);
  }

  void writeRoot() {
    Directives directives(root.op->getParentOfType<hl::PipelineOp>(), rootValue);
    const std::string &feature = root.axes[last];
    if (!decision.isOneVector)
      directives.split(feature, feature + "o", feature + "i", tile.width(),
                       isTailed() ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::Auto);
    SmallVector<std::string> rows; // the loops in the tile, innermost first
    for (int64_t axis = last - 1; axis >= tile.firstAxis; --axis) {
      const std::string &name = root.axes[axis];
      bool isSplit = axis == tile.firstAxis && tile.splits();
      if (isSplit)
        directives.split(name, name + "o", name + "i", tile.rows, hl::TailStrategy::ShiftInwards);
      rows.push_back(isSplit ? name + "i" : name);
    }
    SmallVector<std::string> order{decision.isOneVector ? feature : feature + "i"};
    llvm::append_range(order, rows);
    llvm::append_range(order, decision.outerLoops(sum));
    directives.reorder(order);
    if (decision.isOneVector)
      directives.vectorize(feature);
    else
      directives.vectorize(feature + "i", tile.lanes).unroll(feature + "i");
    for (const std::string &row : rows)
      directives.unroll(row);
    if (&root == &sum || !root.isOutput)
      writePlace(directives);
    writeTasks(directives);
  }

  /// Whatever the consumer reads, whole tiles are computed, none of which leaves the box.
  void writePlace(Directives &directives) {
    using Place = ContractionDecision::Place;
    directives.boundToBox(root, last);
    if (decision.place == Place::Rows)
      directives.alignBounds(root.axes[last - 1], decision.rowPoints);
    else
      for (int64_t axis = tile.firstAxis; axis < last; ++axis)
        directives.boundToBox(root, axis);
    switch (decision.place) {
    case Place::Root:
      directives.computeRoot();
      break;
    case Place::Image:
      directives.computeAt(*decision.consumer, decision.consumer->axes[0]);
      break;
    case Place::Rows:
      directives.computeAt(*decision.consumer, decision.consumer->axes[1]);
      decision.consumer->inside += sum.work();
      break;
    }
  }

  void writeTasks(Directives &directives) {
    using Tasks = ContractionDecision::Tasks;
    if (decision.tasks == Tasks::None)
      return;
    SmallVector<std::string> loops = decision.outerLoops(sum);
    if (decision.tasks == Tasks::Outermost) {
      directives.parallel(loops.back());
      return;
    }
    const std::string &image = root.axes[0], panel = root.axes[last] + "o";
    std::string row = tile.firstAxis > 1 ? root.axes[1] : root.axes[1] + "o", chunk = row + "t";
    bool isChunked = decision.chunk > 0;
    if (isChunked)
      directives.split(row, chunk, row, decision.chunk, hl::TailStrategy::GuardWithIf);
    if (decision.tasks == Tasks::Images) {
      if (isChunked && llvm::is_contained(loops, panel))
        directives.reorder({panel, chunk});
      if (isChunked)
        directives.fuse(chunk, image, kTaskLoop);
      directives.parallel(taskLoop(root, decision.chunk));
      return;
    }
    if (isChunked)
      directives.fuse(chunk, panel, "panel");
    std::string task = isChunked ? "panel" : panel;
    if (decision.fusesImages)
      directives.fuse(task, image, kTaskLoop).parallel(kTaskLoop);
    else
      directives.parallel(task);
  }

  void writeSum() {
    const std::string &feature = sum.axes[last];
    Directives pure(sum);
    computeInRoot(pure, decision.outerLoops(sum).front());
    if (isTailed())
      pure.alignBounds(feature, tile.width()).boundExtent(feature, tile.width());
    pure.vectorize(feature, tile.lanes).unroll(feature);
    SmallVector<std::string> rows;
    for (int64_t axis = last - 1; axis >= tile.firstAxis; --axis)
      rows.push_back(sum.axes[axis]);
    for (const std::string &row : rows)
      pure.unroll(row);

    Directives update(sum, 0);
    SmallVector<std::string> order{feature};
    llvm::append_range(order, rows);
    llvm::append_range(order, llvm::reverse(sum.rvars));
    for (int64_t axis = tile.firstAxis - 1; axis >= 0; --axis)
      order.push_back(sum.axes[axis]);
    update.reorder(order).vectorize(feature, tile.lanes).unroll(feature);
    for (const std::string &row : rows)
      update.unroll(row);
  }

  /// Funcs that the product loads (a padded image, packed weights) are stored.
  void writeStaging() {
    for (Func *producer : sum.producers) {
      if (producer->kind != Kind::Pointwise)
        continue;
      bool perImage = decision.stagingFunc && producer->rank() > 0 && ShapedType::isDynamic(producer->box[0]);
      Func stored = *producer;
      Directives directives(*producer);
      if (!perImage)
        directives.computeRoot();
      else if (decision.stagingFunc == &root)
        computeInRoot(directives, decision.stagingLoop);
      else
        directives.computeAt(*decision.stagingFunc, decision.stagingLoop);
      if (perImage)
        stored.box[0] = 1; // no tasks inside a task
      writePointwise(*producer, decidePointwise(stored, target, /*inplace=*/false));
    }
  }

  Func &sum;
  const ContractionDecision &decision;
  const Target &target;
  Func &root;
  const Tile &tile;
  int64_t last;
  Value rootValue;
};

} // namespace

void writeContraction(Func &sum, const ContractionDecision &decision, const Target &target) {
  ContractionWriter(sum, decision, target).write();
}

} // namespace argent::schedule
