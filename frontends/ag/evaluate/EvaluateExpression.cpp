//===- EvaluateExpression.cpp - names, lists, indices, control ------------------------------===//
#include "frontends/ag/evaluate/Evaluator.h"

#include "frontends/ag/evaluate/Arithmetic.h"

using namespace argent::ag;
using llvm::StringRef;
using llvm::Twine;

Value Evaluator::evaluate(const Expr &expr) {
  if (!step(expr.range))
    return {};
  if (context.ranges.size() >= kMaxDepth) {
    context.aborted = true;
    return fail(expr.range, "evaluation nests too deeply");
  }
  PlaceScope place(context, expr.range);
  Value value = evaluateInner(expr);
  if (value.listDepth() > kMaxListDepth)
    return fail(expr.range, "lists can be nested at most " + Twine(kMaxListDepth) + " levels deep");
  return value;
}

Value Evaluator::evaluateInner(const Expr &expr) {
  switch (expr.kind) {
  case Expr::Kind::name:
    return names.lookUp(llvm::cast<NameExpr>(expr).name, expr.range);
  case Expr::Kind::integer:
    return Value::integer(llvm::cast<IntegerExpr>(expr).value);
  case Expr::Kind::floating:
    return Value::floating(llvm::cast<FloatExpr>(expr).value);
  case Expr::Kind::string:
    return evaluateString(llvm::cast<StringExpr>(expr));
  case Expr::Kind::boolean:
    return Value::boolean(llvm::cast<BooleanExpr>(expr).value);
  case Expr::Kind::none:
    return Value(None());
  case Expr::Kind::list: {
    std::vector<Value> values;
    if (!evaluateElements(llvm::cast<ListExpr>(expr).elements, values))
      return {};
    return Value::list(std::move(values));
  }
  case Expr::Kind::comprehension:
    return evaluateComprehension(llvm::cast<ComprehensionExpr>(expr));
  case Expr::Kind::call:
    return evaluateCall(llvm::cast<CallExpr>(expr), nullptr, expr.range);
  case Expr::Kind::index:
    return evaluateIndex(llvm::cast<IndexExpr>(expr));
  case Expr::Kind::pipe:
    return evaluatePipe(llvm::cast<PipeExpr>(expr));
  case Expr::Kind::unary:
    return evaluateUnary(llvm::cast<UnaryExpr>(expr));
  case Expr::Kind::binary:
    return evaluateBinary(llvm::cast<BinaryExpr>(expr));
  case Expr::Kind::conditional:
    return evaluateConditional(llvm::cast<ConditionalExpr>(expr));
  }
  return {};
}

Value Evaluator::evaluateCallee(const Expr &expr) {
  if (auto *name = llvm::dyn_cast<NameExpr>(&expr))
    return step(expr.range) ? names.lookUp(name->name, expr.range, /*isCalled=*/true) : Value();
  return evaluate(expr);
}

Value Evaluator::evaluateString(const StringExpr &expr) {
  std::string text;
  for (const StringExpr::Part &part : expr.parts) {
    if (!part.isName) {
      text += part.text;
      continue;
    }
    Value value = names.lookUp(part.text, part.range);
    if (value.failed())
      return {};
    if (value.isTensor() || value.isCallable())
      return fail(part.range, "`{" + part.text + "}` needs a compile-time value; found " + describe(value));
    text += toText(value);
    if (!step(expr.range, 1 + text.size() / 64))
      return {};
  }
  return Value::string(std::move(text));
}

bool Evaluator::evaluateElements(llvm::ArrayRef<Element> elements, std::vector<Value> &values) {
  bool good = true;
  for (const Element &element : elements) {
    Value value = evaluate(*element.value);
    if (value.failed()) {
      good = false;
    } else if (!element.spread) {
      values.push_back(std::move(value));
    } else if (value.isList()) {
      if (!step(element.value->range, value.asList().size()))
        return false;
      llvm::append_range(values, value.asList());
    } else {
      error(element.value->range, "`*` spreads a list; found " + describe(value));
      good = false;
    }
  }
  return good;
}

bool Evaluator::runClause(const ComprehensionExpr &expr, size_t index, std::vector<Value> &results) {
  if (index == expr.clauses.size()) {
    results.push_back(evaluate(*expr.element));
    return !results.back().failed();
  }
  const auto &clause = expr.clauses[index];
  Value sequence = evaluate(*clause.sequence);
  if (!sequence.isList()) {
    if (!sequence.failed())
      reportNoSequence(*clause.sequence, sequence);
    return false;
  }
  for (const Value &element : sequence.asList()) {
    if (!step(expr.range) || !bindPattern(clause.names, element, clause.sequence->range))
      return false;
    if (clause.condition) {
      auto chosen = condition(*clause.condition, evaluate(*clause.condition), "if");
      if (!chosen)
        return false;
      if (!*chosen)
        continue;
    }
    if (!runClause(expr, index + 1, results))
      return false;
  }
  return true;
}

/// The names of the clauses live in the comprehension only.
static void namesOf(llvm::ArrayRef<Pattern> patterns, std::set<std::string> &names) {
  for (const Pattern &pattern : patterns)
    if (pattern.parts.empty())
      names.insert(pattern.name.text);
    else
      namesOf(pattern.parts, names);
}

Value Evaluator::evaluateComprehension(const ComprehensionExpr &expr) {
  std::set<std::string> own;
  for (const auto &clause : expr.clauses)
    namesOf(clause.names, own);
  std::map<std::string, std::optional<Variable>> outside;
  for (const std::string &name : own) {
    Variable *variable = findVariable(name);
    outside[name] = variable ? std::optional<Variable>(*variable) : std::nullopt;
  }
  std::vector<Value> results;
  bool good = runClause(expr, 0, results);
  for (auto &[name, variable] : outside)
    if (variable)
      frame().variables[name] = std::move(*variable);
    else
      frame().variables.erase(name);
  return good ? Value::list(std::move(results)) : Value();
}

Value Evaluator::evaluateConditional(const ConditionalExpr &expr) {
  auto chosen = condition(*expr.condition, evaluate(*expr.condition), "if");
  if (!chosen)
    return {};
  return evaluate(*chosen ? *expr.whenTrue : *expr.whenFalse);
}

Value Evaluator::evaluateUnary(const UnaryExpr &expr) {
  return unary(tensors, expr.op, {evaluate(*expr.operand), expr.operand->range, expr.operand.get(), {}}, expr.range);
}

Value Evaluator::evaluateBinary(const BinaryExpr &expr) {
  Given left{evaluate(*expr.left), expr.left->range, expr.left.get(), {}};
  // `and` and `or` of compile-time values do not look at the right side if the left decides.
  if (left.value.is<bool>()) {
    bool known = left.value.get<bool>();
    if ((expr.op == Operator::logicalAnd && !known) || (expr.op == Operator::logicalOr && known))
      return left.value;
  }
  Given right{evaluate(*expr.right), expr.right->range, expr.right.get(), {}};
  return binary(tensors, expr.op, left, right, expr.range);
}

//===- Calls -----------------------------------------------------------------------------------===//

bool Evaluator::evaluateArguments(llvm::ArrayRef<Argument> written, const Value &callee,
                                  std::vector<Given> &arguments) {
  bool good = true;
  for (const Argument &argument : written) {
    Value value = evaluate(*argument.element.value);
    const Expr *expr = argument.element.value.get();
    if (value.failed()) {
      good = false;
    } else if (!argument.element.spread) {
      if (argument.name.text.empty() && !arguments.empty() && !arguments.back().name.text.empty()) {
        error(argument.range, "a positional argument cannot follow a named one");
        good = false;
      }
      arguments.push_back({std::move(value), expr->range, expr, argument.name});
    } else if (value.isList()) {
      for (const Value &element : value.asList())
        arguments.push_back({element, expr->range, nullptr, {}});
      // `normal(*S)` is a tensor even if S is empty.
      if (value.asList().empty() && callee.is<Definee>() && callee.get<Definee>().builtin &&
          callee.get<Definee>().builtin->hasRest)
        arguments.push_back({Value::list({}), expr->range, nullptr, {}});
    } else {
      error(expr->range, "`*` spreads a list; found " + describe(value));
      good = false;
    }
  }
  return good;
}

Value Evaluator::evaluateCall(const CallExpr &expr, const Given *first, Range range) {
  Value callee = evaluateCallee(*expr.callee);
  std::vector<Given> arguments;
  if (first)
    arguments.push_back(*first);
  bool good = evaluateArguments(expr.arguments, callee, arguments);
  if (!callee.failed() && !callee.isCallable()) {
    Report report = error(expr.callee->range, "only layers and operations can be called; found " + describe(callee));
    if (callee.isList())
      report.help("to apply layers one after the other write x |> first |> second");
    return {};
  }
  if (!good || callee.failed() || (first && first->value.failed()))
    return {};
  Value result = calls.call(callee, std::move(arguments), range);
  if (context.options.observer)
    context.options.observer->called(range, expr.callee->range, result);
  return result;
}

Value Evaluator::evaluatePipe(const PipeExpr &expr) {
  Given source{evaluate(*expr.source), expr.source->range, expr.source.get(), {}};
  const Expr &stage = *expr.stage;
  PlaceScope place(context, stage.range);
  if (auto *call = llvm::dyn_cast<CallExpr>(&stage); call && !call->parenthesized)
    return evaluateCall(*call, &source, stage.range);
  Value callee = evaluateCallee(stage);
  if (callee.failed() || source.value.failed())
    return {};
  if (!callee.isCallable())
    return fail(stage.range, "a pipe must lead into a layer or an operation; found " + describe(callee));
  Value result = calls.call(callee, {source}, stage.range);
  if (context.options.observer)
    context.options.observer->called(stage.range, stage.range, result);
  return result;
}

//===- Indices ---------------------------------------------------------------------------------===//

Value Evaluator::evaluateIndex(const IndexExpr &expr) {
  Value base = evaluate(*expr.base);
  if (base.failed())
    return {};
  if (base.isTensor())
    return indexTensor(base.asTensor(), expr);
  if (base.isList() || base.isString())
    return indexList(base, expr);
  Report report = error(expr.base->range, "only tensors, lists and strings can be indexed; found " + describe(base));
  if (base.isCallable())
    report.help("arguments are in parentheses: " + toText(base) + "(…)");
  return {};
}

std::optional<int64_t> Evaluator::readIndex(const ExprPtr &expr, int64_t otherwise, StringRef wanted) {
  if (!expr)
    return otherwise;
  Value value = evaluate(*expr);
  if (value.isInteger())
    return value.asInteger();
  if (!value.failed()) {
    Report report = error(expr->range, wanted + "; found " + describe(value));
    helpDivision(report, expr.get());
  }
  return std::nullopt;
}

std::optional<int64_t> Evaluator::readBound(const ExprPtr &expr, int64_t otherwise) {
  return readIndex(expr, otherwise, "the bounds and the step of a slice must be compile-time ints");
}

Value Evaluator::indexList(const Value &base, const IndexExpr &expr) {
  if (expr.subscripts.size() != 1)
    return fail(expr.range, "a list takes one index; found " + Twine(expr.subscripts.size()));
  const Subscript &subscript = expr.subscripts[0];
  std::vector<Value> characters;
  if (base.isString()) {
    if (!this->step(expr.range, base.asString().size()))
      return {};
    for (std::string &character : charactersOf(base.asString()))
      characters.push_back(Value::string(std::move(character)));
  }
  const std::vector<Value> &elements = base.isString() ? characters : base.asList();
  int64_t size = elements.size();
  if (subscript.kind == Subscript::Kind::ellipsis)
    return fail(subscript.range, "`...` is only allowed in an index of a tensor; this is a list");
  if (subscript.kind == Subscript::Kind::index) {
    auto index = readIndex(subscript.first, 0, "an index of a list must be a compile-time int");
    if (!index)
      return {};
    int64_t i = *index < 0 ? *index + size : *index;
    if (i < 0 || i >= size)
      return fail(subscript.range, "index " + Twine(*index) + " is out of range for a list of " + Twine(size));
    return elements[i];
  }
  auto step = readBound(subscript.step, 1);
  if (!step)
    return {};
  if (*step <= 0)
    return fail(subscript.step->range, "the step of a slice of a list must be at least 1; found " + Twine(*step));
  auto first = readBound(subscript.first, 0), last = readBound(subscript.last, size);
  if (!first || !last)
    return {};
  auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + size : i, 0, size); };
  int64_t begin = clamp(*first), end = clamp(*last);
  if (base.isString()) {
    std::string text;
    for (int64_t i = begin; i < end; i += std::min(*step, size))
      text += elements[i].asString();
    return Value::string(std::move(text));
  }
  if (!this->step(expr.range, end > begin ? end - begin : 0))
    return {};
  std::vector<Value> values;
  for (int64_t i = begin; i < end; i += std::min(*step, size))
    values.push_back(elements[i]);
  return Value::list(std::move(values));
}
