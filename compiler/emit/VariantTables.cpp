//===- VariantTables.cpp - a target's programs, arenas and kernels ---------===//
// One operation of plan is one table of module.fbs.
#include "compiler/emit/VariantTables.h"

#include "compiler/emit/SharedTables.h"
#include "dialects/plan/Plan.h"

#include <map>

using namespace mlir;

namespace argent {

static format::ArenaKind arenaKind(nn::ArenaKind kind) {
  switch (kind) {
  case nn::ArenaKind::parameters:
    return format::ArenaKind::parameters;
  case nn::ArenaKind::gradients:
    return format::ArenaKind::gradients;
  case nn::ArenaKind::moments:
    return format::ArenaKind::moments;
  case nn::ArenaKind::states:
    return format::ArenaKind::states;
  case nn::ArenaKind::activations:
    return format::ArenaKind::activations;
  case nn::ArenaKind::rows:
    return format::ArenaKind::rows;
  case nn::ArenaKind::logical:
    return format::ArenaKind::logical;
  }
  llvm_unreachable("all kinds are listed");
}

static format::KernelRole kernelRole(hl::Role role) {
  switch (role) {
  case hl::Role::Forward:
    return format::KernelRole::forward;
  case hl::Role::Gradient:
    return format::KernelRole::gradient;
  case hl::Role::Update:
    return format::KernelRole::update;
  }
  llvm_unreachable("all roles are listed");
}

static int64_t elementSize(Type type) { return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8); }

/// Whether an index is computed from a value that is loaded.
static bool dependsOnLoad(Value index) {
  Operation *op = index.getDefiningOp();
  return op && (isa<hl::AtOp>(op) || llvm::any_of(op->getOperands(), dependsOnLoad));
}

/// Each operand read once, each result written once. An operand that no func loads from (it gives the batch its size)
/// is not read; one that is loaded at an index from data (an embedding's rows) is read only where the indices say,
/// which is at most what the kernel writes.
static std::unique_ptr<format::Linear> trafficOf(hl::PipelineOp pipeline) {
  auto bytesOf = [](hl::BufferType buffer) {
    int64_t bytes = elementSize(buffer.getElementType()), factor = 0;
    for (int64_t d = 0; d < buffer.getRank(); ++d)
      if (buffer.isBatch(d))
        factor = buffer.getBatchFactor(d);
      else
        bytes *= buffer.getShape()[d];
    return factor ? format::Linear(0, bytes * factor) : format::Linear(bytes, 0);
  };
  auto sum = [](const format::Linear &a, const format::Linear &b) {
    return format::Linear(a.constant() + b.constant(), a.per_batch() + b.per_batch());
  };
  format::Linear written, total;
  for (auto type : pipeline.getResultTypes().getAsRange<TypeAttr>())
    written = sum(written, bytesOf(cast<hl::BufferType>(type.getValue())));
  total = written;
  for (BlockArgument input : pipeline.getBody().getArguments()) {
    bool isRead = false, atData = true;
    for (Operation *user : input.getUsers())
      if (auto load = dyn_cast<hl::AtOp>(user); load && load.getSource() == input) {
        isRead = true;
        atData &= llvm::any_of(load.getIndices(), dependsOnLoad);
      }
    isRead |= llvm::any_of(input.getUsers(), [](Operation *user) { return isa<hl::InOp>(user); });
    format::Linear whole = bytesOf(cast<hl::BufferType>(input.getType()));
    if (isRead && atData && !whole.per_batch() && whole.constant() > written.constant() && written.per_batch())
      total = sum(total, written);
    else if (isRead)
      total = sum(total, whole);
  }
  return std::make_unique<format::Linear>(total);
}

static std::string scheduleText(hl::PipelineOp pipeline) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (auto schedule : pipeline.getBody().getOps<hl::ScheduleOp>())
    schedule->print(stream, OpPrintingFlags().useLocalScope()), stream << "\n";
  return text;
}

static std::unique_ptr<format::KernelT> makeKernel(hl::PipelineOp pipeline, const KernelImagePlace &place) {
  auto kernel = std::make_unique<format::KernelT>();
  kernel->symbol = place.symbol;
  kernel->image_offset = place.address;
  kernel->code_offset = place.codeAddress;
  kernel->code_bytes = place.codeBytes;
  kernel->flops = std::make_unique<format::Linear>(pipeline.getFlops()[0], pipeline.getFlops()[1]);
  kernel->bytes = trafficOf(pipeline);
  kernel->result_count = pipeline.getResultTypes().size();
  pipeline->walk([&](hl::ParallelOp) { kernel->parallel = true; });
  kernel->name = pipeline.getTitle();
  if (ArrayAttr ops = pipeline.getOpsAttr())
    for (auto op : ops.getAsRange<StringAttr>())
      kernel->ops.push_back(op.str());
  kernel->role = kernelRole(pipeline.getRole());
  kernel->locations = sourceLocations(pipeline.getLoc());
  kernel->schedule = scheduleText(pipeline);
  return kernel;
}

/// A dense view: extents as the buffer's type says, strides the products of the extents inside.
static FailureOr<std::unique_ptr<format::ViewT>> makeView(Operation *op, hl::BufferType type) {
  auto view = std::make_unique<format::ViewT>();
  std::optional<format::ElementType> element = elementType(type.getElementType());
  if (!element)
    return op->emitError() << "a module cannot hold " << type;
  view->element_type = *element;
  format::Linear stride(1, 0);
  for (int64_t d = type.getRank() - 1; d >= 0; --d) {
    bool batch = type.isBatch(d);
    view->extents.insert(view->extents.begin(),
                         batch ? format::Linear(0, type.getBatchFactor(d)) : format::Linear(type.getShape()[d], 0));
    view->strides.insert(view->strides.begin(), stride);
    if (batch && stride.per_batch())
      return op->emitError() << "two dimensions of " << type << " are multiples of N";
    stride = batch ? format::Linear(0, stride.constant() * type.getBatchFactor(d))
                   : format::Linear(stride.constant() * type.getShape()[d], stride.per_batch() * type.getShape()[d]);
  }
  return view;
}

namespace {

/// Kind and index of an arena -> its place in Variant.arenas.
using ArenaIndex = std::map<std::pair<nn::ArenaKind, int64_t>, uint32_t>;

/// Writes the instructions of one program.
class ProgramWriter {
public:
  ProgramWriter(plan::ProgramOp program, const llvm::StringMap<uint32_t> &kernelIndex, const ArenaIndex &arenaIndex)
      : program_(program), kernelIndex_(kernelIndex), arenaIndex_(arenaIndex) {}

  FailureOr<std::unique_ptr<format::ProgramT>> write() {
    made_ = std::make_unique<format::ProgramT>();
    made_->name = program_.getSymName().str();
    if (failed(writeBlock(program_.getBody().front())))
      return failure();
    return std::move(made_);
  }

private:
  LogicalResult writeBlock(Block &block) {
    for (Operation &op : block) {
      LogicalResult result = success();
      if (auto launch = dyn_cast<plan::LaunchOp>(op))
        result = writeLaunch(launch);
      else if (auto loop = dyn_cast<plan::LoopOp>(op))
        result = writeLoop(loop);
      else if (auto copy = dyn_cast<plan::CopyOp>(op))
        result = writeCopy(copy);
      else if (!isa<plan::InputOp, plan::OutputOp, plan::ViewOp>(op)) // views are written where they are used
        return op.emitOpError("is no instruction of a program");
      if (failed(result))
        return failure();
    }
    return success();
  }

  FailureOr<uint32_t> viewIndex(Value value) {
    auto [entry, inserted] = views_.try_emplace(value, made_->views.size());
    if (!inserted)
      return entry->second;
    Operation *op = value.getDefiningOp();
    auto view = makeView(op, cast<hl::BufferType>(value.getType()));
    if (failed(view))
      return failure();
    if (auto input = dyn_cast<plan::InputOp>(op)) {
      (*view)->base = format::ViewBase::input;
      (*view)->index = input.getPort();
      (*view)->offset = std::make_unique<format::Linear>(input.getOffset(), 0);
    } else if (auto output = dyn_cast<plan::OutputOp>(op)) {
      (*view)->base = format::ViewBase::output;
      (*view)->index = output.getPort();
      (*view)->offset = std::make_unique<format::Linear>(output.getOffset(), 0);
    } else {
      auto place = cast<plan::ViewOp>(op);
      auto arena = arenaIndex_.find({place.getArena(), place.getIndex()});
      if (arena == arenaIndex_.end())
        return op->emitOpError("names an arena that the module does not have");
      (*view)->base = format::ViewBase::arena;
      (*view)->index = arena->second;
      (*view)->offset = std::make_unique<format::Linear>(place.getOffset()[0], place.getOffset()[1]);
    }
    if (auto step = op->getAttrOfType<DenseI64ArrayAttr>("step"))
      (*view)->step = std::make_unique<format::Linear>(step[0], step[1]);
    if (auto rows = op->getAttrOfType<DenseI64ArrayAttr>("rows"))
      (*view)->strides.front() = format::Linear(rows[0], rows[1]);
    made_->views.push_back(std::move(*view));
    return entry->second;
  }

  template <typename T> void append(T step) {
    auto instruction = std::make_unique<format::InstructionT>();
    instruction->step.Set(std::move(step));
    made_->instructions.push_back(std::move(instruction));
  }

  LogicalResult writeLaunch(plan::LaunchOp launch) {
    format::LaunchT step;
    for (auto [name, minBatch] : llvm::zip(launch.getKernels().getAsRange<FlatSymbolRefAttr>(), launch.getMinBatch())) {
      auto choice = std::make_unique<format::ChoiceT>();
      choice->kernel = kernelIndex_.lookup(name.getValue());
      choice->min_batch = minBatch;
      step.choices.push_back(std::move(choice));
    }
    for (Value view : launch.getViews()) {
      FailureOr<uint32_t> index = viewIndex(view);
      if (failed(index))
        return failure();
      step.views.push_back(*index);
    }
    append(std::move(step));
    return success();
  }

  LogicalResult writeCopy(plan::CopyOp copy) {
    FailureOr<uint32_t> from = viewIndex(copy.getFrom()), to = viewIndex(copy.getTo());
    if (failed(from) || failed(to))
      return failure();
    format::CopyT step;
    step.from = *from;
    step.to = *to;
    append(std::move(step));
    return success();
  }

  LogicalResult writeLoop(plan::LoopOp loop) {
    format::LoopT step;
    step.count = loop.getCount();
    step.reverse = loop.getReverse();
    if (loop.getCounter()) {
      FailureOr<uint32_t> counter = viewIndex(loop.getCounter());
      if (failed(counter))
        return failure();
      step.counter = *counter;
    }
    const size_t at = made_->instructions.size();
    append(std::move(step));
    if (failed(writeBlock(loop.getBody().front())))
      return failure();
    made_->instructions[at]->step.AsLoop()->body = made_->instructions.size() - at - 1;
    return success();
  }

  plan::ProgramOp program_;
  const llvm::StringMap<uint32_t> &kernelIndex_;
  const ArenaIndex &arenaIndex_;
  std::unique_ptr<format::ProgramT> made_;
  DenseMap<Value, uint32_t> views_;
};

} // namespace

FailureOr<std::unique_ptr<format::VariantT>> makeVariant(const VariantSource &source) {
  ModuleOp plan = source.plan;
  auto variant = std::make_unique<format::VariantT>();
  variant->target = source.target;
  variant->architecture = source.architecture;
  variant->cpu_features = source.cpuFeatures;
  variant->checked = source.checked;
  variant->batch_rounding = 1; // placeBlocks aligns what grows with N

  ArenaIndex arenaIndex;
  for (auto arena : plan.getOps<plan::ArenaOp>()) {
    arenaIndex[{arena.getKind(), arena.getIndex()}] = variant->arenas.size();
    auto made = std::make_unique<format::ArenaT>();
    made->kind = arenaKind(arena.getKind());
    made->index = arena.getIndex();
    made->space = arena.getOnDevice() ? format::MemorySpace::device : format::MemorySpace::host;
    made->bytes = std::make_unique<format::Linear>(arena.getBytes()[0], arena.getBytes()[1]);
    variant->arenas.push_back(std::move(made));
  }
  for (auto parameter : plan.getOps<plan::ParameterOp>()) {
    auto made = std::make_unique<format::PlacementT>();
    made->offset = parameter.getOffset();
    made->bytes = parameter.getBytes();
    made->logical_offset = parameter.getLogicalOffset();
    made->logical_bytes = parameter.getLogicalBytes();
    variant->placements.push_back(std::move(made));
  }
  for (auto state : plan.getOps<plan::RowsOp>()) {
    auto made = std::make_unique<format::RowStateT>();
    made->path = state.getPath();
    FailureOr<std::unique_ptr<format::TensorTypeT>> type = tensorType(state, state.getType());
    if (failed(type))
      return failure();
    made->type = std::move(*type);
    made->initializer = initializer(state.getInit());
    made->offset = std::make_unique<format::Linear>(state.getOffset()[0], state.getOffset()[1]);
    variant->rows.push_back(std::move(made));
  }
  llvm::StringMap<uint32_t> kernelIndex;
  for (auto pipeline : plan.getOps<hl::PipelineOp>()) {
    auto place = source.kernels.find(pipeline.getSymName());
    if (place == source.kernels.end())
      return pipeline.emitOpError("has no code in the image");
    kernelIndex[pipeline.getSymName()] = variant->kernels.size();
    variant->kernels.push_back(makeKernel(pipeline, place->second));
  }
  for (auto program : plan.getOps<plan::ProgramOp>()) {
    auto made = ProgramWriter(program, kernelIndex, arenaIndex).write();
    if (failed(made))
      return failure();
    variant->programs.push_back(std::move(*made));
  }
  return variant;
}

} // namespace argent
