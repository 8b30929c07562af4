//===- HalideSchedule.cpp - hl's directives as Halide's --------------------===//
#include "compiler/codegen/HalidePipeline.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace argent;
namespace H = Halide;

static H::TailStrategy getTail(hl::TailStrategy tail) {
  switch (tail) {
  case hl::TailStrategy::Auto:
    return H::TailStrategy::Auto;
  case hl::TailStrategy::RoundUp:
    return H::TailStrategy::RoundUp;
  case hl::TailStrategy::GuardWithIf:
    return H::TailStrategy::GuardWithIf;
  case hl::TailStrategy::Predicate:
    return H::TailStrategy::Predicate;
  case hl::TailStrategy::PredicateLoads:
    return H::TailStrategy::PredicateLoads;
  case hl::TailStrategy::PredicateStores:
    return H::TailStrategy::PredicateStores;
  case hl::TailStrategy::ShiftInwards:
    return H::TailStrategy::ShiftInwards;
  case hl::TailStrategy::ShiftInwardsAndBlend:
    return H::TailStrategy::ShiftInwardsAndBlend;
  case hl::TailStrategy::RoundUpAndBlend:
    return H::TailStrategy::RoundUpAndBlend;
  }
  llvm_unreachable("all strategies are listed");
}

static H::MemoryType getMemory(hl::Memory memory) {
  switch (memory) {
  case hl::Memory::Auto:
    return H::MemoryType::Auto;
  case hl::Memory::Stack:
    return H::MemoryType::Stack;
  case hl::Memory::Heap:
    return H::MemoryType::Heap;
  case hl::Memory::Register:
    return H::MemoryType::Register;
  case hl::Memory::GpuShared:
    return H::MemoryType::GPUShared;
  }
  llvm_unreachable("all memories are listed");
}

namespace {

/// Applies the directives of one hl.schedule.
class Directives {
public:
  Directives(HalidePipeline &pipeline, HalideFunc &func, size_t stageIndex)
      : pipeline_(pipeline), func_(func), stageIndex_(stageIndex) {}

  void apply(Block &block, H::Stage stage);

private:
  void applyToLoops(Operation &op, H::Stage &stage);
  void applyToFunc(Operation &op);
  H::VarOrRVar loop(StringRef name) { return func_.getLoop(stageIndex_, name); }
  H::Var axis(StringRef name) { return func_.getAxis(name); }
  std::vector<H::VarOrRVar> loops(ArrayAttr names) {
    std::vector<H::VarOrRVar> result;
    for (StringRef name : names.getAsValueRange<StringAttr>())
      result.push_back(loop(name));
    return result;
  }
  H::LoopLevel level(Value consumer, StringRef name);

  HalidePipeline &pipeline_;
  HalideFunc &func_;
  size_t stageIndex_;
};

} // namespace

H::LoopLevel Directives::level(Value consumer, StringRef name) {
  HalideFunc &target = pipeline_.funcs.find(consumer)->second;
  bool isReduction =
      llvm::any_of(target.reductionLoops, [&](const auto &loops) { return loops.count(name.str()) > 0; });
  return H::LoopLevel(target.func, H::VarOrRVar(target.getHalideName(name), isReduction));
}

void Directives::applyToFunc(Operation &op) {
  H::Func &f = func_.func;
  llvm::TypeSwitch<Operation *>(&op)
      .Case<hl::ComputeRootOp>([&](auto) { f.compute_root(); })
      .Case<hl::StoreRootOp>([&](auto) { f.store_root(); })
      .Case([&](hl::ComputeAtOp at) { f.compute_at(level(at.getConsumer(), at.getVar())); })
      .Case([&](hl::StoreAtOp at) { f.store_at(level(at.getConsumer(), at.getVar())); })
      .Case([&](hl::StoreInOp store) { f.store_in(getMemory(store.getMemory())); })
      .Case([&](hl::ReorderStorageOp reorder) {
        std::vector<H::Var> vars;
        for (StringRef name : reorder.getVars().getAsValueRange<StringAttr>())
          vars.push_back(axis(name));
        f.reorder_storage(vars);
      })
      .Case([&](hl::AlignStorageOp align) { f.align_storage(axis(align.getVar()), int(align.getAlignment())); })
      .Case([&](hl::BoundOp bound) { f.bound(axis(bound.getVar()), int(bound.getMin()), int(bound.getExtent())); })
      .Case([&](hl::BoundExtentOp bound) { f.bound_extent(axis(bound.getVar()), int(bound.getExtent())); })
      .Case([&](hl::AlignBoundsOp align) {
        f.align_bounds(axis(align.getVar()), int(align.getModulus()), int(align.getRemainder()));
      });
}

void Directives::applyToLoops(Operation &op, H::Stage &stage) {
  auto factored = [&](auto directive, auto whole, auto parts) {
    if (std::optional<int64_t> factor = directive.getFactor())
      parts(loop(directive.getVar()), int(*factor), getTail(directive.getTail()));
    else
      whole(loop(directive.getVar()));
  };
  auto &reductionLoops = func_.reductionLoops[stageIndex_];
  llvm::TypeSwitch<Operation *>(&op)
      .Case([&](hl::SplitOp split) {
        H::VarOrRVar var = loop(split.getVar());
        bool isReduction = reductionLoops.erase(split.getVar().str()) > 0;
        if (isReduction)
          reductionLoops.insert({split.getOuter().str(), split.getInner().str()});
        stage.split(var, loop(split.getOuter()), loop(split.getInner()), int(split.getFactor()),
                    getTail(split.getTail()));
      })
      .Case([&](hl::FuseOp fuse) {
        H::VarOrRVar inner = loop(fuse.getInner()), outer = loop(fuse.getOuter());
        if (reductionLoops.erase(fuse.getInner().str()) + reductionLoops.erase(fuse.getOuter().str()) > 0)
          reductionLoops.insert(fuse.getFused().str());
        stage.fuse(inner, outer, loop(fuse.getFused()));
      })
      .Case([&](hl::ReorderOp reorder) { stage.reorder(loops(reorder.getVars())); })
      .Case([&](hl::VectorizeOp vectorize) {
        factored(
            vectorize, [&](auto var) { stage.vectorize(var); },
            [&](auto var, int factor, auto tail) { stage.vectorize(var, factor, tail); });
      })
      .Case([&](hl::UnrollOp unroll) {
        factored(
            unroll, [&](auto var) { stage.unroll(var); },
            [&](auto var, int factor, auto tail) { stage.unroll(var, factor, tail); });
      })
      .Case([&](hl::ParallelOp parallel) {
        factored(
            parallel, [&](auto var) { stage.parallel(var); },
            [&](auto var, int factor, auto tail) { stage.parallel(var, factor, tail); });
      })
      .Case([&](hl::GpuBlocksOp blocks) {
        std::vector<H::VarOrRVar> v = loops(blocks.getVars());
        if (v.size() == 1)
          stage.gpu_blocks(v[0]);
        else if (v.size() == 2)
          stage.gpu_blocks(v[0], v[1]);
        else
          stage.gpu_blocks(v[0], v[1], v[2]);
      })
      .Case([&](hl::GpuThreadsOp threads) {
        std::vector<H::VarOrRVar> v = loops(threads.getVars());
        if (v.size() == 1)
          stage.gpu_threads(v[0]);
        else if (v.size() == 2)
          stage.gpu_threads(v[0], v[1]);
        else
          stage.gpu_threads(v[0], v[1], v[2]);
      })
      .Case([&](hl::GpuLanesOp lanes) { stage.gpu_lanes(loop(lanes.getVar())); })
      .Case([&](hl::SpecializeOp specialize) {
        H::Expr condition = pipeline_.batch >= int(specialize.getMinBatch());
        if (specialize.getMultipleOf() > 1)
          condition = condition && pipeline_.batch % int(specialize.getMultipleOf()) == 0;
        // The branch's loops are its own.
        std::set<std::string> saved = reductionLoops;
        apply(specialize.getBody().front(), stage.specialize(condition));
        reductionLoops = std::move(saved);
      });
}

void Directives::apply(Block &block, H::Stage stage) {
  for (Operation &op : block) {
    pipeline_.current = &op;
    if (isa<hl::ComputeRootOp, hl::StoreRootOp, hl::ComputeAtOp, hl::StoreAtOp, hl::StoreInOp, hl::ReorderStorageOp,
            hl::AlignStorageOp, hl::BoundOp, hl::BoundExtentOp, hl::AlignBoundsOp>(op))
      applyToFunc(op);
    else
      applyToLoops(op, stage);
  }
}

/// %result = hl.rfactor: the first axis is the outermost, so Halide gets them last to first.
static void applyRfactor(HalidePipeline &pipeline, hl::RfactorOp op) {
  HalideFunc &source = pipeline.funcs.find(op.getFunc())->second;
  size_t stage = op.getUpdate() + 1;
  std::vector<std::pair<H::RVar, H::Var>> preserved;
  std::set<std::string> kept;
  HalideFunc result;
  for (auto [rvar, axis] :
       llvm::zip(op.getRvars().getAsValueRange<StringAttr>(), op.getAxes().getAsValueRange<StringAttr>())) {
    preserved.insert(preserved.begin(), {H::RVar(getLoopName(rvar)), H::Var(getLoopName(axis))});
    kept.insert(rvar.str());
    result.axes.push_back(axis.str());
  }
  llvm::append_range(result.axes, source.axes);
  std::set<std::string> others;
  for (const std::string &name : source.reductionLoops[stage])
    if (!kept.count(name))
      others.insert(name);
  result.func = source.func.update(int(op.getUpdate())).rfactor(preserved);
  result.reductionLoops = {{}, std::move(others)};
  source.reductionLoops[stage] = std::move(kept);
  pipeline.funcs[op.getResult()] = std::move(result);
}

static void applyIn(HalidePipeline &pipeline, hl::InOp op) {
  std::vector<H::Func> consumers;
  for (Value consumer : op.getConsumers())
    consumers.push_back(pipeline.funcs.find(consumer)->second.func);
  HalideFunc result;
  if (auto buffer = dyn_cast<hl::BufferType>(op.getSource().getType())) {
    H::ImageParam &source = pipeline.inputs.find(op.getSource())->second;
    result.func = consumers.empty() ? source.in() : source.in(consumers);
    int64_t rank = buffer.getRank();
    for (int64_t d = 0; d < rank; ++d) {
      result.axes.push_back("d" + std::to_string(d));
      result.given[result.axes.back()] = result.func.args()[rank - 1 - d].name();
    }
  } else {
    HalideFunc &source = pipeline.funcs.find(op.getSource())->second;
    result.func = consumers.empty() ? source.func.in() : source.func.in(consumers);
    result.axes = source.axes;
    result.given = source.given;
  }
  result.reductionLoops.emplace_back();
  pipeline.funcs[op.getResult()] = std::move(result);
}

LogicalResult HalidePipeline::applySchedule() {
  for (Operation &child : op.getBody().front()) {
    current = &child;
    if (auto rfactor = dyn_cast<hl::RfactorOp>(child))
      applyRfactor(*this, rfactor);
    if (auto in = dyn_cast<hl::InOp>(child))
      applyIn(*this, in);
    if (auto schedule = dyn_cast<hl::ScheduleOp>(child)) {
      HalideFunc &func = funcs.find(schedule.getFunc())->second;
      std::optional<int64_t> update = schedule.getUpdate();
      H::Stage stage = update ? func.func.update(int(*update)) : H::Stage(func.func);
      Directives(*this, func, update ? *update + 1 : 0).apply(schedule.getBody().front(), stage);
    }
  }
  return success();
}
