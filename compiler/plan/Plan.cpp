//===- Plan.cpp - functions of launches to programs on arenas --------------===//
//   1. Place the parameters and states (ParameterArena), and make the arenas that training needs.
//   2. For each function, find the memory of every value (ValueMemory).
//   3. Write the program: a launch on views for each launch, with the kernels that its batch chooses from; a copy where
//      one value is wanted in two places; a loop for each scan. States that no kernel writes change all at once at the
//      end, when their old values have been returned and copied elsewhere.
//   4. Write @pack and @unpack.
// One activations' arena serves all programs: it is as large as the largest needs.
#include "dialects/plan/Plan.h"
#include "compiler/Passes.h"
#include "compiler/kernel/PackKernels.h"
#include "compiler/plan/ValueMemory.h"
#include "dialects/nn/NN.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_PLAN
#include "compiler/Passes.h.inc"

namespace {

/// Step 2 and 3 for one function.
class ProgramPlanner {
public:
  ProgramPlanner(func::FuncOp function, const ParameterArena &arena)
      : function_(function), builder_(function.getContext()), inputs_(Ports::ofArguments(function)),
        outputs_(Ports::ofResults(function)), memory_(function, arena, inputs_, outputs_) {}

  /// Returns the size of the activations, or failure after an error.
  FailureOr<Linear> run() {
    if (failed(memory_.find()) || failed(checkInPlace()))
      return failure();
    Linear size = memory_.placeActivations();
    write();
    function_.erase();
    return size;
  }

private:
  /// Schedules were made for what kernels say of themselves.
  LogicalResult checkInPlace() {
    WalkResult walk = function_.walk([&](nn::LaunchOp launch) {
      hl::PipelineOp kernel = memory_.getKernel(launch);
      for (auto [i, input] : llvm::enumerate(memory_.getInplace(launch)))
        if (input != (kernel.getInplace() ? (*kernel.getInplace())[i] : -1)) {
          launch.emitOpError("stores result ")
              << i << (input >= 0 ? " over input " + std::to_string(input) : std::string(" in memory of its own"))
              << ", which its kernel does not say; --store-in-place comes first";
          return WalkResult::interrupt();
        }
      return WalkResult::advance();
    });
    return failure(walk.wasInterrupted());
  }

  /// Null for 0.
  DenseI64ArrayAttr pair(Linear amount) {
    return amount == Linear() ? DenseI64ArrayAttr() : builder_.getDenseI64ArrayAttr({amount.constant, amount.perBatch});
  }

  Value view(const Memory &where, hl::BufferType type, Location location) {
    switch (where.base) {
    case Memory::Base::Input:
      return plan::InputOp::create(builder_, location, type, where.port, where.offset.constant, pair(where.step),
                                   pair(where.rows));
    case Memory::Base::Output:
      return plan::OutputOp::create(builder_, location, type, where.port, where.offset.constant, pair(where.step),
                                    pair(where.rows));
    case Memory::Base::Arena:
      return plan::ViewOp::create(builder_, location, type, where.arena, where.index,
                                  ArrayRef<int64_t>{where.offset.constant, where.offset.perBatch}, pair(where.step),
                                  pair(where.rows));
    }
    llvm_unreachable("all bases are covered");
  }

  void write() {
    builder_.setInsertionPoint(function_);
    auto program = plan::ProgramOp::create(builder_, function_.getLoc(), function_.getSymName(),
                                           builder_.getArrayAttr(inputs_.ports), builder_.getArrayAttr(outputs_.ports));
    builder_.setInsertionPointToStart(&program.getBody().emplaceBlock());
    writeBlock(function_.front());
    writeAssigns();
  }

  void writeBlock(Block &block) {
    for (Operation &op : block) {
      if (auto launch = dyn_cast<nn::LaunchOp>(op))
        writeLaunch(launch);
      else if (auto scan = dyn_cast<nn::ScanOp>(op))
        writeScan(scan);
      else if (auto state = dyn_cast<nn::StateOp>(op))
        writeCopy(state, memory_.getStatePlace(state), memory_.lookup(state), op.getLoc());
      else if (isa<nn::GradientOp, nn::StoreArenaOp>(op))
        writeCopy(op.getOperand(0), memory_.getStorePlace(&op), op.getLoc());
      else if (isa<func::ReturnOp>(op))
        for (auto [value, place] : llvm::zip(op.getOperands(), outputs_.places))
          writeCopy(value, Memory::ofOutput(place), op.getLoc());
    }
  }

  /// The first step finds what it is given where each step leaves it for the next.
  void writeScan(nn::ScanOp scan) {
    Location location = scan.getLoc();
    for (auto [initial, argument] : llvm::zip(scan.getInitial(), scan.getCarriedArguments()))
      writeCopy(initial, memory_.lookup(argument), location);
    Value counter;
    if (!scan.getStep().use_empty())
      counter = view(memory_.lookup(scan.getStep()), getDenseBuffer(scan.getStep().getType()), location);
    auto loop = plan::LoopOp::create(builder_, location, scan.getSteps(), scan.getReverse(), counter);
    OpBuilder::InsertionGuard guard(builder_);
    builder_.setInsertionPointToStart(&loop.getBody().emplaceBlock());

    for (auto [source, argument] : llvm::zip(scan.getSources(), scan.getSourceArguments()))
      if (!argument.use_empty())
        writeCopy(argument, memory_.lookup(source).partOf(source.getType()), memory_.lookup(argument), location);
    writeBlock(scan.getBody().front());
    nn::NextOp next = scan.getNext();
    for (auto [yielded, stacked] : llvm::zip(next.getYielded(), scan.getStacked()))
      writeCopy(yielded, memory_.lookup(stacked).partOf(stacked.getType()), location);
    for (OpOperand &use : next.getCarriedMutable())
      if (std::optional<Memory> aside = memory_.findCopyAside(use))
        writeCopy(use.get(), *aside, location);
    for (auto [use, argument] : llvm::zip(next.getCarriedMutable(), scan.getCarriedArguments()))
      writeCopy(use.get(), memory_.findCopyAside(use).value_or(memory_.lookup(use.get())), memory_.lookup(argument),
                location);
  }

  void writeAssigns() {
    for (nn::AssignOp assign : memory_.getAssigns())
      if (std::optional<Memory> copy = memory_.findCopyAside(assign))
        writeCopy(assign.getValue(), *copy, assign.getLoc());
    for (nn::AssignOp assign : memory_.getAssigns()) {
      std::optional<Memory> copy = memory_.findCopyAside(assign);
      writeCopy(assign.getValue(), copy ? *copy : memory_.lookup(assign.getValue()), memory_.getStorePlace(assign),
                assign.getLoc());
    }
  }

  void writeCopy(Value value, const Memory &to, Location location) {
    writeCopy(value, memory_.lookup(value), to, location);
  }

  /// Copies the value, of which `from` is a copy.
  void writeCopy(Value value, const Memory &from, const Memory &to, Location location) {
    if (from == to)
      return;
    hl::BufferType type = getDenseBuffer(value.getType());
    // Neither the part of a step nor a state of the planned batch is dense: a kernel's box may have joined axes.
    auto isDense = [](const Memory &memory) { return memory.rows == Linear() && memory.arena != nn::ArenaKind::rows; };
    if (auto launch = value.getDefiningOp<nn::LaunchOp>(); launch && isDense(from) && isDense(to))
      type = memory_.getKernel(launch).getResultType(cast<OpResult>(value).getResultNumber());
    plan::CopyOp::create(builder_, location, view(from, type, location), view(to, type, location));
  }

  void writeLaunch(nn::LaunchOp launch) {
    hl::PipelineOp kernel = memory_.getKernel(launch);
    SmallVector<Value> views;
    for (auto [i, input] : llvm::enumerate(launch.getInputs()))
      views.push_back(view(memory_.lookup(input), kernel.getInputType(i), launch.getLoc()));
    for (auto [i, result] : llvm::enumerate(launch.getResults()))
      views.push_back(view(memory_.lookup(result), kernel.getResultType(i), launch.getLoc()));
    SmallVector<Attribute> kernels = {launch.getKernelAttr()};
    SmallVector<int64_t> minBatch = {1};
    if (kernel.getSmallAttr()) {
      kernels.insert(kernels.begin(), kernel.getSmallAttr());
      minBatch.push_back(kernel.getMinBatch());
    }
    plan::LaunchOp::create(builder_, launch.getLoc(), builder_.getArrayAttr(kernels), minBatch, views);
  }

  func::FuncOp function_;
  OpBuilder builder_;
  Ports inputs_, outputs_;
  ValueMemory memory_;
};

/// Step 4: copies or kernels between the logical arena and the places.
LogicalResult writePackProgram(ModuleOp module, const ParameterArena &arena, PackDirection direction) {
  bool unpack = direction == PackDirection::Unpack;
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto program = plan::ProgramOp::create(builder, module.getLoc(), unpack ? "unpack" : "pack", builder.getArrayAttr({}),
                                         builder.getArrayAttr({}));
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  for (const ParameterPlace &place : arena.places) {
    hl::BufferType logicalType = getDenseBuffer(place.type);
    auto physicalType = hl::BufferType::get(module.getContext(), place.physicalShape, logicalType.getElementType(), {});
    Value logical = plan::ViewOp::create(builder, place.location, logicalType, nn::ArenaKind::logical, 0,
                                         ArrayRef<int64_t>{place.logicalOffset, 0}, nullptr, nullptr);
    Value physical = plan::ViewOp::create(builder, place.location, place.layout ? physicalType : logicalType,
                                          place.trained ? nn::ArenaKind::parameters : nn::ArenaKind::states, 0,
                                          ArrayRef<int64_t>{place.offset, 0}, nullptr, nullptr);
    Value from = unpack ? physical : logical, to = unpack ? logical : physical;
    if (!place.layout) {
      plan::CopyOp::create(builder, place.location, from, to);
      continue;
    }
    auto kernel = FlatSymbolRefAttr::get(module.getContext(), getPackKernelName(place, direction));
    if (!module.lookupSymbol<hl::PipelineOp>(kernel.getAttr()))
      return emitError(place.location) << "no kernel packs \"" << place.path << "\"; --make-pack-kernels comes first";
    plan::LaunchOp::create(builder, place.location, builder.getArrayAttr({kernel}), ArrayRef<int64_t>{1},
                           ValueRange{from, to});
  }
  return success();
}

class PlanPass : public impl::PlanBase<PlanPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    FailureOr<ParameterArena> arena = planParameterArena(module);
    if (failed(arena))
      return signalPassFailure();
    int64_t momentCount = 0;
    bool training = false;
    module.walk([&](nn::StoreArenaOp store) {
      training = true;
      if (store.getArena() == nn::ArenaKind::moments)
        momentCount = std::max<int64_t>(momentCount, store.getIndex() + 1);
    });

    Linear activations;
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      if (failed(checkOneBlock(function)))
        return signalPassFailure();
      FailureOr<Linear> size = ProgramPlanner(function, *arena).run();
      if (failed(size))
        return signalPassFailure();
      activations.constant = std::max(activations.constant, size->constant);
      activations.perBatch = std::max(activations.perBatch, size->perBatch);
    }
    if (!arena->places.empty())
      for (PackDirection direction : {PackDirection::Pack, PackDirection::Unpack})
        if (failed(writePackProgram(module, *arena, direction)))
          return signalPassFailure();

    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    auto add = [&](nn::ArenaKind kind, int64_t index, Linear bytes) {
      plan::ArenaOp::create(builder, module.getLoc(), kind, index, /*onDevice=*/false,
                            ArrayRef<int64_t>{bytes.constant, bytes.perBatch});
    };
    add(nn::ArenaKind::parameters, 0, {arena->parameterBytes, 0});
    add(nn::ArenaKind::states, 0, {arena->stateBytes, 0});
    add(nn::ArenaKind::logical, 0, {arena->logicalBytes, 0});
    add(nn::ArenaKind::activations, 0, activations);
    if (!arena->rows.empty())
      for (int64_t index : {kRowsOfTraining, kRowsOfOthers})
        add(nn::ArenaKind::rows, index, arena->rowBytes);
    if (training) {
      add(nn::ArenaKind::gradients, 0, {arena->parameterBytes, 0});
      for (int64_t i = 1; i <= momentCount; ++i)
        add(nn::ArenaKind::moments, i - 1, {arena->parameterBytes, 0});
    }
    auto pair = [](Linear bytes) { return SmallVector<int64_t>{bytes.constant, bytes.perBatch}; };
    for (const RowState &state : arena->rows)
      plan::RowsOp::create(builder, state.location, state.path, state.type, state.init, pair(state.offset),
                           pair(state.bytes));
    for (const ParameterPlace &place : arena->places)
      plan::ParameterOp::create(builder, place.location, place.path, place.type, place.init, place.layout,
                                place.trained, place.offset, place.bytes, place.logicalOffset, place.logicalBytes);
  }
};

} // namespace
} // namespace argent
