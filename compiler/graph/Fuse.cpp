//===- Fuse.cpp - what becomes one kernel ----------------------------------===//
//   1. Normalize: counts over N read a function argument, stores move down to their readers, so that neither keeps two
//   ops apart.
//   2. Visit the compute ops last to first. All users of an op then have their kernels, and the op
//        joins the kernel of its users, if they all stand in one and computing it there repeats no work;
//        joins several kernels as copies, if it is cheap;
//        joins a pointwise kernel as one more result of the same shape;
//        or begins a kernel, whose root it is.
//   3. Peel reshapes off the border of kernels: of a dense tensor they are another view of the same memory.
//   4. Write each kernel as an nn.fused in the place of its root.
// What an op is (pointwise, anchor, cheap) stands in FusionRules; the rules that follow speak of the shape of
// computations:
//   R1 epilogue: the pointwise users of an anchor's result are computed from registers when the tile is done. Saves a
//   store and a load
//      of each element. The anchor must be used there only, by ops of as many elements.
//   R2 chain: a pointwise op is computed where it is used. Repeated for several kernels only when cheap: two loads cost
//   less than
//      a store and two loads, a transcendental function (20 flops and more) does not; for any number of kernels when a
//      copy loads no more than the result would be; and never when it is the epilogue of an anchor, whose result must
//      be stored anyway. A random value is computed in every kernel that wants it at its own shape: a mask is needed
//      from the forward pass to the backward pass, and would occupy memory for so long.
//   R3 prologue: a pointwise op is computed inside an anchor that looks at each of its elements once (reduce, disjoint
//   windows).
//      A product looks at an element once for each tile of output channels: its operands stay in memory.
//   R4 tower: a reduction over the result of a row-wise anchor (cross_entropy, argmax, reduce) and a pooling with
//   disjoint windows over
//      the epilogue of a product are one kernel: the element in between never exists in memory.
//   R5 scalars: an op on one element is computed in every kernel that wants it; a launch costs more.
//   R6 results: a kernel has one result, or several of one shape if it is pointwise: one loop nest stores them all.
//   R7 moves: a slice, pad, reverse or gather is an index in the kernel that reads it; one that is a view (a slice)
//   even in a product. What
//      it reads is computed there under the rules above, if that repeats no work.
//   R8 joins: a concat takes what its operands need into its kernel, as R2, and the pointwise ops behind it. Such a
//   kernel holds nothing else
//      that reads a join, no anchor, and only joins of the same parts: it is computed part by part.
//   R9 cost: a kernel holds only so much code, so that what the source repeats is many kernels and not one that grows:
//   the time to compile
//      one grows faster than its length, and its values leave the registers.
#include "compiler/Passes.h"
#include "compiler/graph/FusionRules.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_FUSE
#include "compiler/Passes.h.inc"

namespace {

using namespace nn;

/// Ops that one kernel computes. The root is the last in the block; every result's use outside comes after it.
struct Kernel {
  /// How often a member is computed.
  struct Member {
    bool isRepeated = false; // more often than it has elements: a user broadcasts it
    bool isUniform = true;   // all that follows it, up to the root or an anchor, has as many elements
  };

  Operation *root = nullptr;
  llvm::SetVector<Operation *> ops;
  llvm::DenseMap<Operation *, Member> members;
  SmallVector<Operation *> results; // beside the root, of its shape
  SmallVector<Operation *> anchors;
  int64_t cost = 0; // of the ops: codeCost

  bool isPointwiseOnly() const { return anchors.empty(); }
};

/// The most code of a kernel (R9): a dozen transcendental functions.
constexpr int64_t maxCost = 256;

/// At most so many kernels compute a copy: of a sum of two tensors, four kernels would load more than one store and
/// four loads.
constexpr size_t maxCopies = 3;

class Fuser {
public:
  Fuser(func::FuncOp function, bool fusePooling) : block(function.getBody().front()), fusePooling(fusePooling) {}

  void run() {
    normalizeCounts();
    sinkStores();
    for (Operation &op : block.without_terminator())
      if (isCompute(&op) && isKnownWithoutLoads(&op))
        leaves.insert(&op);
    for (Operation &op : llvm::reverse(block))
      if (isCompute(&op))
        assign(&op);
    for (Kernel &kernel : kernels)
      peelReshapes(kernel);
    for (Kernel &kernel : kernels)
      if (!kernel.ops.empty())
        emit(kernel);
    SmallVector<Operation *> ops = llvm::map_to_vector(block.without_terminator(), [](Operation &op) { return &op; });
    for (Operation *op : llvm::reverse(ops))
      if (isCompute(op) && op->use_empty())
        op->erase();
  }

private:
  //===- Step 1 ------------------------------------------------------------===//

  /// The number of elements along axes of any tensor is a multiple of N: counts it on an argument, so that the tensor
  /// need not exist.
  void normalizeCounts() {
    for (CountOp count : llvm::make_early_inc_range(block.getOps<CountOp>())) {
      Dims counted;
      for (int64_t axis : count.getAxes())
        counted.push_back(getDims(count.getX().getType())[axis]);
      ElementCount wanted = countElements(counted);
      if (wanted.power != 1)
        continue;
      for (BlockArgument argument : block.getArguments())
        if (replaceCount(count, argument, wanted.factor))
          break;
    }
  }

  /// Counts along an axis of `x` that is a divisor of `factor` times N.
  bool replaceCount(CountOp count, Value x, int64_t factor) {
    for (auto [axis, dim] : llvm::enumerate(getDims(x.getType()))) {
      if (!dim.isOpen || factor % dim.size != 0)
        continue;
      if (count.getX() == x)
        return true;
      OpBuilder builder(count);
      Value rows = CountOp::create(builder, count.getLoc(), count.getType(), x, ArrayRef<int64_t>(int64_t(axis)));
      if (factor != dim.size) {
        auto type = cast<RankedTensorType>(count.getType());
        Attribute number = builder.getFloatAttr(type.getElementType(), double(factor / dim.size));
        Value scale = ConstantOp::create(builder, count.getLoc(), DenseElementsAttr::get(type, number));
        rows = MulOp::create(builder, count.getLoc(), rows, scale);
      }
      count.getResult().replaceAllUsesWith(rows);
      count.erase();
      return true;
    }
    return false;
  }

  /// A store moves down to the first op that reads what it writes, or to the end: its value may then be a result of a
  /// later kernel.
  void sinkStores() {
    SmallVector<Operation *> stores;
    for (Operation &op : block)
      if (isa<GradientOp, AssignOp, StoreArenaOp>(op))
        stores.push_back(&op);
    for (Operation *store : stores) {
      std::optional<Arena> arena;
      if (auto whole = dyn_cast<StoreArenaOp>(store))
        arena = {whole.getArena(), whole.getIndex()};
      else if (isa<GradientOp>(store))
        arena = {ArenaKind::gradients, 0};
      Operation *reader = store->getNextNode();
      while (reader != block.getTerminator() && !reads(reader, arena))
        reader = reader->getNextNode();
      store->moveBefore(reader);
    }
  }

  using Arena = std::pair<ArenaKind, uint64_t>;
  static bool reads(Operation *op, std::optional<Arena> arena) {
    if (auto whole = dyn_cast<ArenaOp>(op))
      return arena == Arena(whole.getArena(), whole.getIndex());
    return isa<UpdateOp>(op);
  }

  //===- Step 2 ------------------------------------------------------------===//

  /// Constants, counts, and arithmetic on them: cloned into each kernel that wants them.
  bool isKnownWithoutLoads(Operation *op) {
    if (op->hasTrait<Known>())
      return true;
    return (isPointwise(op) || isFree(op)) &&
           llvm::all_of(op->getOperands(), [&](Value v) { return leaves.contains(v.getDefiningOp()); });
  }

  void assign(Operation *op) {
    bool usedOutside = false;
    llvm::SetVector<int> targets;
    for (Operation *user : op->getUsers()) {
      auto found = kernelsOf.find(user);
      if (found != kernelsOf.end())
        targets.insert_range(found->second);
      else if (!isCompute(user) || isa<CountOp>(user))
        usedOutside = true;
    }
    if (leaves.contains(op) ? !usedOutside : (!usedOutside && targets.empty()))
      return; // cloned where it is used, or dead
    SmallVector<int> order = targets.takeVector();
    llvm::sort(order);

    if (!usedOutside && !order.empty() && canCopy(op, order.size()) &&
        llvm::all_of(order, [&](int index) { return canJoin(op, kernels[index]); })) {
      for (int index : order)
        join(op, index);
      return;
    }
    for (int index : llvm::reverse(order)) // the kernel whose root comes first
      if (canBeResult(op, kernels[index])) {
        kernels[index].results.push_back(op);
        join(op, index);
        return;
      }
    kernels.emplace_back().root = op;
    join(op, kernels.size() - 1);
  }

  void join(Operation *op, int index) {
    Kernel &kernel = kernels[index];
    kernel.ops.insert(op);
    kernel.cost += codeCost(op);
    if (isAnchor(op))
      kernel.anchors.push_back(op);
    kernelsOf[op].push_back(index);
    Kernel::Member &member = kernel.members[op];
    for (Operation *user : op->getUsers()) {
      if (!kernel.ops.contains(user) || isAnchor(user))
        continue;
      bool isElsewhere = isMoving(user) || isJoining(user),
           broadcasts = !isElsewhere && resultCount(user) != resultCount(op);
      member.isRepeated |= broadcasts || kernel.members[user].isRepeated;
      member.isUniform &= !isElsewhere && !broadcasts && kernel.members[user].isUniform;
    }
    member.isRepeated |= movesRepeat(op, kernel);
  }

  /// R2, R5: what may be computed in so many kernels.
  bool canCopy(Operation *op, size_t copies) {
    if (copies == 1)
      return true;
    if (isView(op) || isRecomputed(op))
      return true;
    if (!isAnchor(op) && isScalar(op) && !isEpilogue(op))
      return true;
    return isCheap(op) && !isEpilogue(op) && (copies <= maxCopies || loadsNoMore(op));
  }

  /// Whether a copy loads what loading the result would: one operand of its size, and small ones (a channel's mean).
  bool loadsNoMore(Operation *op) {
    return llvm::count_if(op->getOperands(), [&](Value operand) {
             return !leaves.contains(operand.getDefiningOp()) && countElements(operand.getType()) == resultCount(op);
           }) <= 1;
  }

  /// Whether an anchor's result ends in it: stored there, it costs nothing.
  bool isEpilogue(Operation *op) {
    return llvm::any_of(op->getOperands(), [&](Value operand) {
      Operation *producer = operand.getDefiningOp();
      return producer && isCompute(producer) && !leaves.contains(producer) && operand.hasOneUse() &&
             resultCount(producer) == resultCount(op) && (isAnchor(producer) || isEpilogue(producer));
    });
  }

  bool canJoin(Operation *op, const Kernel &kernel) {
    if (int64_t cost = codeCost(op); cost > 0 && kernel.cost + cost > maxCost) // R9
      return false;
    if (isAnchor(op))
      return canAnchorJoin(op, kernel);
    if (isJoining(op))
      return canJoiningJoin(op, kernel);
    if ((!isCheap(op) || isEpilogue(op)) && !isScalar(op) && !isView(op) && movesRepeat(op, kernel))
      return false;
    for (OpOperand &use : op->getUses())
      if (kernel.ops.contains(use.getOwner()) && !absorbs(use, op, kernel))
        return false;
    return true;
  }

  /// R2, R3, R5, R7: whether the user may compute `op` itself, whose result it sees, perhaps through reshapes and
  /// moves.
  bool absorbs(OpOperand &use, Operation *op, const Kernel &kernel) {
    Operation *user = use.getOwner(), *seen = use.get().getDefiningOp();
    if (isView(op))
      return true;
    if (isa<ReshapeOp>(user) || isMoving(user)) // looks at what its own users look at
      return llvm::all_of(user->getUses(), [&](OpOperand &next) {
        return !kernel.ops.contains(next.getOwner()) || absorbs(next, op, kernel);
      });
    if (isAnchor(user))
      return looksOnce(use);
    bool isRepeated =
        kernel.members.lookup(user).isRepeated || (!isJoining(user) && resultCount(seen) != resultCount(user));
    return !isRepeated || isCheap(op) || isScalar(op);
  }

  /// R7: whether the moves of the kernel that read the op's result look at more elements than it has. A border may look
  /// at some again.
  bool movesRepeat(Operation *op, const Kernel &kernel) {
    int64_t own = resultCount(op).at(typicalBatch), looks = 0;
    bool isReadInPlace = false;
    for (Operation *user : llvm::SetVector<Operation *>(op->user_begin(), op->user_end())) {
      if (!kernel.ops.contains(user))
        continue;
      if (!isMoving(user)) {
        isReadInPlace = true;
        continue;
      }
      int64_t count = resultCount(user).at(typicalBatch);
      if (count > 2 * own)
        return true;
      looks += std::min(count, own);
    }
    return looks > 0 && looks + (isReadInPlace ? own : 0) > own;
  }
  static constexpr int64_t typicalBatch = 64;

  /// R8
  bool canJoiningJoin(Operation *op, const Kernel &kernel) {
    auto shape = [](Operation *o) { return getDims(o->getResult(0).getType()); };
    auto operandShapes = [&](Operation *o) {
      return llvm::map_to_vector(o->getOperands(), [](Value operand) { return getDims(operand.getType()); });
    };
    if (!kernel.isPointwiseOnly() || shape(op) != shape(kernel.root))
      return false;
    for (Operation *other : kernel.ops)
      if (isJoining(other) && (other->getAttrs() != op->getAttrs() || operandShapes(other) != operandShapes(op)))
        return false;
    return llvm::all_of(op->getUsers(), [&](Operation *user) {
      return !kernel.ops.contains(user) ||
             (isPointwise(user) && shape(user) == shape(op) && kernel.members.lookup(user).isUniform);
    });
  }

  /// R1, R4: whether the kernel is the epilogue of this anchor, or reduces it.
  bool canAnchorJoin(Operation *op, const Kernel &kernel) {
    if (!kernel.results.empty() || llvm::any_of(kernel.ops, isJoining))
      return false;
    for (Operation *anchor : kernel.anchors)
      if (!isTower(op, anchor, fusePooling)) // R4
        return false;
    return llvm::all_of(op->getUsers(), [&](Operation *user) {
      if (!kernel.ops.contains(user) || isAnchor(user))
        return true;
      return !isMoving(user) && resultCount(user) == resultCount(op) && kernel.members.lookup(user).isUniform;
    });
  }

  /// R6
  bool canBeResult(Operation *op, const Kernel &kernel) {
    auto shape = [](Operation *o) { return getDims(o->getResult(0).getType()); };
    if (!(isPointwise(op) || isJoining(op)) || !kernel.isPointwiseOnly() || shape(op) != shape(kernel.root) ||
        isEpilogue(op) || !canJoin(op, kernel))
      return false;
    // Who else reads it comes later: other ops, and each kernel that holds a copy of a user.
    return llvm::all_of(op->getUsers(), [&](Operation *user) {
      auto found = kernelsOf.find(user);
      if (found == kernelsOf.end())
        return kernel.root->isBeforeInBlock(user);
      return llvm::all_of(found->second, [&](int index) {
        return &kernels[index] == &kernel || kernel.root->isBeforeInBlock(kernels[index].root);
      });
    });
  }

  //===- Step 3 ------------------------------------------------------------===//

  void peelReshapes(Kernel &kernel) {
    // A root that only other kernels read.
    while (isa<ReshapeOp>(kernel.root) && kernel.results.empty() &&
           kernel.ops.contains(kernel.root->getOperand(0).getDefiningOp()) &&
           llvm::all_of(kernel.root->getUsers(), [](Operation *user) { return isCompute(user); })) {
      Operation *inner = kernel.root->getOperand(0).getDefiningOp();
      kernel.ops.remove(kernel.root);
      kernel.root = inner;
    }
    // An operand: its place in the list comes after its users'.
    for (bool changed = true; changed;) {
      changed = false;
      for (Operation *op : SmallVector<Operation *>(kernel.ops.begin(), kernel.ops.end())) {
        auto reshape = dyn_cast<ReshapeOp>(op);
        if (!reshape || !isDenseView(reshape, kernel) || llvm::is_contained(kernel.results, op))
          continue;
        if (op == kernel.root && !llvm::all_of(op->getUsers(), [](Operation *user) { return isCompute(user); }))
          continue;
        kernel.ops.remove(op);
        changed = true;
      }
    }
  }

  /// Whether the operand lies dense in memory, outside of the kernel.
  bool isDenseView(ReshapeOp reshape, const Kernel &kernel) {
    Operation *producer = reshape.getX().getDefiningOp();
    if (!producer)
      return true;
    if (auto parameter = dyn_cast<ParameterOp>(producer))
      return !parameter.getLayout();
    return !kernel.ops.contains(producer) && !leaves.contains(producer);
  }

  //===- Step 4 ------------------------------------------------------------===//

  void emit(Kernel &kernel) {
    SmallVector<Operation *> ops(kernel.ops.begin(), kernel.ops.end());
    llvm::sort(ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    SmallVector<Operation *> results = kernel.results;
    results.push_back(kernel.root);
    llvm::sort(results, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });

    llvm::SetVector<Value> inputs;
    for (Operation *op : ops)
      collectInputs(op, kernel, inputs);
    llvm::SmallSetVector<Operation *, 4> counts;
    for (Operation *op : ops)
      collectCounts(op, kernel, counts);
    for (Operation *op : counts)
      if (!countedOn(cast<CountOp>(op), inputs))
        inputs.insert(op->getOperand(0));

    OpBuilder builder(kernel.root);
    SmallVector<Type> types = llvm::map_to_vector(results, [](Operation *op) { return op->getResult(0).getType(); });
    SmallVector<Location> locations = llvm::map_to_vector(ops, [](Operation *op) { return op->getLoc(); });
    auto fused = FusedOp::create(builder, FusedLoc::get(builder.getContext(), locations), types,
                                 builder.getStringAttr(nameOf(ops)), inputs.getArrayRef(), ArrayAttr(), ArrayAttr());
    Block &body = fused.getBody().emplaceBlock();
    IRMapping mapping;
    for (Value input : inputs)
      mapping.map(input, body.addArgument(input.getType(), input.getLoc()));
    OpBuilder inner = OpBuilder::atBlockEnd(&body);
    for (Operation *op : ops)
      clone(op, inner, mapping, inputs);
    SmallVector<Value> yielded =
        llvm::map_to_vector(results, [&](Operation *op) { return mapping.lookup(op->getResult(0)); });
    YieldOp::create(inner, fused.getLoc(), yielded);

    // Kernels that want a leaf hold their own copy of it.
    for (auto [op, result] : llvm::zip(results, fused.getResults()))
      op->getResult(0).replaceUsesWithIf(result, [&, isLeaf = leaves.contains(op)](OpOperand &use) {
        return !kernel.ops.contains(use.getOwner()) && !(isLeaf && isCompute(use.getOwner()));
      });
    for (Value result : fused.getResults())
      moveReshapesBehind(fused, result);
  }

  /// Peeled reshapes of a result stand where the source has them, which may be before the root of the kernel.
  static void moveReshapesBehind(Operation *kernel, Value value) {
    for (Operation *user : value.getUsers())
      if (isa<ReshapeOp>(user) && user->getBlock() == kernel->getBlock() && user->isBeforeInBlock(kernel)) {
        user->moveAfter(kernel);
        moveReshapesBehind(user, user->getResult(0));
      }
  }

  void collectInputs(Operation *op, const Kernel &kernel, llvm::SetVector<Value> &inputs) {
    if (isa<CountOp>(op))
      return;
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (producer && leaves.contains(producer)) {
        if (!kernel.ops.contains(producer))
          collectInputs(producer, kernel, inputs);
      } else if (!producer || !kernel.ops.contains(producer)) {
        inputs.insert(operand);
      }
    }
  }

  void collectCounts(Operation *op, const Kernel &kernel, llvm::SmallSetVector<Operation *, 4> &counts) {
    if (isa<CountOp>(op)) {
      counts.insert(op);
      return;
    }
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp(); producer && leaves.contains(producer))
        collectCounts(producer, kernel, counts);
  }

  /// An operand that the kernel has anyway, with an axis of the same size.
  static std::optional<std::pair<Value, int64_t>> countedOn(CountOp count, const llvm::SetVector<Value> &inputs) {
    if (count.getAxes().size() != 1)
      return std::nullopt;
    Dim wanted = getDims(count.getX().getType())[count.getAxes()[0]];
    for (Value input : inputs)
      for (auto [axis, dim] : llvm::enumerate(getDims(input.getType())))
        if (dim == wanted)
          return std::make_pair(input, int64_t(axis));
    return std::nullopt;
  }

  void clone(Operation *op, OpBuilder &builder, IRMapping &mapping, const llvm::SetVector<Value> &inputs) {
    if (mapping.contains(op->getResult(0)))
      return;
    if (auto count = dyn_cast<CountOp>(op))
      if (auto found = countedOn(count, inputs)) {
        Value copy =
            CountOp::create(builder, op->getLoc(), count.getType(), mapping.lookup(found->first), found->second);
        mapping.map(count.getResult(), copy);
        return;
      }
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp(); producer && leaves.contains(producer))
        clone(producer, builder, mapping, inputs);
    builder.clone(*op, mapping);
  }

  /// The names of the values, in the order of the source: "conv2d_1 tanh". Without names, the parameter whose gradient
  /// it is: "d dense_1.W"; else the ops'.
  static std::string nameOf(ArrayRef<Operation *> ops) {
    llvm::SetVector<StringRef> names;
    for (Operation *op : ops)
      if (auto name = op->getLoc()->findInstanceOf<NameLoc>())
        names.insert(name.getName());
    if (names.empty())
      for (Operation *user : ops.back()->getUsers())
        if (auto gradient = dyn_cast<GradientOp>(user))
          return ("d " + gradient.getPath()).str();
    if (names.empty())
      for (Operation *op : ops)
        names.insert(op->getName().stripDialect());
    SmallVector<StringRef> shown(names.begin(), names.end());
    if (shown.size() > maxNames) {
      shown[maxNames / 2] = "...";
      shown.erase(shown.begin() + maxNames / 2 + 1, shown.end() - maxNames / 2);
    }
    return llvm::join(shown, " ");
  }
  static constexpr size_t maxNames = 6;

  Block &block;
  bool fusePooling;
  llvm::DenseSet<Operation *> leaves;
  std::vector<Kernel> kernels;
  llvm::DenseMap<Operation *, SmallVector<int>> kernelsOf;
};

struct Fuse : impl::FuseBase<Fuse> {
  using FuseBase::FuseBase;
  void runOnOperation() override {
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal())
        Fuser(function, fusePooling).run();
  }
};

} // namespace
} // namespace argent
