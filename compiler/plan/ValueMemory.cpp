//===- ValueMemory.cpp - which memory each value of a function occupies ----===//
#include "compiler/plan/ValueMemory.h"

#include "dialects/hl/InPlace.h"
#include "dialects/nn/Dims.h"
#include "dialects/nn/NN.h"

using namespace mlir;

namespace argent {

static Linear bytesOf(hl::BufferType type) {
  int64_t bytes = llvm::divideCeil(type.getElementType().getIntOrFloatBitWidth(), 8), factor = 0;
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.isBatch(d))
      factor = type.getBatchFactor(d);
    else
      bytes *= type.getShape()[d];
  return factor ? Linear{0, bytes * factor} : Linear{bytes, 0};
}

hl::BufferType getDenseBuffer(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  Type element = type.getElementType();
  if (element.isInteger(1))
    element = IntegerType::get(type.getContext(), 8, IntegerType::Unsigned);
  SmallVector<int64_t> batch;
  if (auto encoding = dyn_cast_or_null<nn::BatchAttr>(type.getEncoding()))
    batch.append(encoding.getFactors().begin(), encoding.getFactors().end());
  return hl::BufferType::get(type.getContext(), type.getShape(), element, batch);
}

Memory Memory::partOf(Type stacked) const {
  nn::Dims dims = nn::getDims(stacked);
  const int64_t steps = dims[1].size;
  const Linear elements = nn::countElements(ArrayRef(dims).drop_front(2)).linear();
  Memory part = *this;
  part.step = denseBytes({}, getElementTypeOrSelf(stacked)) * elements;
  part.rows = steps * elements;
  return part;
}

LogicalResult checkOneBlock(func::FuncOp function) {
  return function.getBody().hasOneBlock() ? success() : function.emitOpError("has more than one block");
}

ValueMemory::ValueMemory(func::FuncOp function, const ParameterArena &arena, const Ports &inputs, const Ports &outputs)
    : function_(function), symbols_(function->getParentOfType<ModuleOp>()), arena_(arena), inputs_(inputs),
      outputs_(outputs), lifetimes_(function.front()), trains_(!function.getOps<nn::StoreArenaOp>().empty()) {}

//===----------------------------------------------------------------------===//
// Lifetimes
//===----------------------------------------------------------------------===//

ValueMemory::Place ValueMemory::placeOf(Value value) const {
  auto block = blockOf_.find(value);
  return {lookup(value), block == blockOf_.end() ? std::optional<size_t>() : block->second};
}

/// Whether the old content of the memory is still read after `op` has written its results.
bool ValueMemory::readLater(const Place &target, Operation *op) const {
  return llvm::any_of(memory_, [&](auto &entry) {
    return placeOf(entry.first) == target && lifetimes_.lastUse(entry.first) > lifetimes_.end(op);
  });
}

/// Whether the launch reads the old content of the memory, and may not store this result over it.
bool ValueMemory::readMeanwhile(const Place &target, nn::LaunchOp launch, hl::PipelineOp kernel,
                                unsigned result) const {
  return llvm::any_of(llvm::enumerate(launch.getInputs()), [&](auto input) {
    return placeOf(input.value()) == target && !hl::mayBeInPlace(kernel, result, input.index());
  });
}

//===----------------------------------------------------------------------===//
// Places that stores, parameters and states name
//===----------------------------------------------------------------------===//

FailureOr<Memory> ValueMemory::placeOfPath(Operation *op, StringRef path, nn::ArenaKind trained) const {
  if (const RowState *state = arena_.lookupRows(path))
    return Memory::ofArena(nn::ArenaKind::rows, trains_ ? kRowsOfTraining : kRowsOfOthers, state->offset);
  const ParameterPlace *found = arena_.lookup(path);
  if (!found)
    return op->emitOpError("names \"") << path << "\", which no nn.parameter or nn.state declares";
  return Memory::ofArena(found->trained ? trained : nn::ArenaKind::states, 0, {found->offset, 0});
}

bool ValueMemory::isWorkedOnInCopies(StringRef path) const {
  const RowState *state = arena_.lookupRows(path);
  return state && !state->isDenseForEveryBatch();
}

static Memory placeOfRange(nn::ArenaKind arena, int64_t index, int64_t at, Type type) {
  return Memory::ofArena(arena, index, {at * denseBytes({}, getElementTypeOrSelf(type)), 0});
}

/// Where a store puts the value; none for other users.
FailureOr<std::optional<Memory>> ValueMemory::storePlace(Operation *user) const {
  FailureOr<Memory> found = failure();
  if (auto gradient = dyn_cast<nn::GradientOp>(user))
    found = placeOfPath(user, gradient.getPath(), nn::ArenaKind::gradients);
  else if (auto assign = dyn_cast<nn::AssignOp>(user))
    found = placeOfPath(user, assign.getPath(), nn::ArenaKind::parameters);
  else if (auto store = dyn_cast<nn::StoreArenaOp>(user))
    found = placeOfRange(store.getArena(), store.getIndex(), store.getAt(), store.getValue().getType());
  else
    return std::optional<Memory>();
  if (failed(found))
    return failure();
  return std::optional<Memory>(*found);
}

Memory ValueMemory::getStatePlace(nn::StateOp state) const {
  return *placeOfPath(state, state.getPath(), nn::ArenaKind::parameters);
}

Memory ValueMemory::getStorePlace(Operation *store) const { return **storePlace(store); }

//===----------------------------------------------------------------------===//
// The memory of each value
//===----------------------------------------------------------------------===//

const Memory &ValueMemory::lookup(Value value) const {
  auto found = memory_.find(value);
  assert(found != memory_.end() && "the value is of this function, and defined before it is asked for");
  return found->second;
}

hl::PipelineOp ValueMemory::getKernel(nn::LaunchOp launch) const {
  return symbols_.lookup<hl::PipelineOp>(launch.getKernelAttr().getAttr());
}

LogicalResult ValueMemory::find() {
  for (auto [argument, place] : llvm::zip(function_.getArguments(), inputs_.places))
    memory_[argument] = Memory::ofInput(place);
  llvm::append_range(assigns_, function_.getOps<nn::AssignOp>());
  // Their values are those at the beginning, wherever they are named: a kernel before that may not store over them.
  for (auto parameter : function_.getOps<nn::ParameterOp>())
    memory_[parameter] = *placeOfPath(parameter, parameter.getPath(), nn::ArenaKind::parameters);
  for (auto state : function_.getOps<nn::StateOp>())
    if (isWorkedOnInCopies(state.getPath()))
      makeBlock(state, getDenseBuffer(state.getType()), lifetimes_.begin(state), lifetimes_.lastUse(state));
    else
      memory_[state] = getStatePlace(state);
  return findBlock(function_.front());
}

LogicalResult ValueMemory::findBlock(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(findMemory(op)))
      return failure();
  return success();
}

LogicalResult ValueMemory::findMemory(Operation &op) {
  if (isa<nn::ParameterOp, nn::StateOp>(op))
    return success();
  if (auto range = dyn_cast<nn::ArenaOp>(op)) {
    memory_[range] = placeOfRange(range.getArena(), range.getIndex(), range.getAt(), range.getType());
    return success();
  }
  if (op.hasTrait<Relabeling>()) {
    alias(op.getResult(0), op.getOperand(0));
    return success();
  }
  if (auto assign = dyn_cast<nn::AssignOp>(op))
    return setAside(assign);
  if (isa<nn::GradientOp, nn::StoreArenaOp>(op))
    return storePlace(&op);
  if (auto scan = dyn_cast<nn::ScanOp>(op))
    return findScan(scan);
  auto launch = dyn_cast<nn::LaunchOp>(op);
  if (!launch)
    return op.emitOpError("is not planned; --lower-to-hl comes first");
  hl::PipelineOp kernel = getKernel(launch);
  if (!kernel)
    return op.emitOpError("names ") << launch.getKernelAttr() << ", which is no hl.pipeline";
  for (OpResult result : launch->getResults())
    if (failed(findResultMemory(launch, kernel, result)))
      return failure();
  return success();
}

/// The schedule of a sum computes rows at the end of its tiles twice: it may not write over what it reads.
static bool isElementwise(hl::PipelineOp kernel) {
  return llvm::all_of(kernel.getBody().getOps<hl::FuncOp>(), [](hl::FuncOp func) { return func.getUpdates().empty(); });
}

LogicalResult ValueMemory::findResultMemory(nn::LaunchOp launch, hl::PipelineOp kernel, OpResult result) {
  auto mayStore = [&](const Place &place) {
    return !readMeanwhile(place, launch, kernel, result.getResultNumber()) && !readLater(place, launch);
  };
  for (OpOperand &use : result.getUses()) {
    if (auto next = dyn_cast<nn::NextOp>(use.getOwner())) {
      auto carried = cast<nn::ScanOp>(next->getParentOp()).getCarriedArguments();
      const size_t i = use.getOperandNumber();
      if (i >= carried.size())
        continue;
      const Place place = placeOf(carried[i]);
      bool isRead = llvm::any_of(launch.getInputs(), [&](Value input) { return placeOf(input) == place; });
      if ((!isRead || isElementwise(kernel)) && mayStore(place)) {
        alias(result, carried[i]);
        return success();
      }
      continue;
    }
    FailureOr<std::optional<Memory>> stored = storePlace(use.getOwner());
    if (failed(stored))
      return failure();
    if (auto assign = dyn_cast<nn::AssignOp>(use.getOwner()); assign && isWorkedOnInCopies(assign.getPath()))
      continue;
    if (*stored && mayStore({**stored, std::nullopt})) {
      memory_[result] = **stored;
      return success();
    }
  }
  if (std::optional<Memory> output = findOutput(result))
    memory_[result] = *output;
  else
    makeBlock(result, kernel.getResultType(result.getResultNumber()), lifetimes_.begin(launch),
              lifetimes_.lastUse(result));
  return success();
}

void ValueMemory::alias(Value value, Value of) {
  Memory whole = lookup(of); // a copy: inserting moves the map's elements
  memory_[value] = whole;
  if (auto found = blockOf_.find(of); found != blockOf_.end()) {
    size_t block = found->second;
    blockOf_[value] = block;
  }
}

std::optional<Memory> ValueMemory::findOutput(Value value) const {
  for (OpOperand &use : value.getUses())
    if (isa<func::ReturnOp>(use.getOwner()))
      return Memory::ofOutput(outputs_.places[use.getOperandNumber()]);
  return std::nullopt;
}

void ValueMemory::makeBlock(Value value, hl::BufferType type, int64_t begin, int64_t end) {
  memory_[value] = Memory::ofArena(nn::ArenaKind::activations, 0, {});
  blockOf_[value] = blocks_.size();
  blocks_.push_back({bytesOf(type), begin, end, {}});
}

LogicalResult ValueMemory::findScan(nn::ScanOp scan) {
  const int64_t begin = lifetimes_.begin(scan);
  nn::NextOp next = scan.getNext();
  for (Value stacked : scan.getStacked())
    if (std::optional<Memory> output = findOutput(stacked))
      memory_[stacked] = *output;
    else
      makeBlock(stacked, getDenseBuffer(stacked.getType()), begin, lifetimes_.lastUse(stacked));
  for (auto [argument, last] : llvm::zip(scan.getCarriedArguments(), scan.getLast()))
    makeBlock(argument, getDenseBuffer(argument.getType()), begin, lifetimes_.lastUse(last));
  for (BlockArgument source : scan.getSourceArguments())
    if (!source.use_empty())
      makeBlock(source, getDenseBuffer(source.getType()), begin, lifetimes_.lastUse(source));
  for (auto [argument, value] : llvm::zip(scan.getCapturedArguments(), scan.getCaptured()))
    alias(argument, value);
  if (!scan.getStep().use_empty())
    makeBlock(scan.getStep(), getDenseBuffer(scan.getStep().getType()), begin, lifetimes_.end(scan));
  if (failed(findBlock(scan.getBody().front())))
    return failure();
  // Not before: the step may store what it carries on over what it was given.
  for (auto [argument, last] : llvm::zip(scan.getCarriedArguments(), scan.getLast()))
    alias(last, argument);

  // One that is carried on as another would be lost when that is stored before.
  for (OpOperand &use : next.getCarriedMutable()) {
    auto from = blockOf_.find(use.get());
    BlockArgument own = scan.getCarriedArguments()[use.getOperandNumber()];
    if (from == blockOf_.end() || from->second == blockOf_[own] ||
        llvm::none_of(scan.getCarriedArguments(), [&](Value other) { return blockOf_.lookup(other) == from->second; }))
      continue;
    carriedAside_[&use] = blocks_.size();
    blocks_.push_back(
        {bytesOf(getDenseBuffer(use.get().getType())), lifetimes_.begin(next), lifetimes_.begin(next), {}});
  }
  return success();
}

/// Two states that change places: the value of one is the old one of the other, which is assigned as well.
LogicalResult ValueMemory::setAside(nn::AssignOp assign) {
  const Memory &old = lookup(assign.getValue());
  for (nn::AssignOp other : assigns_) {
    FailureOr<std::optional<Memory>> place = storePlace(other);
    if (failed(place))
      return failure();
    if (other == assign || old != **place)
      continue;
    aside_[assign] = blocks_.size();
    blocks_.push_back(
        {bytesOf(getDenseBuffer(assign.getValue().getType())), lifetimes_.begin(assign), lifetimes_.end(assign), {}});
    break;
  }
  return success();
}

SmallVector<int64_t> ValueMemory::getInplace(nn::LaunchOp launch) const {
  SmallVector<int64_t> inplace(launch.getNumResults(), -1);
  for (auto [result, over] : llvm::zip(launch.getResults(), inplace))
    for (auto [i, input] : llvm::enumerate(launch.getInputs()))
      if (placeOf(input) == placeOf(result))
        over = i;
  return inplace;
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

Linear ValueMemory::placeActivations() {
  Linear size = placeBlocks(blocks_);
  for (auto [value, block] : blockOf_)
    memory_[value].offset = blocks_[block].offset;
  return size;
}

std::optional<Memory> ValueMemory::findCopyAside(nn::AssignOp assign) const {
  auto found = aside_.find(assign);
  if (found == aside_.end())
    return std::nullopt;
  return Memory::ofArena(nn::ArenaKind::activations, 0, blocks_[found->second].offset);
}

std::optional<Memory> ValueMemory::findCopyAside(OpOperand &carriedOn) const {
  auto found = carriedAside_.find(&carriedOn);
  if (found == carriedAside_.end())
    return std::nullopt;
  return Memory::ofArena(nn::ArenaKind::activations, 0, blocks_[found->second].offset);
}

} // namespace argent
