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
      : sum_(sum), decision_(decision), target_(target), root_(*decision.root), tile_(decision.tile),
        last_(sum.rank() - 1) {}

  void write() {
    if (decision_.isTiled) {
      rootValue_ = &root_ == &sum_ ? createWrapper() : root_.op.getResult();
      writeRoot();
      writeSum();
    } else {
      writeReduction(sum_, decideReductionAtRoot(sum_, target_));
    }
    writeStaging();
  }

private:
  /// What the sum's consumers load in its place.
  Value createWrapper() {
    OpBuilder builder = OpBuilder::atBlockEnd(sum_.op->getBlock());
    SmallVector<Value> consumers;
    for (Func *consumer : sum_.consumers)
      consumers.push_back(consumer->op.getResult());
    return hl::InOp::create(builder, sum_.op.getLoc(), sum_.op.getType(), sum_.op.getResult(), consumers);
  }

  bool isTailed() const { return root_.box[last_] % tile_.width() != 0; }

  /// In a loop of the root, be it a func or the wrapper.
  void computeInRoot(Directives &directives, StringRef loop) {
    if (&root_ == &sum_)
      directives.computeAt(rootValue_, loop);
    else
      directives.computeAt(root_, loop);
  }

  void writeRoot() {
    Directives directives(root_.op->getParentOfType<hl::PipelineOp>(), rootValue_);
    const std::string &feature = root_.axes[last_];
    if (!decision_.isOneVector)
      directives.split(feature, feature + "o", feature + "i", tile_.width(),
                       isTailed() ? hl::TailStrategy::GuardWithIf : hl::TailStrategy::Auto);
    SmallVector<std::string> rows; // the loops in the tile, innermost first
    for (int64_t axis = last_ - 1; axis >= tile_.firstAxis; --axis) {
      const std::string &name = root_.axes[axis];
      bool isSplit = axis == tile_.firstAxis && tile_.splits();
      if (isSplit)
        directives.split(name, name + "o", name + "i", tile_.rows, hl::TailStrategy::ShiftInwards);
      rows.push_back(isSplit ? name + "i" : name);
    }
    SmallVector<std::string> order{decision_.isOneVector ? feature : feature + "i"};
    llvm::append_range(order, rows);
    llvm::append_range(order, decision_.outerLoops(sum_));
    directives.reorder(order);
    if (decision_.isOneVector)
      directives.vectorize(feature);
    else
      directives.vectorize(feature + "i", tile_.lanes).unroll(feature + "i");
    for (const std::string &row : rows)
      directives.unroll(row);
    if (&root_ == &sum_ || !root_.isOutput)
      writePlace(directives);
    writeTasks(directives);
  }

  /// Whatever the consumer reads, whole tiles are computed, none of which leaves the box.
  void writePlace(Directives &directives) {
    using Place = ContractionDecision::Place;
    directives.boundToBox(root_, last_);
    if (decision_.place == Place::Rows)
      directives.alignBounds(root_.axes[last_ - 1], decision_.rowPoints);
    else
      for (int64_t axis = tile_.firstAxis; axis < last_; ++axis)
        directives.boundToBox(root_, axis);
    switch (decision_.place) {
    case Place::Root:
      directives.computeRoot();
      break;
    case Place::Image:
      directives.computeAt(*decision_.consumer, decision_.consumer->axes[0]);
      break;
    case Place::Rows:
      directives.computeAt(*decision_.consumer, decision_.consumer->axes[1]);
      decision_.consumer->inside += sum_.work();
      break;
    }
  }

  void writeTasks(Directives &directives) {
    using Tasks = ContractionDecision::Tasks;
    if (decision_.tasks == Tasks::None)
      return;
    SmallVector<std::string> loops = decision_.outerLoops(sum_);
    if (decision_.tasks == Tasks::Outermost) {
      directives.parallel(loops.back());
      return;
    }
    const std::string &image = root_.axes[0], panel = root_.axes[last_] + "o";
    std::string row = tile_.firstAxis > 1 ? root_.axes[1] : root_.axes[1] + "o", chunk = row + "t";
    bool isChunked = decision_.chunk > 0;
    if (isChunked)
      directives.split(row, chunk, row, decision_.chunk, hl::TailStrategy::GuardWithIf);
    if (decision_.tasks == Tasks::Images) {
      if (isChunked && llvm::is_contained(loops, panel))
        directives.reorder({panel, chunk});
      if (isChunked)
        directives.fuse(chunk, image, kTaskLoop);
      directives.parallel(taskLoop(root_, decision_.chunk));
      return;
    }
    if (isChunked)
      directives.fuse(chunk, panel, "panel");
    std::string task = isChunked ? "panel" : panel;
    if (decision_.fusesImages)
      directives.fuse(task, image, kTaskLoop).parallel(kTaskLoop);
    else
      directives.parallel(task);
  }

  void writeSum() {
    const std::string &feature = sum_.axes[last_];
    Directives pure(sum_);
    computeInRoot(pure, decision_.outerLoops(sum_).front());
    if (isTailed())
      pure.alignBounds(feature, tile_.width()).boundExtent(feature, tile_.width());
    pure.vectorize(feature, tile_.lanes).unroll(feature);
    SmallVector<std::string> rows;
    for (int64_t axis = last_ - 1; axis >= tile_.firstAxis; --axis)
      rows.push_back(sum_.axes[axis]);
    for (const std::string &row : rows)
      pure.unroll(row);

    Directives update(sum_, 0);
    SmallVector<std::string> order{feature};
    llvm::append_range(order, rows);
    llvm::append_range(order, llvm::reverse(sum_.rvars));
    for (int64_t axis = tile_.firstAxis - 1; axis >= 0; --axis)
      order.push_back(sum_.axes[axis]);
    update.reorder(order).vectorize(feature, tile_.lanes).unroll(feature);
    for (const std::string &row : rows)
      update.unroll(row);
  }

  /// The chunks of a long sum and its rest load the same funcs: their directives are written once.
  static bool isScheduled(const Func &func) {
    auto pipeline = func.op->getParentOfType<hl::PipelineOp>();
    return llvm::any_of(pipeline.getBody().getOps<hl::ScheduleOp>(),
                        [&](hl::ScheduleOp schedule) { return schedule.getFunc() == func.op->getResult(0); });
  }

  /// Funcs that the product loads (a padded image, packed weights) are stored.
  void writeStaging() {
    for (Func *producer : sum_.producers) {
      if (producer->kind != Kind::Pointwise || isScheduled(*producer))
        continue;
      bool perImage = decision_.stagingFunc && producer->rank() > 0 && ShapedType::isDynamic(producer->box[0]);
      Func stored = *producer;
      Directives directives(*producer);
      if (!perImage)
        directives.computeRoot();
      else if (decision_.stagingFunc == &root_)
        computeInRoot(directives, decision_.stagingLoop);
      else
        directives.computeAt(*decision_.stagingFunc, decision_.stagingLoop);
      if (perImage)
        stored.box[0] = 1; // no tasks inside a task
      writePointwise(*producer, decidePointwise(stored, target_, /*inplace=*/false));
    }
  }

  Func &sum_;
  const ContractionDecision &decision_;
  const Target &target_;
  Func &root_;
  const Tile &tile_;
  int64_t last_;
  Value rootValue_;
};

} // namespace

void writeContraction(Func &sum, const ContractionDecision &decision, const Target &target) {
  ContractionWriter(sum, decision, target).write();
}

} // namespace argent::schedule
