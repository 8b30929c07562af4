//===- Ast.cpp - comparison of trees -------------------------------------------===//
#include "frontends/ag/syntax/Ast.h"

#include "llvm/ADT/StringRef.h"

llvm::StringRef argent::ag::spelling(Operator op) {
  static const char *const kNames[] = {
      "or", "and", "not", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "//", "%", "@", "-", "**"};
  return kNames[static_cast<int>(op)];
}

namespace argent::ag {

using llvm::cast;

template <typename T> static bool same(const std::vector<T> &a, const std::vector<T> &b);
template <typename T> static bool same(const std::optional<T> &a, const std::optional<T> &b) {
  return a.has_value() == b.has_value() && (!a || same(*a, *b));
}
template <typename T> static bool same(const std::unique_ptr<T> &a, const std::unique_ptr<T> &b) {
  return !a == !b && (!a || same(*a, *b));
}

static bool same(const Name &a, const Name &b) { return a.text == b.text; }
static bool same(const Expr &a, const Expr &b);
static bool same(const Statement &a, const Statement &b);
static bool same(const Element &a, const Element &b) { return a.spread == b.spread && same(a.value, b.value); }
static bool same(const Argument &a, const Argument &b) { return same(a.name, b.name) && same(a.element, b.element); }
static bool same(const Pattern &a, const Pattern &b) { return same(a.name, b.name) && same(a.parts, b.parts); }
static bool same(const StringExpr::Part &a, const StringExpr::Part &b) {
  return a.isName == b.isName && a.text == b.text;
}
static bool same(const ComprehensionExpr::Clause &a, const ComprehensionExpr::Clause &b) {
  return same(a.names, b.names) && same(a.sequence, b.sequence) && same(a.condition, b.condition);
}
static bool same(const Subscript &a, const Subscript &b) {
  return a.kind == b.kind && same(a.first, b.first) && same(a.last, b.last) && same(a.step, b.step);
}
static bool same(const TypeExpr &a, const TypeExpr &b) {
  return a.kind == b.kind && same(a.name, b.name) && a.hasBrackets == b.hasBrackets && same(a.elements, b.elements) &&
         same(a.parts, b.parts);
}
static bool same(const Block &a, const Block &b) { return same(a.statements, b.statements); }
static bool same(const Scan::Source &a, const Scan::Source &b) {
  return same(a.name, b.name) && same(a.sequence, b.sequence);
}
static bool same(const Scan::Carried &a, const Scan::Carried &b) {
  return same(a.name, b.name) && same(a.initial, b.initial);
}
static bool same(const Scan &a, const Scan &b) {
  return same(a.arguments, b.arguments) && same(a.sources, b.sources) && same(a.carried, b.carried) &&
         same(a.body, b.body);
}
static bool same(const Values &a, const Values &b) { return same(a.values, b.values) && same(a.scan, b.scan); }
static bool same(const Target &a, const Target &b) { return same(a.name, b.name) && same(a.type, b.type); }
static bool same(const Parameter &a, const Parameter &b) {
  return same(a.name, b.name) && same(a.type, b.type) && same(a.source, b.source) &&
         same(a.sourceArguments, b.sourceArguments) && same(a.initial, b.initial);
}
static bool same(const Output &a, const Output &b) { return same(a.name, b.name) && same(a.type, b.type); }

template <typename T> static bool same(const std::vector<T> &a, const std::vector<T> &b) {
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i != a.size(); ++i)
    if (!same(a[i], b[i]))
      return false;
  return true;
}

static bool same(const Expr &a, const Expr &b) {
  if (a.kind != b.kind)
    return false;
  switch (a.kind) {
  case Expr::Kind::name:
    return cast<NameExpr>(a).name == cast<NameExpr>(b).name;
  case Expr::Kind::integer:
    return cast<IntegerExpr>(a).value == cast<IntegerExpr>(b).value;
  case Expr::Kind::floating:
    return cast<FloatExpr>(a).value == cast<FloatExpr>(b).value;
  case Expr::Kind::string:
    return same(cast<StringExpr>(a).parts, cast<StringExpr>(b).parts);
  case Expr::Kind::boolean:
    return cast<BooleanExpr>(a).value == cast<BooleanExpr>(b).value;
  case Expr::Kind::none:
    return true;
  case Expr::Kind::list:
    return same(cast<ListExpr>(a).elements, cast<ListExpr>(b).elements);
  case Expr::Kind::comprehension: {
    auto &x = cast<ComprehensionExpr>(a), &y = cast<ComprehensionExpr>(b);
    return same(x.element, y.element) && same(x.clauses, y.clauses);
  }
  case Expr::Kind::call: {
    auto &x = cast<CallExpr>(a), &y = cast<CallExpr>(b);
    return same(x.callee, y.callee) && same(x.arguments, y.arguments);
  }
  case Expr::Kind::index: {
    auto &x = cast<IndexExpr>(a), &y = cast<IndexExpr>(b);
    return same(x.base, y.base) && same(x.subscripts, y.subscripts);
  }
  case Expr::Kind::pipe: {
    auto &x = cast<PipeExpr>(a), &y = cast<PipeExpr>(b);
    return same(x.source, y.source) && same(x.stage, y.stage);
  }
  case Expr::Kind::unary: {
    auto &x = cast<UnaryExpr>(a), &y = cast<UnaryExpr>(b);
    return x.op == y.op && same(x.operand, y.operand);
  }
  case Expr::Kind::binary: {
    auto &x = cast<BinaryExpr>(a), &y = cast<BinaryExpr>(b);
    return x.op == y.op && same(x.left, y.left) && same(x.right, y.right);
  }
  case Expr::Kind::conditional: {
    auto &x = cast<ConditionalExpr>(a), &y = cast<ConditionalExpr>(b);
    return same(x.condition, y.condition) && same(x.whenTrue, y.whenTrue) && same(x.whenFalse, y.whenFalse);
  }
  }
  return false;
}

static bool same(const Statement &a, const Statement &b) {
  if (a.kind != b.kind)
    return false;
  switch (a.kind) {
  case Statement::Kind::binding: {
    auto &x = cast<Binding>(a), &y = cast<Binding>(b);
    return same(x.targets, y.targets) && same(x.values, y.values);
  }
  case Statement::Kind::store: {
    auto &x = cast<Store>(a), &y = cast<Store>(b);
    return same(x.name, y.name) && same(x.value, y.value);
  }
  case Statement::Kind::declaration: {
    auto &x = cast<Declaration>(a), &y = cast<Declaration>(b);
    return x.isState == y.isState && same(x.name, y.name) && same(x.type, y.type) && same(x.initial, y.initial);
  }
  case Statement::Kind::conditional: {
    auto &x = cast<If>(a), &y = cast<If>(b);
    return same(x.condition, y.condition) && same(x.whenTrue, y.whenTrue) && x.hasElse == y.hasElse &&
           x.elseIf == y.elseIf && same(x.whenFalse, y.whenFalse);
  }
  case Statement::Kind::loop: {
    auto &x = cast<For>(a), &y = cast<For>(b);
    return same(x.names, y.names) && same(x.sequence, y.sequence) && same(x.body, y.body);
  }
  case Statement::Kind::scan:
    return same(cast<ScanStatement>(a).scan, cast<ScanStatement>(b).scan);
  case Statement::Kind::result:
    return same(cast<Return>(a).values, cast<Return>(b).values);
  case Statement::Kind::yield:
    return same(cast<Yield>(a).values, cast<Yield>(b).values);
  case Statement::Kind::assertion: {
    auto &x = cast<Assert>(a), &y = cast<Assert>(b);
    return same(x.condition, y.condition) && same(x.message, y.message);
  }
  case Statement::Kind::metric: {
    auto &x = cast<Metric>(a), &y = cast<Metric>(b);
    return same(x.name, y.name) && same(x.value, y.value);
  }
  case Statement::Kind::rule: {
    auto &x = cast<Rule>(a), &y = cast<Rule>(b);
    return same(x.patterns, y.patterns) && same(x.body, y.body);
  }
  }
  return false;
}

static bool same(const Item &a, const Item &b) {
  if (a.kind != b.kind)
    return false;
  if (auto *x = llvm::dyn_cast<Import>(&a)) {
    auto &y = cast<Import>(b);
    return same(x->names, y.names) && same(x->file, y.file);
  }
  if (auto *x = llvm::dyn_cast<Constant>(&a)) {
    auto &y = cast<Constant>(b);
    return same(x->name, y.name) && same(x->value, y.value);
  }
  auto &x = cast<Definition>(a), &y = cast<Definition>(b);
  if (!same(x.name, y.name) || !same(x.parameters, y.parameters) || !same(x.body, y.body))
    return false;
  if (auto *layer = llvm::dyn_cast<Layer>(&a))
    return same(layer->result, cast<Layer>(b).result);
  if (auto *model = llvm::dyn_cast<Model>(&a))
    return same(model->outputs, cast<Model>(b).outputs);
  if (auto *entry = llvm::dyn_cast<Entry>(&a))
    return same(entry->entry, cast<Entry>(b).entry) && same(entry->outputs, cast<Entry>(b).outputs);
  return true;
}

bool sameTree(const File &a, const File &b) { return same(a.items, b.items); }

} // namespace argent::ag
