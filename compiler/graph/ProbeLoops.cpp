//===- ProbeLoops.cpp - what a gradient report asks of loops ----------------===//
//   1. Visit the loops of each function with nn.optimize, a loop after those that it is around.
//   2. Of what saturates in the body, which elements do.
//   3. Each carried value of floats gets a probe: an argument of the function, cut along time by every loop around it,
//      whose part is added to what the step computes of the carried value.
//   4. On the way out each loop stacks what saturates over its steps and leaves out the rows that have ended.
//   5. Outside of all loops that becomes shares.
// Knows no op by name but loops: what saturates, and where, an op says itself (SaturatingOpInterface).
#include "compiler/Passes.h"
#include "dialects/nn/Probes.h"
#include "dialects/nn/gradient/GradientBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/PortNames.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_PROBELOOPS
#include "compiler/Passes.h.inc"

namespace {

StringRef nameOf(Location location) {
  auto named = location->findInstanceOf<NameLoc>();
  return named ? named.getName().getValue() : StringRef();
}

/// What saturates: elements of bools, where it is computed and then further and further outside.
struct Gate {
  std::string name;
  Location location;
  Value low, high;
  Value rows; // those that count; null: all
};

class Prober {
public:
  explicit Prober(func::FuncOp function)
      : function_(function), builder_(function.getContext()), type_(Float32Type::get(function.getContext())) {}

  void run() {
    SmallVector<Gate> gates;
    for (auto scan : llvm::make_early_inc_range(function_.front().getOps<nn::ScanOp>()))
      visit(scan, {}, gates);
    for (const Gate &gate : gates)
      returnShares(gate);
  }

private:
  /// `around`: the loops that the scan is in, the outermost first.
  void visit(nn::ScanOp scan, ArrayRef<nn::ScanOp> around, SmallVectorImpl<Gate> &gates) {
    SmallVector<nn::ScanOp> loops(around);
    loops.push_back(scan);
    SmallVector<Gate> inside;
    for (auto inner : llvm::make_early_inc_range(scan.getBody().front().getOps<nn::ScanOp>()))
      visit(inner, loops, inside);
    for (Operation &op : scan.getBody().front())
      if (auto saturating = dyn_cast<SaturatingOpInterface>(op))
        addGate(saturating, inside);
    const Value rows = findRows(scan);
    for (unsigned i = 0; i != scan.getInitial().size(); ++i)
      probe(i, loops);
    stack(scan, rows, inside);
    gates.append(inside);
  }

  //===--- names ------------------------------------------------------------===//

  /// The same name for two is a name and a number.
  static std::string unique(const std::string &name, llvm::StringSet<> &names) {
    std::string result = name;
    for (int i = 2; !names.insert(result).second; ++i)
      result = name + " (" + std::to_string(i) + ")";
    return result;
  }

  /// The name that the source binds the result to, else what is computed of what: "lstm_1.sigmoid(f)".
  static std::string nameOfGate(Operation *op) {
    const StringRef kind = op->getName().stripDialect();
    auto last = [](StringRef name) { return name.rsplit('.').second.empty() ? name : name.rsplit('.').second; };
    auto isBound = [&](Operation *maker) {
      StringRef name = nameOf(maker->getLoc());
      return !name.empty() && last(name) != maker->getName().stripDialect();
    };
    const StringRef own = nameOf(op->getLoc());
    if (isBound(op))
      return own.str();
    Value of = op->getOperand(0);
    while (Operation *maker = of.getDefiningOp()) {
      if (isBound(maker) || maker->getNumOperands() == 0)
        break;
      of = maker->getOperand(0);
    }
    const StringRef prefix = own.contains('.') ? own.rsplit('.').first : StringRef();
    const StringRef argument = last(nameOf(of.getLoc()));
    return (prefix.empty() ? "" : prefix.str() + ".") + kind.str() +
           (argument.empty() ? "" : "(" + argument.str() + ")");
  }

  //===--- probes -----------------------------------------------------------===//

  /// The part of an argument of the function that the step of the innermost loop sees.
  Value cut(Value value, ArrayRef<nn::ScanOp> loops) {
    for (nn::ScanOp scan : loops) {
      const unsigned at = 1 + scan.getSources().size();
      scan.getSourcesMutable().append(value);
      value = scan.getBody().front().insertArgument(at, nn::ScanOp::getStepType(value.getType()), value.getLoc());
    }
    return value;
  }

  void probe(unsigned carried, ArrayRef<nn::ScanOp> loops) {
    nn::ScanOp scan = loops.back();
    BlockArgument argument = scan.getCarriedArguments()[carried];
    auto type = cast<RankedTensorType>(argument.getType());
    Value computed = scan.getComputed(carried).value;
    if (!isa<FloatType>(type.getElementType()) || computed == argument)
      return;
    // A scalar is stacked as a tensor of one element.
    RankedTensorType whole = type.getRank() ? type : RankedTensorType::get({1}, type.getElementType());
    for (nn::ScanOp loop : llvm::reverse(loops))
      whole = nn::ScanOp::getStackedType(whole, loop.getSteps());
    std::string name = nameOf(argument.getLoc()).str();
    if (name.empty())
      name = (scan.getLayer() ? *scan.getLayer() : StringRef("loop")).str() + ".state";
    const unsigned number = probes_++; // in front: a seed is the last argument
    SmallVector<NamedAttribute> attributes = {
        builder_.getNamedAttr(nn::kProbe, builder_.getStringAttr(unique(name, states_))),
        builder_.getNamedAttr(nn::kProbeLoops, builder_.getI64IntegerAttr(static_cast<int64_t>(loops.size())))};
    if (scan.getReverse())
      attributes.push_back(builder_.getNamedAttr(nn::kProbeReverse, builder_.getUnitAttr()));
    (void)function_.insertArgument(number, whole, builder_.getDictionaryAttr(attributes), argument.getLoc());
    Value part = cut(function_.getArgument(number), loops);

    if (isGiven(computed)) {
      // Others read it for what it is: only what is carried is probed.
      OpOperand &use = findUse(scan, carried, computed);
      builder_.setInsertionPoint(use.getOwner());
      nn::GradientBuilder b(builder_, argument.getLoc());
      use.set(b.add(computed, b.reshape(part, type)));
      return;
    }
    builder_.setInsertionPointAfterValue(computed);
    nn::GradientBuilder b(builder_, computed.getLoc());
    Value probed = b.add(computed, b.reshape(part, type));
    computed.replaceAllUsesExcept(probed, probed.getDefiningOp());
  }

  /// Whether the step does not compute the value: it is given to it, or fixed, but for its shape.
  static bool isGiven(Value value) {
    Operation *maker = value.getDefiningOp();
    if (!maker)
      return true;
    if (maker->getNumOperands() == 0)
      return maker->hasTrait<OpTrait::ConstantLike>();
    return maker->hasTrait<Free>() && llvm::all_of(maker->getOperands(), isGiven);
  }

  /// Where nn.next, or the select of lengths before it, reads what is computed of a carried value.
  static OpOperand &findUse(nn::ScanOp scan, unsigned carried, Value computed) {
    OpOperand &given = scan.getNext().getCarriedMutable()[carried];
    if (given.get() == computed)
      return given;
    return *llvm::find_if(given.get().getDefiningOp()->getOpOperands(),
                          [&](OpOperand &operand) { return operand.get() == computed; });
  }

  //===--- gates ------------------------------------------------------------===//

  void addGate(SaturatingOpInterface op, SmallVectorImpl<Gate> &gates) {
    Value y = op->getResult(0);
    if (cast<RankedTensorType>(y.getType()).getRank() == 0) // not stacked
      return;
    const Saturation saturation = op.getSaturation();
    builder_.setInsertionPointAfter(op);
    nn::GradientBuilder b(builder_, op->getLoc());
    gates.push_back({unique(nameOfGate(op), gates_),
                     op->getLoc(),
                     b.compare(nn::Predicate::lt, y, b.number(y, saturation.below)),
                     b.compare(nn::Predicate::gt, y, b.number(y, saturation.above)),
                     {}});
  }

  /// The rows that a step is for; null: all.
  static Value findRows(nn::ScanOp scan) {
    for (unsigned i = 0; i != scan.getInitial().size(); ++i)
      if (Value rows = scan.getComputed(i).rows)
        return rows;
    return {};
  }

  /// `[N, 1, ...]` with as many dimensions as the type; null where that does not have the rows.
  static Value alignRows(const nn::GradientBuilder &b, Value rows, Type type) {
    nn::Dims dims = nn::getDims(rows.getType()), wanted = nn::getDims(type);
    if (wanted.empty() || wanted[0] != dims[0])
      return {};
    return b.reshape(
        rows,
        nn::makeType(nn::Dims(llvm::map_range(llvm::enumerate(wanted),
                                              [&](auto dim) { return dim.index() == 0 ? dim.value() : nn::Dim{1}; })),
                     getElementTypeOrSelf(rows)));
  }

  /// Gates of a step to gates of all steps, behind the loop.
  void stack(nn::ScanOp scan, Value rows, SmallVectorImpl<Gate> &gates) {
    if (gates.empty())
      return;
    nn::NextOp next = scan.getNext();
    builder_.setInsertionPoint(next);
    SmallVector<Value> yielded(next.getYielded());
    for (Gate &gate : gates) {
      nn::GradientBuilder b(builder_, gate.location);
      if (Value running = rows ? alignRows(b, rows, gate.low.getType()) : Value()) {
        gate.low = b.both(gate.low, running);
        gate.high = b.both(gate.high, running);
        gate.rows = gate.rows ? b.both(gate.rows, running) : running;
      }
      yielded.append({gate.low, gate.high});
      if (gate.rows)
        yielded.push_back(gate.rows);
    }
    const size_t before = next.getYielded().size();
    next.getYieldedMutable().assign(yielded);

    SmallVector<Type> types = llvm::map_to_vector(
        yielded, [&](Value value) -> Type { return nn::ScanOp::getStackedType(value.getType(), scan.getSteps()); });
    builder_.setInsertionPoint(scan);
    auto whole = nn::ScanOp::create(builder_, scan.getLoc(), types, scan.getLast().getTypes(), scan.getLayerAttr(),
                                    scan.getStepsAttr(), scan.getReverseAttr(), scan.getSources(), scan.getInitial(),
                                    scan.getCaptured());
    whole.getBody().takeBody(scan.getBody());
    SmallVector<Value> results(whole.getStacked().take_front(before));
    llvm::append_range(results, whole.getLast());
    scan.replaceAllUsesWith(results);
    scan.erase();
    auto stacked = whole.getStacked().drop_front(before).begin();
    for (Gate &gate : gates) {
      gate.low = *stacked++;
      gate.high = *stacked++;
      if (gate.rows)
        gate.rows = *stacked++;
    }
  }

  void returnShares(const Gate &gate) {
    builder_.setInsertionPoint(function_.front().getTerminator());
    nn::GradientBuilder b(builder_, gate.location);
    auto sum = [&](Value flags) {
      Value numbers = b.cast(flags, type_);
      return b.reduce(nn::ReduceKind::sum, numbers, nn::axisRange(0, nn::getDims(numbers.getType()).size()), false);
    };
    Value counted = b.count(b.cast(gate.low, type_), type_);
    if (gate.rows) {
      const int64_t elements =
          nn::countElements(gate.low.getType()).at(1) / nn::countElements(gate.rows.getType()).at(1);
      Value running = b.scale(sum(gate.rows), static_cast<double>(elements));
      counted = b.max(running, b.number(running, 1)); // none runs: 0 of them is saturated
    }
    addResult(kLowPrefix, gate, b.div(sum(gate.low), counted));
    addResult(kHighPrefix, gate, b.div(sum(gate.high), counted));
  }

  void addResult(std::string_view prefix, const Gate &gate, Value share) {
    Operation *terminator = function_.front().getTerminator();
    NamedAttribute attributes[] = {
        builder_.getNamedAttr("nn.name", builder_.getStringAttr(std::string(prefix) + gate.name)),
        builder_.getNamedAttr("nn.location", LocationAttr(gate.location))};
    (void)function_.insertResult(terminator->getNumOperands(), share.getType(), builder_.getDictionaryAttr(attributes));
    terminator->insertOperands(terminator->getNumOperands(), share);
  }

  func::FuncOp function_;
  OpBuilder builder_;
  Type type_; // of shares
  unsigned probes_ = 0;
  llvm::StringSet<> states_, gates_; // their names
};

struct ProbeLoops : impl::ProbeLoopsBase<ProbeLoops> {
  void runOnOperation() override {
    llvm::SetVector<func::FuncOp> functions;
    getOperation().walk([&](nn::OptimizeOp op) { functions.insert(op->getParentOfType<func::FuncOp>()); });
    if (functions.empty())
      return;
    for (func::FuncOp function : functions)
      Prober(function).run();
    getOperation()->setAttr("nn.gradient_report", UnitAttr::get(&getContext()));
  }
};

} // namespace
} // namespace argent
