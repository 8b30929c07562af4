//===- Directives.cpp - writes schedule operations -------------------------===//
#include "compiler/schedule/Directives.h"

#include "compiler/schedule/Tasks.h"

using namespace mlir;

namespace argent::schedule {

Directives::Directives(hl::PipelineOp pipeline, Value func, int64_t update)
    : builder_(OpBuilder::atBlockEnd(&pipeline.getBody().front())), location_(func.getLoc()) {
  auto schedule = hl::ScheduleOp::create(builder_, location_, func,
                                         update < 0 ? IntegerAttr() : builder_.getI64IntegerAttr(update));
  builder_.setInsertionPointToStart(&schedule.getBody().emplaceBlock());
}

Directives::Directives(Func &func, int64_t update)
    : Directives(func.op->getParentOfType<hl::PipelineOp>(), func.op.getResult(), update) {}

Directives &Directives::split(StringRef axis, StringRef outer, StringRef inner, int64_t factor, hl::TailStrategy tail) {
  hl::SplitOp::create(builder_, location_, axis, outer, inner, factor, tail);
  return *this;
}
Directives &Directives::fuse(StringRef inner, StringRef outer, StringRef fused) {
  hl::FuseOp::create(builder_, location_, inner, outer, fused);
  return *this;
}
Directives &Directives::reorder(ArrayRef<std::string> order) {
  SmallVector<StringRef> names(order.begin(), order.end());
  if (names.size() > 1)
    hl::ReorderOp::create(builder_, location_, builder_.getStrArrayAttr(names));
  return *this;
}
Directives &Directives::vectorize(StringRef axis, int64_t factor, hl::TailStrategy tail) {
  hl::VectorizeOp::create(builder_, location_, axis, factor ? builder_.getI64IntegerAttr(factor) : IntegerAttr(), tail);
  return *this;
}
Directives &Directives::unroll(StringRef axis) {
  hl::UnrollOp::create(builder_, location_, axis, IntegerAttr(), hl::TailStrategy::Auto);
  return *this;
}
Directives &Directives::parallel(StringRef axis) {
  hl::ParallelOp::create(builder_, location_, axis, IntegerAttr(), hl::TailStrategy::Auto);
  return *this;
}
Directives &Directives::parallelChunks(const Func &func, int64_t rows) {
  const std::string &row = func.axes[1], chunk = row + "t";
  return split(row, chunk, row, rows, hl::TailStrategy::GuardWithIf)
      .fuse(chunk, func.axes[0], kTaskLoop)
      .parallel(kTaskLoop);
}
Directives &Directives::computeRoot() {
  hl::ComputeRootOp::create(builder_, location_);
  return *this;
}
Directives &Directives::computeAt(Value consumer, StringRef loop) {
  hl::ComputeAtOp::create(builder_, location_, consumer, loop);
  return *this;
}
Directives &Directives::computeAt(Func &consumer, StringRef loop) {
  consumer.levels.push_back(loop.str());
  return computeAt(consumer.op.getResult(), loop);
}
Directives &Directives::alignBounds(StringRef axis, int64_t modulus) {
  hl::AlignBoundsOp::create(builder_, location_, axis, modulus, 0);
  return *this;
}
Directives &Directives::boundExtent(StringRef axis, int64_t extent) {
  hl::BoundExtentOp::create(builder_, location_, axis, extent);
  return *this;
}
Directives &Directives::boundToBox(const Func &func, int64_t axis) {
  if (axis >= 0 && !func.isOutput && !ShapedType::isDynamic(func.box[axis]) && func.box[axis] > 1)
    hl::BoundOp::create(builder_, location_, func.axes[axis], 0, func.box[axis]);
  return *this;
}

} // namespace argent::schedule
