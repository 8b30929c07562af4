//===- Plan.cpp - functions of launches to programs on arenas --------------===//
//   1. Place the parameters and states (ParameterArena), and make the arenas that training needs.
//   2. For each function, find the memory of every value:
//        an argument is an input port; a parameter, state or arena is its place;
//        a kernel's result lies where it is stored (gradients, arenas, states) if what is there is no longer read,
//        else in the output port that returns it, else in the activations, placed by lifetime.
//        A reshape of a dense value is the same memory.
//   3. Write the program: a launch on views for each launch, a copy where one value is wanted in two places. States
//   that
//      no kernel writes change all at once at the end, when their old values have been returned and copied elsewhere.
//   4. Write @pack and @unpack.
// One activations' arena serves all programs: it is as large as the largest needs.
#include "dialects/plan/Plan.h"
#include "compiler/Passes.h"
#include "compiler/graph/ParameterArena.h"
#include "compiler/plan/Memory.h"
#include "compiler/plan/PackKernels.h"
#include "dialects/hl/InPlace.h"
#include "dialects/nn/NN.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_PLAN
#include "compiler/Passes.h.inc"

namespace {

/// Memory that a value occupies: a port from a byte offset, or a place in an arena.
struct Memory {
  enum class Base { Input, Output, Arena } base = Base::Arena;
  int64_t port = 0;
  StringRef arena;
  int64_t index = 0;
  LinearBytes offset;

  bool operator==(const Memory &other) const {
    return base == other.base && port == other.port && arena == other.arena && index == other.index &&
           offset.constant == other.offset.constant && offset.perBatch == other.offset.perBatch;
  }
};

LinearBytes bytesOf(hl::BufferType type) {
  int64_t bytes = llvm::divideCeil(type.getElementType().getIntOrFloatBitWidth(), 8), factor = 0;
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.isBatch(d))
      factor = type.getBatchFactor(d);
    else
      bytes *= type.getShape()[d];
  return factor ? LinearBytes{0, bytes * factor} : LinearBytes{bytes, 0};
}

hl::BufferType denseBuffer(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  Type element = type.getElementType();
  if (element.isInteger(1))
    element = IntegerType::get(type.getContext(), 8, IntegerType::Unsigned);
  SmallVector<int64_t> batch;
  if (auto encoding = dyn_cast_or_null<nn::BatchAttr>(type.getEncoding()))
    batch.append(encoding.getFactors().begin(), encoding.getFactors().end());
  return hl::BufferType::get(type.getContext(), type.getShape(), element, batch);
}

/// Which port and byte offset each argument or result has: consecutive ones named `totals` are one vector port.
struct Ports {
  SmallVector<Attribute> ports;
  SmallVector<std::pair<int64_t, int64_t>> places;

  Ports(TypeRange types, function_ref<DictionaryAttr(unsigned)> attributes, MLIRContext *context) {
    Builder builder(context);
    SmallVector<Attribute> totals;
    for (auto [i, type] : llvm::enumerate(types)) {
      DictionaryAttr given = attributes(i);
      NamedAttrList port;
      StringAttr name = given ? given.getAs<StringAttr>("nn.name") : nullptr;
      port.set("name", name ? name : builder.getStringAttr("value" + Twine(i)));
      bool isTotal = name && name.getValue() == "totals";
      Type portType = type;
      if (isTotal) {
        Attribute kind = given.get("nn.total");
        totals.push_back(kind ? kind : builder.getStringAttr("sum"));
        Type element = cast<RankedTensorType>(type).getElementType();
        portType = RankedTensorType::get({static_cast<int64_t>(totals.size())}, element);
        port.set("total", builder.getArrayAttr(totals));
        places.push_back({static_cast<int64_t>(ports.size()) - (totals.size() > 1),
                          (totals.size() - 1) * llvm::divideCeil(element.getIntOrFloatBitWidth(), 8)});
        if (totals.size() > 1)
          ports.pop_back();
      } else {
        totals.clear();
        places.push_back({static_cast<int64_t>(ports.size()), 0});
      }
      port.set("type", TypeAttr::get(portType));
      if (given)
        for (StringRef key : {"nn.from", "nn.range", "nn.location"})
          if (Attribute value = given.get(key))
            port.set(key.drop_front(3), value);
      ports.push_back(port.getDictionary(context));
    }
  }
};

/// Step 2 and 3 for one function.
class ProgramPlanner {
public:
  ProgramPlanner(func::FuncOp function, const ParameterArena &arena)
      : function(function), arena(arena), builder(function.getContext()),
        inputs(
            function.getArgumentTypes(), [&](unsigned i) { return function.getArgAttrDict(i); }, function.getContext()),
        outputs(
            function.getResultTypes(), [&](unsigned i) { return function.getResultAttrDict(i); },
            function.getContext()) {}

  /// Returns the size of the activations, or failure after an error.
  FailureOr<LinearBytes> run() {
    if (!function.getBody().hasOneBlock())
      return function.emitOpError("has more than one block");
    for (auto [i, argument] : llvm::enumerate(function.getArguments()))
      memory[argument] = Memory{Memory::Base::Input, inputs.places[i].first, "", 0, {inputs.places[i].second, 0}};
    number();
    // Their values are those at the beginning, wherever they are named: a kernel before that may not store over them.
    for (auto parameter : function.getOps<nn::ParameterOp>())
      memory[parameter] = *placeOfPath(parameter, parameter.getPath(), "parameters");
    for (auto state : function.getOps<nn::StateOp>())
      memory[state] = *placeOfPath(state, state.getPath(), "parameters");
    for (Operation &op : function.front().without_terminator())
      if (failed(findMemory(op)))
        return failure();
    LinearBytes size = placeBlocks(blocks);
    for (auto [value, block] : blockOf)
      memory[value].offset = blocks[block].offset;
    return write(size);
  }

private:
  /// States are assigned at the end, wherever the assignment is.
  void number() {
    for (auto [i, op] : llvm::enumerate(function.front()))
      position[&op] = i;
    for (auto assign : function.getOps<nn::AssignOp>()) {
      position[assign] = position[function.front().getTerminator()];
      assigns.push_back(assign);
    }
  }

  /// The last op that reads the value, through reshapes.
  int64_t lastUse(Value value) {
    int64_t last = value.getDefiningOp() ? position[value.getDefiningOp()] : 0;
    for (Operation *user : value.getUsers()) {
      last = std::max(last, position[user]);
      if (isa<nn::ReshapeOp>(user))
        last = std::max(last, lastUse(user->getResult(0)));
    }
    return last;
  }

  Memory place(StringRef kind, int64_t index, int64_t offset) {
    return Memory{Memory::Base::Arena, 0, kind, index, {offset, 0}};
  }

  FailureOr<Memory> placeOfPath(Operation *op, StringRef path, StringRef trainedArena) {
    const ParameterPlace *found = arena.lookup(path);
    if (!found)
      return op->emitOpError("names \"") << path << "\", which no nn.parameter or nn.state declares";
    return place(found->trained ? trainedArena : "states", 0, found->offset);
  }

  FailureOr<Memory> placeOfArena(Operation *op, StringRef name, int64_t at, Type type) {
    int64_t offset = at * denseBytes({}, getElementTypeOrSelf(type));
    if (name == "parameters" || name == "gradients")
      return place(name, 0, offset);
    int64_t index;
    if (name.consume_front("moment") && !name.getAsInteger(10, index) && index >= 1)
      return place("moments", index - 1, offset);
    return op->emitOpError("names the unknown arena \"") << name << "\"";
  }

  /// Where a store puts the value; none for other users.
  FailureOr<std::optional<Memory>> storePlace(Operation *user) {
    FailureOr<Memory> found = failure();
    if (auto gradient = dyn_cast<nn::GradientOp>(user))
      found = placeOfPath(user, gradient.getPath(), "gradients");
    else if (auto assign = dyn_cast<nn::AssignOp>(user))
      found = placeOfPath(user, assign.getPath(), "parameters");
    else if (auto store = dyn_cast<nn::StoreArenaOp>(user))
      found = placeOfArena(user, store.getName(), store.getAt(), store.getValue().getType());
    else
      return std::optional<Memory>();
    if (failed(found))
      return failure();
    return std::optional<Memory>(*found);
  }

  /// Whether the old content of the memory is still read after `op` has written its results.
  bool readLater(const Memory &target, Operation *op) {
    for (auto &[value, where] : memory)
      if (where == target && lastUse(value) > position[op])
        return true;
    return false;
  }

  LogicalResult findMemory(Operation &op) {
    if (isa<nn::ParameterOp, nn::StateOp>(op))
      return success();
    if (auto whole = dyn_cast<nn::ArenaOp>(op)) {
      FailureOr<Memory> found = placeOfArena(&op, whole.getName(), whole.getAt(), whole.getType());
      if (failed(found))
        return failure();
      memory[op.getResult(0)] = *found;
      return success();
    }
    if (auto reshape = dyn_cast<nn::ReshapeOp>(op)) {
      Memory whole = memory[reshape.getX()]; // a copy: inserting moves the map's elements
      memory[op.getResult(0)] = whole;
      if (auto found = blockOf.find(reshape.getX()); found != blockOf.end()) {
        size_t block = found->second;
        blockOf[op.getResult(0)] = block;
      }
      return success();
    }
    if (auto assign = dyn_cast<nn::AssignOp>(op))
      return setAside(assign);
    if (isa<nn::GradientOp, nn::StoreArenaOp>(op))
      return success();
    auto launch = dyn_cast<nn::LaunchOp>(op);
    if (!launch)
      return op.emitOpError("is not planned; --lower-to-hl comes first");
    auto kernel = function->getParentOfType<ModuleOp>().lookupSymbol<hl::PipelineOp>(
        cast<FlatSymbolRefAttr>(launch.getKernels()[0]).getAttr());
    if (!kernel)
      return op.emitOpError("names ") << launch.getKernels()[0] << ", which is no hl.pipeline";
    for (OpResult result : launch->getResults())
      if (failed(findResultMemory(launch, kernel, result)))
        return failure();
    return success();
  }

  /// A state becomes the old value of another that is assigned as well (two change places): the value is copied aside
  /// first.
  LogicalResult setAside(nn::AssignOp assign) {
    const Memory &old = memory[assign.getValue()];
    for (nn::AssignOp other : assigns) {
      FailureOr<std::optional<Memory>> place = storePlace(other);
      if (failed(place))
        return failure();
      if (other == assign || old != **place)
        continue;
      aside[assign] = blocks.size();
      blocks.push_back({bytesOf(denseBuffer(assign.getValue().getType())), position[assign], position[assign], {}});
      break;
    }
    return success();
  }

  /// Whether the launch reads the old content of the memory, and may not store this result over it.
  bool readMeanwhile(const Memory &target, nn::LaunchOp launch, hl::PipelineOp kernel, unsigned result) {
    return llvm::any_of(llvm::enumerate(launch.getInputs()), [&](auto input) {
      return memory[input.value()] == target && !hl::mayBeInPlace(kernel, result, input.index());
    });
  }

  LogicalResult findResultMemory(nn::LaunchOp launch, hl::PipelineOp kernel, OpResult result) {
    for (Operation *user : result.getUsers()) {
      FailureOr<std::optional<Memory>> stored = storePlace(user);
      if (failed(stored))
        return failure();
      if (*stored && !readMeanwhile(**stored, launch, kernel, result.getResultNumber()) &&
          !readLater(**stored, launch)) {
        memory[result] = **stored;
        return success();
      }
    }
    for (OpOperand &use : result.getUses())
      if (isa<func::ReturnOp>(use.getOwner())) {
        auto [port, offset] = outputs.places[use.getOperandNumber()];
        memory[result] = Memory{Memory::Base::Output, port, "", 0, {offset, 0}};
        return success();
      }
    memory[result] = place("activations", 0, 0);
    blockOf[result] = blocks.size();
    auto type = cast<hl::BufferType>(cast<TypeAttr>(kernel.getResultTypes()[result.getResultNumber()]).getValue());
    blocks.push_back({bytesOf(type), position[launch], lastUse(result), {}});
    return success();
  }

  Value view(const Memory &where, hl::BufferType type, Location location) {
    switch (where.base) {
    case Memory::Base::Input:
      return plan::InputOp::create(builder, location, type, where.port, where.offset.constant);
    case Memory::Base::Output:
      return plan::OutputOp::create(builder, location, type, where.port, where.offset.constant);
    case Memory::Base::Arena:
      return plan::ViewOp::create(builder, location, type, where.arena, where.index,
                                  ArrayRef<int64_t>{where.offset.constant, where.offset.perBatch});
    }
    llvm_unreachable("all bases are covered");
  }

  FailureOr<LinearBytes> write(LinearBytes size) {
    builder.setInsertionPoint(function);
    auto program = plan::ProgramOp::create(builder, function.getLoc(), function.getSymName(),
                                           builder.getArrayAttr(inputs.ports), builder.getArrayAttr(outputs.ports));
    builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
    for (Operation &op : function.front()) {
      if (auto launch = dyn_cast<nn::LaunchOp>(op)) {
        writeLaunch(launch);
        continue;
      }
      if (isa<nn::GradientOp, nn::StoreArenaOp>(op))
        writeCopy(op.getOperand(0), **storePlace(&op), op.getLoc());
      if (isa<func::ReturnOp>(op))
        for (auto [i, value] : llvm::enumerate(op.getOperands()))
          writeCopy(value, Memory{Memory::Base::Output, outputs.places[i].first, "", 0, {outputs.places[i].second, 0}},
                    op.getLoc());
    }
    writeAssigns();
    function.erase();
    return size;
  }

  void writeAssigns() {
    auto copyAside = [&](size_t block) {
      Memory copy = place("activations", 0, 0);
      copy.offset = blocks[block].offset;
      return copy;
    };
    for (auto [assign, block] : aside)
      writeCopy(assign.getValue(), memory[assign.getValue()], copyAside(block), assign.getLoc());
    for (nn::AssignOp assign : assigns) {
      auto found = aside.find(assign);
      Memory from = found == aside.end() ? memory[assign.getValue()] : copyAside(found->second);
      writeCopy(assign.getValue(), from, **storePlace(assign), assign.getLoc());
    }
  }

  void writeCopy(Value value, const Memory &to, Location location) { writeCopy(value, memory[value], to, location); }

  /// Copies the value, of which `from` is a copy.
  void writeCopy(Value value, const Memory &from, const Memory &to, Location location) {
    if (from == to)
      return;
    hl::BufferType type = denseBuffer(value.getType());
    if (auto launch = value.getDefiningOp<nn::LaunchOp>())
      type = cast<hl::BufferType>(
          cast<TypeAttr>(kernelOf(launch).getResultTypes()[cast<OpResult>(value).getResultNumber()]).getValue());
    plan::CopyOp::create(builder, location, view(from, type, location), view(to, type, location));
  }

  hl::PipelineOp kernelOf(nn::LaunchOp launch) {
    return function->getParentOfType<ModuleOp>().lookupSymbol<hl::PipelineOp>(
        cast<FlatSymbolRefAttr>(launch.getKernels()[0]).getAttr());
  }

  void writeLaunch(nn::LaunchOp launch) {
    hl::PipelineOp kernel = kernelOf(launch);
    SmallVector<Value> views;
    for (auto [i, input] : llvm::enumerate(launch.getInputs()))
      views.push_back(view(memory[input], cast<hl::BufferType>(cast<TypeAttr>(kernel.getInputTypes()[i]).getValue()),
                           launch.getLoc()));
    SmallVector<int64_t> inplace;
    for (auto [i, result] : llvm::enumerate(launch.getResults())) {
      views.push_back(view(memory[result], cast<hl::BufferType>(cast<TypeAttr>(kernel.getResultTypes()[i]).getValue()),
                           launch.getLoc()));
      inplace.push_back(-1);
      for (auto [j, input] : llvm::enumerate(launch.getInputs()))
        if (memory[input] == memory[result])
          inplace.back() = j;
    }
    if (llvm::any_of(inplace, [](int64_t input) { return input >= 0; }))
      kernel.setInplace(inplace);
    plan::LaunchOp::create(builder, launch.getLoc(), launch.getKernels(), launch.getMinBatch(), views);
  }

  func::FuncOp function;
  const ParameterArena &arena;
  OpBuilder builder;
  Ports inputs, outputs;
  llvm::MapVector<Value, Memory> memory;
  DenseMap<Operation *, int64_t> position;
  SmallVector<Block> blocks;
  llvm::MapVector<Value, size_t> blockOf;
  SmallVector<nn::AssignOp> assigns;
  llvm::MapVector<nn::AssignOp, size_t> aside; // the block of the copy of what is assigned
};

/// Step 4: copies or kernels between the logical arena and the places.
void writePackProgram(ModuleOp module, const ParameterArena &arena, bool unpack) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto program = plan::ProgramOp::create(builder, module.getLoc(), unpack ? "unpack" : "pack", builder.getArrayAttr({}),
                                         builder.getArrayAttr({}));
  builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
  for (const ParameterPlace &place : arena.places) {
    hl::BufferType logicalType = denseBuffer(place.type);
    auto physicalType = hl::BufferType::get(module.getContext(), place.physicalShape, logicalType.getElementType(), {});
    Value logical = plan::ViewOp::create(builder, place.location, logicalType, "logical", 0,
                                         ArrayRef<int64_t>{place.logicalOffset, 0});
    Value physical =
        plan::ViewOp::create(builder, place.location, place.layout ? physicalType : logicalType,
                             place.trained ? "parameters" : "states", 0, ArrayRef<int64_t>{place.offset, 0});
    Value from = unpack ? physical : logical, to = unpack ? logical : physical;
    if (!place.layout) {
      plan::CopyOp::create(builder, place.location, from, to);
      continue;
    }
    auto kernel = FlatSymbolRefAttr::get(packKernel(module, place, unpack).getSymNameAttr());
    plan::LaunchOp::create(builder, place.location, builder.getArrayAttr({kernel}), ArrayRef<int64_t>{1},
                           ValueRange{from, to});
  }
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
      int64_t index;
      StringRef name = store.getName();
      if (name.consume_front("moment") && !name.getAsInteger(10, index))
        momentCount = std::max(momentCount, index);
    });

    LinearBytes activations;
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>())) {
      FailureOr<LinearBytes> size = ProgramPlanner(function, *arena).run();
      if (failed(size))
        return signalPassFailure();
      activations.constant = std::max(activations.constant, size->constant);
      activations.perBatch = std::max(activations.perBatch, size->perBatch);
    }
    if (!arena->places.empty()) {
      writePackProgram(module, *arena, /*unpack=*/false);
      writePackProgram(module, *arena, /*unpack=*/true);
    }

    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    auto add = [&](StringRef kind, int64_t index, LinearBytes bytes) {
      plan::ArenaOp::create(builder, module.getLoc(), kind, index, /*onDevice=*/false,
                            ArrayRef<int64_t>{bytes.constant, bytes.perBatch});
    };
    add("parameters", 0, {arena->parameterBytes, 0});
    add("states", 0, {arena->stateBytes, 0});
    add("logical", 0, {arena->logicalBytes, 0});
    add("activations", 0, activations);
    if (training) {
      add("gradients", 0, {arena->parameterBytes, 0});
      for (int64_t i = 1; i <= momentCount; ++i)
        add("moments", i - 1, {arena->parameterBytes, 0});
    }
    for (const ParameterPlace &place : arena->places)
      plan::ParameterOp::create(builder, place.location, place.path, place.type, place.init, place.layout,
                                place.trained, place.offset, place.bytes, place.logicalOffset, place.logicalBytes);
  }
};

} // namespace
} // namespace argent
