//===- Differentiate.cpp - reverse-mode differentiation of a function ------===//
//   1. Mark the ops that lie on a path from a parameter to the loss.
//   2. Give the loss the gradient 1.
//   3. Visit the marked ops last to first: an op's result gradients are then complete; ask it for its operands' and add
//   each
//      to what that operand has so far. An elementwise op answers for each element of its result: what was broadcast is
//      summed here, and where the op's numbers may be infinite or none at all, a gradient of 0 gives 0: the loss does
//      not depend on what a mask leaves out.
//   4. Hand the parameters' gradients to the optimizer; one that the loss does not depend on is an error at its
//   declaration.
//   5. stop_gradient has done its work: it is its operand from here on.
// Knows no op by name: the rules are in dialects/nn/ops/*Gradient.cpp.
#include "compiler/Passes.h"
#include "dialects/nn/Constants.h"
#include "dialects/nn/KnownNumbers.h"
#include "dialects/nn/NN.h"
#include "dialects/nn/gradient/GradientBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"
#include <map>

using namespace mlir;

namespace argent {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "compiler/Passes.h.inc"

namespace {

/// The name of a value in the source, if its location has one.
std::string getName(Location location) {
  if (auto named = dyn_cast<NameLoc>(location))
    return named.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      if (std::string name = getName(part); !name.empty())
        return name;
  return "";
}

/// The same place, for the gradient of what is named there: "d h".
Location gradientLocation(Location place, Location named) {
  std::string name = getName(named);
  if (auto outer = dyn_cast<NameLoc>(place))
    place = outer.getChildLoc();
  return name.empty() ? place : Location(NameLoc::get(StringAttr::get(place.getContext(), "d " + name), place));
}

bool isFloat(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && isa<FloatType>(type.getElementType());
}

/// The gradients of one scalar with respect to sources, in one block.
class Reverse {
public:
  /// `builder` inserts after everything that `loss` depends on.
  Reverse(OpBuilder &builder, Value loss, ArrayRef<Value> sources) : builder(builder), loss(loss) {
    markVaried(sources);
    markUseful();
    for (Operation &op : *loss.getParentBlock())
      learn(op);
  }

  /// Fails after an error at every op that lacks a gradient.
  LogicalResult run();
  /// Null: the loss does not depend on it.
  Value getGradient(Value value) const { return gradients.lookup(value); }

private:
  void markVaried(ArrayRef<Value> sources);
  void markUseful();
  void learn(Operation &op);
  bool mayNotBeFinite(Value value) const;
  /// What a rule answers for an elementwise op, as its operands' gradients.
  void finish(Operation *op, Value g, MutableArrayRef<Value> operandGradients);
  bool isActive(Value value) const { return varied.contains(value) && useful.contains(value); }
  LogicalResult visit(Operation *op);
  void add(Value value, Value gradient, Location location);

  OpBuilder &builder;
  Value loss;
  llvm::DenseSet<Value> varied, useful;     // depends on a source; the loss depends on it
  llvm::DenseMap<Value, nn::Numbers> known; // of the forward ops and those of the rules; what is not there is finite
  llvm::DenseMap<Value, Value> gradients;
};

void Reverse::markVaried(ArrayRef<Value> sources) {
  varied.insert(sources.begin(), sources.end());
  Block *block = loss.getParentBlock();
  // The block is in order of definition. Integers and bools carry no derivative.
  for (Operation &op : *block)
    if (llvm::any_of(op.getOperands(), [&](Value operand) { return varied.contains(operand); }))
      for (Value result : op.getResults())
        if (isFloat(result))
          varied.insert(result);
}

void Reverse::markUseful() {
  useful.insert(loss);
  for (Operation &op : llvm::reverse(*loss.getParentBlock()))
    if (llvm::any_of(op.getResults(), [&](Value result) { return useful.contains(result); }))
      useful.insert(op.operand_begin(), op.operand_end());
}

void Reverse::learn(Operation &op) {
  auto operands = llvm::map_to_vector(op.getOperands(), [&](Value operand) {
    auto found = known.find(operand);
    return found == known.end() ? nn::Numbers::finite : found->second;
  });
  nn::Numbers numbers = nn::inferNumbers(&op, operands);
  for (Value result : op.getResults())
    known[result] = numbers;
}

bool Reverse::mayNotBeFinite(Value value) const {
  auto found = known.find(value);
  return found != known.end() && (found->second & nn::Numbers::notFinite) != nn::Numbers::none;
}

void Reverse::finish(Operation *op, Value g, MutableArrayRef<Value> operandGradients) {
  nn::GradientBuilder b(builder, op->getLoc());
  // A rule holds where the op's numbers are finite. Elsewhere its answer may be 0 times infinity.
  bool isDoubtful =
      llvm::any_of(op->getOperands(), [&](Value x) { return mayNotBeFinite(x); }) || mayNotBeFinite(op->getResult(0));
  for (auto [operand, gradient] : llvm::zip(op->getOperands(), operandGradients)) {
    if (!gradient)
      continue;
    if (isDoubtful && mayNotBeFinite(gradient))
      gradient = b.where(b.compare(nn::Predicate::ne, g, b.number(g, 0)), gradient);
    gradient = b.sumTo(gradient, operand.getType());
  }
}

void Reverse::add(Value value, Value gradient, Location location) {
  assert(gradient.getType() == value.getType() && "a gradient has its value's type");
  Value &sum = gradients[value];
  sum = sum ? nn::AddOp::create(builder, location, sum, gradient).getY() : gradient;
}

LogicalResult Reverse::run() {
  if (!varied.contains(loss))
    return success();
  Value one = nn::makeSplat(builder, gradientLocation(loss.getLoc(), loss.getLoc()), loss.getType(), 1);
  gradients[loss] = one;
  SmallVector<Operation *> active;
  for (Operation &op : *loss.getParentBlock())
    if (llvm::any_of(op.getResults(), [&](Value result) { return isActive(result); }))
      active.push_back(&op);
  bool hasFailed = false;
  for (Operation *op : llvm::reverse(active))
    hasFailed |= failed(visit(op));
  return failure(hasFailed);
}

LogicalResult Reverse::visit(Operation *op) {
  llvm::BitVector needed(op->getNumOperands());
  for (OpOperand &operand : op->getOpOperands())
    needed[operand.getOperandNumber()] = isFloat(operand.get()) && varied.contains(operand.get());
  // A source itself, or an op whose results' gradients are all zero.
  if (needed.none() || llvm::none_of(op->getResults(), [&](Value result) { return gradients.lookup(result); }))
    return success();
  auto differentiable = dyn_cast<GradientOpInterface>(op);
  if (!differentiable)
    return op->emitError() << op->getName() << " has no gradient, and the loss depends on parameters through it";

  SmallVector<Value> resultGradients;
  for (Value result : op->getResults()) {
    Value gradient = gradients.lookup(result);
    if (!gradient) {
      gradient = nn::makeSplat(builder, op->getLoc(), result.getType(), 0);
      if (gradient.getType() != result.getType())
        gradient = nn::BroadcastOp::create(builder, op->getLoc(), result.getType(), gradient);
    }
    resultGradients.push_back(gradient);
  }

  // What the rule emits is named after the op's result, what it gives an operand after the operand.
  Block *block = builder.getInsertionBlock();
  Block::iterator end = builder.getInsertionPoint();
  Operation *before = end == block->begin() ? nullptr : &*std::prev(end);
  SmallVector<Value> operandGradients;
  if (failed(differentiable.buildGradient(builder, resultGradients, needed, operandGradients)))
    return failure();
  assert(operandGradients.size() == op->getNumOperands() && "one gradient, or null, for each operand");
  if (op->hasTrait<Pointwise>()) {
    for (auto it = before ? std::next(before->getIterator()) : block->begin(); it != end; ++it)
      learn(*it);
    finish(op, resultGradients.front(), operandGradients);
  }
  Location own = gradientLocation(op->getLoc(), op->getLoc());
  llvm::SmallPtrSet<Operation *, 8> made;
  for (auto it = before ? std::next(before->getIterator()) : block->begin(); it != end; ++it) {
    it->setLoc(own);
    made.insert(&*it);
  }
  for (auto [operand, gradient] : llvm::zip(op->getOperands(), operandGradients)) {
    if (!gradient)
      continue;
    Location location = gradientLocation(op->getLoc(), operand.getLoc());
    if (Operation *maker = gradient.getDefiningOp(); maker && made.contains(maker))
      maker->setLoc(location);
    add(operand, gradient, location);
  }
  return success();
}

/// Replaces nn.optimize by the gradients of all parameters of the module that are not frozen, and nn.update.
LogicalResult differentiateTraining(nn::OptimizeOp optimize) {
  // By path; one path may stand several times in the function.
  std::map<std::string, SmallVector<nn::ParameterOp>> parameters;
  SmallVector<Value> sources;
  optimize->getBlock()->walk([&](nn::ParameterOp parameter) {
    if (parameter.isFrozen())
      return;
    parameters[parameter.getPath().str()].push_back(parameter);
    sources.push_back(parameter.getY());
  });
  OpBuilder builder(optimize);
  Reverse reverse(builder, optimize.getLoss(), sources);
  if (failed(reverse.run()))
    return failure();

  bool hasFailed = false;
  auto unused = [&](nn::ParameterOp parameter) {
    parameter.emitError() << "the loss does not depend on the parameter \"" << parameter.getPath() << "\"";
    hasFailed = true;
  };
  for (auto &[path, declarations] : parameters) {
    Value sum;
    for (nn::ParameterOp parameter : declarations)
      if (Value gradient = reverse.getGradient(parameter.getY()))
        sum = sum ? nn::AddOp::create(builder, gradient.getLoc(), sum, gradient).getY() : gradient;
    if (!sum) {
      unused(declarations.front());
      continue;
    }
    Location location = gradientLocation(declarations.front().getLoc(), declarations.front().getLoc());
    nn::GradientOp::create(builder, location, path, sum);
  }
  // Those of the other functions, too, lie in the arena that the optimizer moves.
  llvm::StringSet<> reported;
  optimize->getParentOfType<ModuleOp>().walk([&](nn::ParameterOp parameter) {
    if (!parameter.isFrozen() && !parameters.count(parameter.getPath().str()) &&
        reported.insert(parameter.getPath()).second)
      unused(parameter);
  });
  if (hasFailed)
    return failure();

  auto update = nn::UpdateOp::create(builder, optimize.getLoc(), optimize.getNorm().getType(), optimize.getRate(),
                                     optimize.getUpdate(), optimize.getOptimizerAttr(), optimize.getClipNormAttr(),
                                     optimize.getClipValueAttr());
  optimize.replaceAllUsesWith(update.getNorm());
  optimize.erase();
  return success();
}

/// Adds to a function that returns one scalar the gradients of its float arguments as results.
LogicalResult differentiateArguments(func::FuncOp function) {
  auto terminator = cast<func::ReturnOp>(function.getBody().front().getTerminator());
  if (terminator.getNumOperands() != 1 || !isFloat(terminator.getOperand(0)) ||
      cast<RankedTensorType>(terminator.getOperand(0).getType()).getRank() != 0)
    return function.emitError() << "wrt-arguments needs a function that returns one scalar";
  SmallVector<Value> sources(llvm::make_filter_range(function.getArguments(), isFloat));
  OpBuilder builder(terminator);
  Reverse reverse(builder, terminator.getOperand(0), sources);
  if (failed(reverse.run()))
    return failure();
  SmallVector<Value> results(terminator.getOperands());
  for (Value source : sources) {
    Value gradient = reverse.getGradient(source);
    if (!gradient)
      gradient = nn::makeSplat(builder, source.getLoc(), source.getType(), 0);
    if (gradient.getType() != source.getType())
      gradient = nn::BroadcastOp::create(builder, source.getLoc(), source.getType(), gradient);
    results.push_back(gradient);
  }
  for (auto [i, result] : llvm::enumerate(ArrayRef(results).drop_front()))
    if (failed(function.insertResult(1 + i, result.getType(), {})))
      return failure();
  terminator->setOperands(results);
  return success();
}

struct Differentiate : impl::DifferentiateBase<Differentiate> {
  using DifferentiateBase::DifferentiateBase;

  void runOnOperation() override {
    SmallVector<nn::OptimizeOp> optimizes;
    getOperation().walk([&](nn::OptimizeOp op) { optimizes.push_back(op); });
    for (nn::OptimizeOp optimize : optimizes)
      if (failed(differentiateTraining(optimize)))
        return signalPassFailure();
    if (wrtArguments)
      for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
        if (!function.isExternal() && failed(differentiateArguments(function)))
          return signalPassFailure();
    getOperation().walk([](nn::StopGradientOp stop) {
      stop.replaceAllUsesWith(stop.getX());
      stop.erase();
    });
  }
};
} // namespace
} // namespace argent
