//===- Scans.cpp - loops over time -------------------------------------------------------------------------------===//
#include "frontends/ag/evaluate/Scans.h"

#include "frontends/ag/evaluate/Evaluator.h"
#include "frontends/ag/evaluate/Graph.h"
#include "frontends/ag/syntax/Printer.h"

#include "llvm/ADT/SetVector.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

namespace nn = argent::nn;

/// What is known before the body is evaluated.
struct Scans::Head {
  struct Source {
    const Scan::Source *written;
    mlir::Value tensor; // null: the number of the step
  };
  std::vector<Source> sources;
  std::vector<std::pair<const Scan::Carried *, Value>> carried; // and what they are at first
  int64_t steps = 0;
  const Expr *stepsFrom = nullptr; // what has said how many steps there are
  bool reverse = false;
  mlir::Value lengths; // null: all rows have all steps
};

Scans::Scans(Evaluator &evaluator) : Part(evaluator.context), evaluator_(evaluator), tensors_(evaluator.tensors) {}

//===----------------------------------------------------------------------===//
// Carried values: tensors, or lists of them
//===----------------------------------------------------------------------===//

/// The tensors of the value, in order.
static void flatten(const Value &value, llvm::SmallVectorImpl<mlir::Value> &tensors) {
  if (value.isList())
    for (const Value &element : value.asList())
      flatten(element, tensors);
  else
    tensors.push_back(value.asTensor());
}

/// The value with the next of `tensors` in the place of each of its own.
static Value rebuild(const Value &value, mlir::ValueRange &tensors) {
  if (!value.isList()) {
    mlir::Value first = tensors.front();
    tensors = tensors.drop_front();
    return Value(first);
  }
  std::vector<Value> elements;
  for (const Value &element : value.asList())
    elements.push_back(rebuild(element, tensors));
  return Value::list(std::move(elements));
}

static bool holdsOnlyTensors(const Value &value) {
  return value.isTensor() || (value.isList() && llvm::all_of(value.asList(), holdsOnlyTensors));
}

/// "f32[N, 5]", "(f32[N, 5], i32[N])".
static std::string describeTypes(const Value &value) {
  if (!value.isList())
    return value.isTensor() ? toText(value) : describe(value);
  std::string text = "(";
  for (const Value &element : value.asList())
    text += (text.size() > 1 ? ", " : "") + describeTypes(element);
  return text + ")";
}

static bool haveOneType(const Value &a, const Value &b) {
  if (a.isList() && b.isList())
    return a.asList().size() == b.asList().size() && llvm::all_of(llvm::zip(a.asList(), b.asList()), [](auto pair) {
             return haveOneType(std::get<0>(pair), std::get<1>(pair));
           });
  return a.isTensor() && b.isTensor() && a.asTensor().getType() == b.asTensor().getType();
}

//===----------------------------------------------------------------------===//
// The head
//===----------------------------------------------------------------------===//

bool Scans::readArguments(const Scan &scan, Head &head) {
  std::vector<Given> arguments;
  if (!evaluator_.evaluateArguments(scan.arguments, Value(), arguments))
    return false;
  bool good = true;
  for (const Given &given : arguments) {
    StringRef name = given.name.text;
    if (name == "reverse") {
      if (given.value.is<bool>()) {
        head.reverse = given.value.get<bool>();
        continue;
      }
      error(given.range, "`reverse` must be a bool; found " + describe(given.value));
    } else if (name == "lengths") {
      if (given.value.isNone())
        continue;
      mlir::Value lengths = given.value.isTensor() ? given.value.asTensor() : mlir::Value();
      if (lengths && elementOf(lengths).isInteger(32) && dimsOf(lengths) == Dims{Dim{1, true}}) {
        head.lengths = lengths;
        continue;
      }
      error(given.range, "`lengths` must be i32[N], the steps of each row; found " + describe(given.value));
    } else if (name.empty()) {
      error(given.range, "the arguments of `scan` have names: lengths=, reverse=");
    } else {
      error(given.name.range, "`scan` has no argument `" + name + "`").help("it has lengths and reverse");
    }
    good = false;
  }
  return good;
}

bool Scans::setSteps(int64_t steps, const Expr &source, Head &head) {
  if (!head.stepsFrom) {
    head.steps = steps;
    head.stepsFrom = &source;
    return true;
  }
  if (head.steps == steps)
    return true;
  error(source.range, "the sources of a scan must be equally long; found " + Twine(steps) + " steps")
      .note(head.stepsFrom->range, "this has " + Twine(head.steps));
  return false;
}

bool Scans::readSource(const Scan::Source &source, Head &head) {
  const Expr &expr = *source.sequence;
  Value value = evaluator_.evaluate(expr);
  if (value.failed())
    return false;
  if (value.isTensor()) {
    Dims dims = dimsOf(value.asTensor());
    if (dims.size() < 2 || dims[1].isOpen) {
      Report report = error(
          expr.range, dims.size() < 2
                          ? "a scan runs along dimension 1; found " + toText(value)
                          : "a scan runs along dimension 1, which cannot depend on the batch; found " + toText(value));
      if (dims.size() < 2)
        report.help("time is dimension 1, behind the batch: f32[N, T, D]");
      return false;
    }
    head.sources.push_back({&source, value.asTensor()});
    return setSteps(dims[1].size, expr, head);
  }
  // range(T): the numbers of the steps.
  bool isRange = value.isList() && !value.asList().empty();
  for (size_t i = 0; isRange && i != value.asList().size(); ++i)
    isRange = value.asList()[i].isInteger() && value.asList()[i].asInteger() == static_cast<int64_t>(i);
  if (!isRange) {
    Report report = error(expr.range, "a scan runs over tensors or range(T); found " + describe(value));
    if (value.isInteger())
      report.help("write range(" + textOf(expr) + ")");
    else if (value.isList())
      report.help("a loop over a list, at compile time, is `for`");
    return false;
  }
  head.sources.push_back({&source, {}});
  return setSteps(value.asList().size(), expr, head);
}

bool Scans::readCarried(const Scan::Carried &carried, Head &head) {
  Value value = evaluator_.evaluate(*carried.initial);
  if (value.failed())
    return false;
  if (!holdsOnlyTensors(value)) {
    Report report =
        error(carried.initial->range,
              "`" + carried.name.text + "` must be a tensor or a list of tensors; found " + describe(value));
    if (value.isInitializer())
      report.help("give its dimensions: zeros(N, K)");
    else if (value.isNumber())
      report.help("write full(N, K, value=" + textOf(*carried.initial) + ")");
    return false;
  }
  head.carried.push_back({&carried, std::move(value)});
  return true;
}

bool Scans::checkRows(const Head &head) {
  for (auto &[carried, value] : head.carried) {
    llvm::SmallVector<mlir::Value> tensors;
    flatten(value, tensors);
    for (mlir::Value tensor : tensors)
      if (dimsOf(tensor).empty() || dimsOf(tensor)[0] != Dim{1, true}) {
        error(carried->name.range,
              "with `lengths`, what is carried has a row for each of the batch; found " + toText(Value(tensor)));
        return false;
      }
  }
  return true;
}

bool Scans::readHead(const Scan &scan, Head &head) {
  bool good = readArguments(scan, head);
  for (const Scan::Source &source : scan.sources)
    good &= readSource(source, head);
  for (const Scan::Carried &carried : scan.carried)
    good &= readCarried(carried, head);
  if (good && head.lengths)
    good = tensors_.checkIndex(head.lengths, head.steps + 1, scan.range, "length", "`scan`") && checkRows(head);
  return good;
}

//===----------------------------------------------------------------------===//
// The body
//===----------------------------------------------------------------------===//

nn::ScanOp Scans::begin(const Scan &scan, const Head &head) {
  llvm::SmallVector<mlir::Value> sources, initial;
  for (const Head::Source &source : head.sources)
    if (source.tensor)
      sources.push_back(source.tensor);
  for (auto &[carried, value] : head.carried)
    flatten(value, initial);
  mlir::OpBuilder &builder = tensors_.builder;
  StringRef name = context.layerName();
  mlir::StringAttr layer = name.empty() ? mlir::StringAttr() : builder.getStringAttr(name);
  auto op = tensors_.create<nn::ScanOp>(
      "scan", mlir::TypeRange(), mlir::ValueRange(initial).getTypes(), layer, builder.getI64IntegerAttr(head.steps),
      head.reverse ? builder.getUnitAttr() : mlir::UnitAttr(), sources, initial, mlir::ValueRange());
  mlir::Block &body = op.getBody().emplaceBlock();
  body.addArgument(mlir::RankedTensorType::get({}, tensors_.i32()), op.getLoc());
  for (const Head::Source &source : head.sources)
    if (source.tensor)
      body.addArgument(nn::ScanOp::getStepType(source.tensor.getType()), tensors_.location(source.written->name.text));
  for (auto &[carried, value] : head.carried) {
    llvm::SmallVector<mlir::Value> tensors;
    flatten(value, tensors);
    for (mlir::Value tensor : tensors)
      body.addArgument(tensor.getType(), tensors_.location(carried->name.text));
  }
  return op;
}

mlir::Value Scans::untilLength(mlir::Value value, mlir::Value kept, const Head &head, nn::ScanOp op) {
  if (!head.lengths)
    return value;
  mlir::Value runs = tensors_.emit<nn::CompareOp>(nn::Predicate::lt, op.getStep(), head.lengths);
  Dims dims(dimsOf(value).size(), Dim{1});
  dims[0] = Dim{1, true};
  runs = tensors_.reshape(runs, dims);
  if (!kept)
    kept = tensors_.constant(0, elementOf(value));
  return tensors_.emit<nn::SelectOp>(runs, value, kept);
}

bool Scans::readNext(const Scan::Carried &carried, const Value &before, llvm::SmallVectorImpl<mlir::Value> &next) {
  const Variable &variable = *findVariable(carried.name.text);
  if (variable.value.failed())
    return false;
  if (!haveOneType(before, variable.value)) {
    error(variable.place(), "`" + carried.name.text + "` is carried as " + describeTypes(before) +
                                "; the step leaves it as " + describeTypes(variable.value))
        .note(carried.name.range, "it is carried from here");
    return false;
  }
  llvm::SmallVector<mlir::Value> tensors, old;
  flatten(variable.value, tensors);
  flatten(before, old);
  if (tensors == old)
    warning(carried.name.range, "`" + carried.name.text + "` is carried, but no step changes it");
  next.append(tensors);
  return true;
}

bool Scans::readYields(const Yield &yield, llvm::SmallVectorImpl<mlir::Value> &values) {
  bool good = true;
  for (const ExprPtr &expr : yield.values) {
    Value value = evaluator_.evaluate(*expr);
    if (value.failed() || !value.isTensor() || dimsOf(value.asTensor()).empty()) {
      if (!value.failed())
        error(expr->range, value.isTensor()
                               ? "a scalar cannot be yielded: time becomes dimension 1; found " + toText(value)
                               : "`yield` needs a tensor; found " + describe(value));
      good = false;
    } else {
      values.push_back(value.asTensor());
    }
  }
  return good;
}

std::vector<std::string> Scans::carryStates(nn::ScanOp op, const std::map<std::string, mlir::Value> &before,
                                            llvm::SmallVectorImpl<mlir::Value> &next) {
  std::vector<std::string> states;
  mlir::Block &body = op.getBody().front();
  mlir::OpBuilder::InsertionGuard guard(tensors_.builder);
  tensors_.builder.setInsertionPointToStart(&body);
  for (auto &[path, declared] : context.graph->declared) {
    auto assign = llvm::dyn_cast_or_null<nn::AssignOp>(declared.assign);
    if (!assign || assign->getBlock() != &body)
      continue;
    mlir::Value old;
    if (auto found = before.find(path); found != before.end())
      old = found->second;
    else // first met in the body
      for (auto state : body.getOps<nn::StateOp>())
        if (state.getPath() == path)
          old = state;
    mlir::Value inside = body.addArgument(declared.type, assign.getLoc());
    if (isFloat(declared.type.getElementType())) // no gradient flows through a state
      inside = tensors_.emit<nn::StopGradientOp>(inside);
    old.replaceUsesWithIf(
        inside, [&](mlir::OpOperand &use) { return op.getBody().isAncestor(use.getOwner()->getParentRegion()); });
    op.getInitialMutable().append(old);
    next.push_back(assign.getValue());
    assign.erase();
    declared.assign = nullptr;
    states.push_back(path);
  }
  return states;
}

bool Scans::runBody(const Scan &scan, Head &head, nn::ScanOp op, std::vector<std::string> &states) {
  std::map<std::string, mlir::Value> statesBefore;
  for (const auto &[path, declared] : context.graph->declared)
    statesBefore[path] = declared.value;
  mlir::OpBuilder::InsertionGuard guard(tensors_.builder);
  tensors_.builder.setInsertionPointToStart(&op.getBody().front());
  auto part = op.getSourceArguments().begin();
  for (const Head::Source &source : head.sources)
    bind(source.written->name, Value(mlir::Value(source.tensor ? *part++ : op.getStep())));
  llvm::SmallVector<mlir::Value> arguments(op.getCarriedArguments());
  mlir::ValueRange rest(arguments);
  std::vector<Value> before;
  for (auto &[carried, value] : head.carried) {
    before.push_back(rebuild(value, rest));
    bind(carried->name, before.back());
  }

  bool good = true;
  llvm::SmallVector<mlir::Value> next, yielded;
  for (const StatementPtr &statement : scan.body.statements) {
    if (context.aborted || frame().returned)
      return false;
    if (auto *yield = llvm::dyn_cast<Yield>(statement.get()))
      good &= readYields(*yield, yielded);
    else
      evaluator_.run(*statement);
  }
  for (auto [carried, old] : llvm::zip(head.carried, before))
    good &= readNext(*carried.first, old, next);
  if (!good)
    return false;
  states = carryStates(op, statesBefore, next);
  for (auto [value, argument] : llvm::zip(next, op.getCarriedArguments()))
    if (value != argument && !dimsOf(value).empty() && dimsOf(value)[0] == Dim{1, true})
      value = untilLength(value, argument, head, op);
  for (mlir::Value &value : yielded) {
    if (head.lengths && dimsOf(value)[0] != Dim{1, true})
      return error(scan.range,
                   "with `lengths`, what is yielded has a row for each of the batch; found " + toText(Value(value))),
             false;
    value = untilLength(value, {}, head, op);
  }
  nn::NextOp::create(tensors_.builder, op.getLoc(), next, yielded);
  return true;
}

nn::ScanOp Scans::finish(nn::ScanOp op, mlir::ValueRange next, mlir::ValueRange yielded) {
  mlir::Block &body = op.getBody().front();
  // Parameters and states are the graph's, not the step's.
  for (mlir::Operation &inner : llvm::make_early_inc_range(body))
    if (llvm::isa<nn::ParameterOp, nn::StateOp>(inner))
      inner.moveBefore(op);

  llvm::SetVector<mlir::Value> outer;
  body.walk([&](mlir::Operation *inner) {
    for (mlir::Value operand : inner->getOperands())
      if (!op.getBody().isAncestor(operand.getParentRegion()))
        outer.insert(operand);
  });
  mlir::OpBuilder builder = mlir::OpBuilder::atBlockBegin(&body);
  llvm::SmallVector<mlir::Value> captured;
  for (mlir::Value value : outer) {
    mlir::Value inside;
    if (mlir::Operation *maker = value.getDefiningOp(); maker && maker->hasTrait<mlir::OpTrait::ConstantLike>()) {
      inside = builder.clone(*maker)->getResult(0);
    } else {
      captured.push_back(value);
      inside = body.addArgument(value.getType(), value.getLoc());
    }
    value.replaceUsesWithIf(
        inside, [&](mlir::OpOperand &use) { return op.getBody().isAncestor(use.getOwner()->getParentRegion()); });
  }

  llvm::SmallVector<mlir::Type> stacked;
  for (mlir::Value value : yielded)
    stacked.push_back(nn::ScanOp::getStackedType(value.getType(), op.getSteps()));
  auto whole =
      tensors_.create<nn::ScanOp>("scan", stacked, op.getInitial().getTypes(), op.getLayerAttr(), op.getStepsAttr(),
                                  op.getReverseAttr(), op.getSources(), op.getInitial(), captured);
  whole.getBody().takeBody(op.getBody());
  op.erase();
  return whole;
}

void Scans::assignStates(llvm::ArrayRef<std::string> states, mlir::ValueRange last) {
  for (auto [path, value] : llvm::zip(states, last)) {
    Declared &state = context.graph->declared.at(path);
    state.assign =
        tensors_.create<nn::AssignOp>(state.declaration->name.text, tensors_.builder.getStringAttr(path), value);
    state.value = isFloat(elementOf(value)) ? tensors_.emit<nn::StopGradientOp>(value) : value;
    for (auto &[name, variable] : frame().variables)
      if (variable.statePath == path)
        variable.value = Value(state.value);
  }
}

Value Scans::run(const Scan &scan) {
  auto failed = [&] {
    for (const Scan::Carried &carried : scan.carried)
      bind(carried.name, {});
    return Value();
  };
  Head head;
  if (!readHead(scan, head))
    return failed();

  nn::ScanOp op = begin(scan, head);
  std::map<std::string, Variable> outside = frame().variables;
  std::vector<std::string> states; // paths of those that the body writes
  bool good = runBody(scan, head, op, states);
  // The body is a scope of its own; what it has used was used.
  for (auto &[name, variable] : frame().variables)
    if (auto found = outside.find(name); found != outside.end())
      found->second.used |= variable.used;
  frame().variables = std::move(outside);
  // What was declared in the body is still known: the op stays, in a graph that is never used.
  if (!good)
    return failed();
  nn::NextOp next = op.getNext();
  op = finish(op, next.getCarried(), next.getYielded());

  mlir::ValueRange last = op.getLast();
  for (auto &[carried, value] : head.carried)
    bind(carried->name, rebuild(value, last));
  assignStates(states, last);
  if (op.getStacked().empty())
    return Value(None());
  if (op.getStacked().size() == 1)
    return Value(op.getStacked().front());
  std::vector<Value> values;
  for (mlir::Value value : op.getStacked())
    values.push_back(Value(value));
  return Value::list(std::move(values));
}
