//===- EvaluateStatement.cpp - bodies -----------------------------------------------------===//
#include "frontends/ag/evaluate/Evaluator.h"

#include "frontends/ag/evaluate/TrainBlock.h"
#include "frontends/ag/syntax/Printer.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

Evaluator::Evaluator(Context &context)
    : Part(context), files(context, types), names(context, files, *this), types(context, tensors, *this),
      tensors(context, files), instances(context), calls(*this), parameters(*this), scans(*this) {}

void Evaluator::run(const Block &block) {
  for (const StatementPtr &statement : block.statements) {
    if (frame().returned || context.aborted)
      return;
    run(*statement);
  }
}

void Evaluator::run(const Statement &statement) {
  if (!step(statement.range))
    return;
  PlaceScope place(context, statement.range);
  switch (statement.kind) {
  case Statement::Kind::binding:
    run(llvm::cast<Binding>(statement));
    break;
  case Statement::Kind::store:
    parameters.run(llvm::cast<Store>(statement));
    break;
  case Statement::Kind::declaration:
    parameters.run(llvm::cast<Declaration>(statement));
    break;
  case Statement::Kind::conditional:
    run(llvm::cast<If>(statement));
    break;
  case Statement::Kind::loop:
    run(llvm::cast<For>(statement));
    break;
  case Statement::Kind::result:
    run(llvm::cast<Return>(statement));
    break;
  case Statement::Kind::assertion:
    run(llvm::cast<Assert>(statement));
    break;
  case Statement::Kind::scan:
    scans.run(llvm::cast<ScanStatement>(statement).scan);
    break;
  case Statement::Kind::rule:
    frame().train->run(llvm::cast<Rule>(statement));
    break;
  case Statement::Kind::metric:
    frame().train->run(llvm::cast<Metric>(statement));
    break;
  case Statement::Kind::yield: // only in a scan
    break;
  }
}

/// A tensor that has no name yet takes the one it is bound to.
void Evaluator::nameTensor(const Value &value, StringRef name) {
  if (!value.isTensor() || name == "_")
    return;
  mlir::Operation *op = value.asTensor().getDefiningOp();
  if (!op)
    return;
  std::string full = (frame().naming ? frame().naming->prefix : "") + name.str();
  mlir::Location place = op->getLoc();
  if (auto named = llvm::dyn_cast<mlir::NameLoc>(place))
    place = named.getChildLoc();
  op->setLoc(mlir::NameLoc::get(tensors.builder.getStringAttr(full), place));
}

bool Evaluator::evaluateValues(const Values &values, std::vector<Value> &results, std::vector<const Expr *> &exprs,
                               std::vector<Range> &ranges) {
  if (values.scan) {
    Value yielded = scans.run(*values.scan);
    if (yielded.isNone())
      error(values.scan->range, "this scan yields nothing")
          .help("end its body with `yield`, or write it as a statement of its own");
    if (yielded.isNone() || yielded.failed())
      return false;
    results = yielded.isList() ? yielded.asList() : std::vector<Value>{yielded};
    exprs.assign(results.size(), nullptr);
    ranges.assign(results.size(), values.scan->range);
    return true;
  }
  for (const ExprPtr &expr : values.values) {
    results.push_back(evaluate(*expr));
    exprs.push_back(expr.get());
    ranges.push_back(expr->range);
  }
  return true;
}

void Evaluator::run(const Binding &statement) {
  std::vector<Value> values;
  std::vector<const Expr *> exprs;
  std::vector<Range> ranges;
  size_t count = statement.targets.size();
  bool good = evaluateValues(statement.values, values, exprs, ranges);
  if (good && count > 1 && values.size() == 1) {
    // One sequence for several targets.
    Value whole = values[0];
    values.clear();
    if (whole.isList() && whole.asList().size() == count) {
      values = whole.asList();
    } else {
      if (!whole.failed())
        error(ranges[0], "expected " + Twine(count) + " values; found " +
                             (whole.isList() ? Twine(whole.asList().size()) : Twine(describe(whole))));
      good = false;
    }
    exprs.assign(count, nullptr);
    ranges.assign(count, ranges[0]);
  } else if (good && count == 1 && values.size() > 1) {
    values = {Value::list(std::move(values))};
    exprs.assign(1, nullptr);
    ranges.assign(1, Range(ranges.front().Start, ranges.back().End));
  } else if (good && values.size() != count) {
    error(Range(ranges.front().Start, ranges.back().End),
          "expected " + Twine(count) + " values; found " + Twine(values.size()));
    good = false;
  }
  for (size_t i = 0; i != count; ++i) {
    const Target &target = statement.targets[i];
    Value value = good ? values[i] : Value();
    if (target.type && !value.failed())
      value = types.checkResult(value, *target.type, ranges[i], "`" + target.name.text + "`");
    if (frame().train)
      frame().train->checkTarget(target.name);
    instances.nameAfter(value, target.name.text);
    nameTensor(value, target.name.text);
    bind(target.name, value, good ? exprs[i] : nullptr);
  }
}

/// Binds the names that a block would bind, so that they stay silent.
void Evaluator::failNamesOf(const Block &block) {
  for (const StatementPtr &statement : block.statements) {
    if (auto *binding = llvm::dyn_cast<Binding>(statement.get())) {
      for (const Target &target : binding->targets)
        bind(target.name, {});
    } else if (auto *declaration = llvm::dyn_cast<Declaration>(statement.get())) {
      bind(declaration->name, {});
    } else if (auto *inner = llvm::dyn_cast<If>(statement.get())) {
      failNamesOf(inner->whenTrue);
      failNamesOf(inner->whenFalse);
    } else if (auto *loop = llvm::dyn_cast<For>(statement.get())) {
      failNamesOf(loop->body);
    }
  }
}

std::optional<bool> Evaluator::condition(const Expr &expr, const Value &value, StringRef word, const If *statement) {
  if (value.failed())
    return std::nullopt;
  if (value.is<bool>())
    return value.get<bool>();
  if (value.isTensor()) {
    Report report =
        error(expr.range, "`" + word + "` is decided at compile time; its condition is a tensor, " + toText(value));
    // What the statement chooses between, as an expression.
    if (statement && statement->whenTrue.statements.size() == 1) {
      auto *binding = llvm::dyn_cast<Binding>(statement->whenTrue.statements[0].get());
      if (binding && binding->targets.size() == 1 && binding->values.values.size() == 1) {
        const std::string &name = binding->targets[0].name.text;
        std::string otherwise = name;
        if (Variable *old = findVariable(name); old && old->expr && llvm::isa<NameExpr>(old->expr))
          otherwise = textOf(*old->expr);
        if (statement->hasElse && statement->whenFalse.statements.size() == 1)
          if (auto *other = llvm::dyn_cast<Binding>(statement->whenFalse.statements[0].get());
              other && other->values.values.size() == 1)
            otherwise = textOf(*other->values.values[0]);
        if (!findVariable(name) && otherwise == name)
          otherwise = "…";
        report.help("write " + name + " = where(" + textOf(expr) + ", " + textOf(*binding->values.values[0]) + ", " +
                    otherwise + ")");
        return std::nullopt;
      }
    }
    report.help("write where(" + textOf(expr) + ", …, …)");
    return std::nullopt;
  }
  Report report = error(expr.range, "`" + word + "` needs a bool; found " + describe(value));
  std::string text = textOf(expr);
  if (text.size() > 40)
    return std::nullopt;
  if (value.isNumber())
    report.help("write " + text + " != 0");
  else if (value.isNone() || value.isInitializer() || value.isCallable())
    report.help("write " + text + " != none");
  else if (value.isList() || value.isString())
    report.help("write len(" + text + ") > 0");
  return std::nullopt;
}

void Evaluator::run(const If &statement) {
  std::optional<bool> chosen = condition(*statement.condition, evaluate(*statement.condition), "if", &statement);
  if (!chosen) {
    failNamesOf(statement.whenTrue);
    failNamesOf(statement.whenFalse);
  } else {
    run(*chosen ? statement.whenTrue : statement.whenFalse);
  }
}

bool Evaluator::bindPattern(llvm::ArrayRef<Pattern> patterns, const Value &value, Range range) {
  auto bindOne = [&](const Pattern &pattern, const Value &part) {
    if (pattern.parts.empty()) {
      bind(pattern.name, part);
      return true;
    }
    return bindPattern(pattern.parts, part, range);
  };
  if (patterns.size() == 1)
    return bindOne(patterns[0], value);
  if (!value.isList() || value.asList().size() != patterns.size()) {
    if (!value.failed())
      error(range, "expected " + Twine(patterns.size()) + " values in each turn of `for`; found " + describe(value));
    for (const Pattern &pattern : patterns)
      if (pattern.parts.empty())
        bind(pattern.name, {});
    return false;
  }
  for (auto [pattern, part] : llvm::zip(patterns, value.asList()))
    if (!bindOne(pattern, part))
      return false;
  return true;
}

/// Says that `for` cannot run over the value.
void Evaluator::reportNoSequence(const Expr &expr, const Value &value) {
  Report report = error(expr.range, "`for` runs over a list; found " + describe(value));
  if (value.isInteger())
    report.help("write range(" + textOf(expr) + ")");
  else if (value.isTensor())
    report.help("a loop over the steps of a tensor is `scan`");
}

void Evaluator::run(const For &statement) {
  Value sequence = evaluate(*statement.sequence);
  if (!sequence.isList()) {
    if (!sequence.failed())
      reportNoSequence(*statement.sequence, sequence);
    failNamesOf(statement.body);
    return;
  }
  for (const Value &element : sequence.asList()) {
    if (!step(statement.range) || frame().returned)
      return;
    if (!bindPattern(statement.names, element, statement.sequence->range)) {
      failNamesOf(statement.body);
      return;
    }
    run(statement.body);
  }
}

void Evaluator::run(const Return &statement) {
  if (!frame().definition || !llvm::isa<Layer>(*frame().definition)) {
    Report report = error(statement.range, "only layers have `return`");
    if (auto *model = llvm::dyn_cast_or_null<Model>(frame().definition); model && !frame().train && !frame().entry) {
      if (model->outputs.size() == 1 && statement.values.values.size() == 1)
        report.help("a model binds its outputs by name: " + model->outputs[0].name.text + " = " +
                    textOf(*statement.values.values[0]));
      else
        report.help("a model binds its outputs by name");
      for (const Output &output : model->outputs)
        bind(output.name, {}); // stay silent
    }
    return;
  }
  std::vector<const Expr *> exprs;
  frame().results.clear();
  frame().resultRanges.clear();
  if (!evaluateValues(statement.values, frame().results, exprs, frame().resultRanges)) {
    frame().results = {Value()};
    frame().resultRanges = {statement.range};
  }
  frame().returned = true;
}

void Evaluator::run(const Assert &statement) {
  Value value = evaluate(*statement.condition);
  std::optional<bool> holds = condition(*statement.condition, value, "assert");
  if (!holds || *holds)
    return;
  Value message = evaluate(*statement.message);
  if (message.failed())
    return;
  std::string text = message.isString() ? message.asString() : toText(message);
  // What broke it is the call.
  Range at = frame().callRange.isValid() ? frame().callRange : statement.condition->range;
  bool isOwn = !context.isInLibrary(statement.range);
  auto report = [&] { error(at, (isOwn ? "assertion failed: " : "") + text); };
  if (frame().callRange.isValid() && context.depth() > 1)
    context.outside(report);
  else
    report();
  // The rest of the body would complain about the same.
  frame().returned = true;
  frame().results = {Value()};
  frame().resultRanges = {statement.range};
}
