//===- WriteKernels.cpp - groups of ops to nn.fused ------------------------===//
//   1. Peel reshapes off the border of kernels: of a dense tensor they are another view of the same memory.
//   2. Write each kernel as an nn.fused in the place of its root.
#include "compiler/graph/WriteKernels.h"

using namespace mlir;

namespace argent::nn {

/// The names of the values, in the order of the source: "conv2d_1 tanh". Without names, the parameter whose gradient
/// it is: "d dense_1.W"; else the ops'.
static std::string nameOf(ArrayRef<Operation *> ops) {
  constexpr size_t kMaxNames = 6;
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
  if (shown.size() > kMaxNames) {
    shown[kMaxNames / 2] = "...";
    shown.erase(shown.begin() + kMaxNames / 2 + 1, shown.end() - kMaxNames / 2);
  }
  return llvm::join(shown, " ");
}

/// Peeled reshapes of a result stand where the source has them, which may be before the root of the kernel.
static void moveReshapesBehind(Operation *kernel, Value value) {
  for (Operation *user : value.getUsers())
    if (isRelabeling(user) && user->getBlock() == kernel->getBlock() && user->isBeforeInBlock(kernel)) {
      user->moveAfter(kernel);
      moveReshapesBehind(user, user->getResult(0));
    }
}

/// An operand that the kernel has anyway, with an axis of the same size; null: there is none.
static Value findTeller(ShapeOpInterface count, const llvm::SetVector<Value> &inputs) {
  auto *found = llvm::find_if(inputs, [&](Value input) { return count.isToldBy(input); });
  return found == inputs.end() ? Value() : *found;
}

namespace {

class KernelWriter {
public:
  explicit KernelWriter(const KernelGroups &groups) : groups_(groups) {}

  void peelReshapes(KernelGroup &kernel) {
    // A root that only other kernels read.
    while (isRelabeling(kernel.root) && kernel.results.empty() &&
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
        if (!isRelabeling(op) || !isDenseView(op, kernel) || llvm::is_contained(kernel.results, op))
          continue;
        if (op == kernel.root && !llvm::all_of(op->getUsers(), [](Operation *user) { return isCompute(user); }))
          continue;
        kernel.ops.remove(op);
        changed = true;
      }
    }
  }

  void emit(KernelGroup &kernel) {
    SmallVector<Operation *> ops(kernel.ops.begin(), kernel.ops.end());
    llvm::sort(ops, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    SmallVector<Operation *> results = kernel.results;
    results.push_back(kernel.root);
    llvm::sort(results, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });

    llvm::SetVector<Value> inputs;
    for (Operation *op : ops)
      collectInputs(op, kernel, inputs);
    llvm::SmallSetVector<ShapeOpInterface, 4> counts;
    for (Operation *op : ops)
      collectCounts(op, counts);
    for (ShapeOpInterface op : counts)
      if (!findTeller(op, inputs))
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
      op->getResult(0).replaceUsesWithIf(result, [&, isLeaf = groups_.leaves.contains(op)](OpOperand &use) {
        Operation *reader = use.getOwner();
        bool hasOwnCopy = isLeaf && isCompute(reader) && reader->getBlock() == kernel.root->getBlock();
        return !kernel.ops.contains(reader) && !hasOwnCopy;
      });
    for (Value result : fused.getResults())
      moveReshapesBehind(fused, result);
  }

private:
  /// Whether the operand lies dense in memory, outside of the kernel.
  bool isDenseView(Operation *reshape, const KernelGroup &kernel) const {
    Operation *producer = reshape->getOperand(0).getDefiningOp();
    if (!producer)
      return true;
    if (auto parameter = dyn_cast<ParameterOp>(producer))
      return !parameter.getLayout();
    return !kernel.ops.contains(producer) && !groups_.leaves.contains(producer);
  }

  void collectInputs(Operation *op, const KernelGroup &kernel, llvm::SetVector<Value> &inputs) const {
    if (isa<ShapeOpInterface>(op))
      return;
    for (Value operand : op->getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (producer && groups_.leaves.contains(producer)) {
        if (!kernel.ops.contains(producer))
          collectInputs(producer, kernel, inputs);
      } else if (!producer || !kernel.ops.contains(producer)) {
        inputs.insert(operand);
      }
    }
  }

  void collectCounts(Operation *op, llvm::SmallSetVector<ShapeOpInterface, 4> &counts) const {
    if (auto count = dyn_cast<ShapeOpInterface>(op)) {
      counts.insert(count);
      return;
    }
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp(); producer && groups_.leaves.contains(producer))
        collectCounts(producer, counts);
  }

  void clone(Operation *op, OpBuilder &builder, IRMapping &mapping, const llvm::SetVector<Value> &inputs) const {
    if (mapping.contains(op->getResult(0)))
      return;
    if (auto count = dyn_cast<ShapeOpInterface>(op))
      if (Value teller = findTeller(count, inputs)) {
        mapping.map(op->getResult(0), count.buildFrom(builder, mapping.lookup(teller)));
        return;
      }
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp(); producer && groups_.leaves.contains(producer))
        clone(producer, builder, mapping, inputs);
    builder.clone(*op, mapping);
  }

  const KernelGroups &groups_;
};

} // namespace

void writeKernels(Block &block, KernelGroups &groups) {
  KernelWriter writer(groups);
  for (KernelGroup &kernel : groups.kernels)
    writer.peelReshapes(kernel);
  for (KernelGroup &kernel : groups.kernels)
    if (!kernel.ops.empty())
      writer.emit(kernel);
  SmallVector<Operation *> ops = llvm::map_to_vector(block.without_terminator(), [](Operation &op) { return &op; });
  for (Operation *op : llvm::reverse(ops))
    if (isCompute(op) && op->use_empty())
      op->erase();
}

} // namespace argent::nn
