//===- Printer.cpp - a tree to text -----------------------------------------------===//
#include "frontends/ag/syntax/Printer.h"

#include "llvm/ADT/STLExtras.h"

using namespace argent::ag;
using llvm::cast;

namespace {

/// How tightly forms bind, as in the grammar: an operand that binds looser than its place asks for gets parentheses.
enum Level { kConditional, kOr, kAnd, kNot, kComparison, kSum, kProduct, kUnary, kPower, kPipe, kPostfix };

Level levelOf(Operator op) {
  switch (op) {
  case Operator::logicalOr:
    return kOr;
  case Operator::logicalAnd:
    return kAnd;
  case Operator::logicalNot:
    return kNot;
  case Operator::add:
  case Operator::subtract:
    return kSum;
  case Operator::multiply:
  case Operator::divide:
  case Operator::floorDivide:
  case Operator::remainder:
  case Operator::matmul:
    return kProduct;
  case Operator::negate:
    return kUnary;
  case Operator::power:
    return kPower;
  default:
    return kComparison;
  }
}

Level levelOf(const Expr &expr) {
  switch (expr.kind) {
  case Expr::Kind::conditional:
    return kConditional;
  case Expr::Kind::unary:
    return levelOf(cast<UnaryExpr>(expr).op);
  case Expr::Kind::binary:
    return levelOf(cast<BinaryExpr>(expr).op);
  case Expr::Kind::pipe:
    return kPipe;
  default:
    return kPostfix;
  }
}

class Printer {
public:
  explicit Printer(llvm::raw_ostream &out) : out(out) {}

  void file(const File &file);
  /// Prints for a place that asks for `level`. A pipe may stand bare only where an expression begins (rule G1).
  void expr(const Expr &e, Level level = kConditional, bool begins = true);
  void type(const TypeExpr &t);

private:
  template <typename Range, typename Print> void separated(const Range &range, Print print) {
    llvm::interleave(range, out, print, ", ");
  }
  void element(const Element &e) {
    out << (e.spread ? "*" : "");
    expr(*e.value);
  }
  void elements(const std::vector<Element> &list) {
    separated(list, [&](const Element &e) { element(e); });
  }
  void arguments(const std::vector<Argument> &list);
  void string(const StringExpr &e);
  void subscript(const Subscript &s);
  void pattern(const Pattern &p);
  void patterns(const std::vector<Pattern> &list) {
    separated(list, [&](const Pattern &p) { pattern(p); });
  }
  void expressions(const std::vector<ExprPtr> &list) {
    separated(list, [&](const ExprPtr &e) { expr(*e); });
  }
  void values(const Values &v);
  void scan(const Scan &s);
  void block(const Block &b);
  void statement(const Statement &s);
  void conditional(const If &s);
  void parameters(const std::vector<Parameter> &list);
  void outputs(const std::vector<Output> &list);
  void item(const Item &i);
  llvm::raw_ostream &line() { return out.indent(4 * depth); }

  llvm::raw_ostream &out;
  unsigned depth = 0;
};

void Printer::expr(const Expr &e, Level level, bool begins) {
  bool wrap = levelOf(e) < level || (e.kind == Expr::Kind::pipe && !begins);
  if (wrap) {
    out << '(';
    level = kConditional;
    begins = true;
  }
  switch (e.kind) {
  case Expr::Kind::name:
    out << cast<NameExpr>(e).name;
    break;
  case Expr::Kind::integer:
    out << cast<IntegerExpr>(e).value;
    break;
  case Expr::Kind::floating:
    out << cast<FloatExpr>(e).spelling;
    break;
  case Expr::Kind::string:
    string(cast<StringExpr>(e));
    break;
  case Expr::Kind::boolean:
    out << (cast<BooleanExpr>(e).value ? "true" : "false");
    break;
  case Expr::Kind::none:
    out << "none";
    break;
  case Expr::Kind::list: {
    auto &list = cast<ListExpr>(e);
    out << (list.inParentheses ? '(' : '[');
    elements(list.elements);
    if (list.inParentheses && list.elements.size() == 1)
      out << ',';
    out << (list.inParentheses ? ')' : ']');
    break;
  }
  case Expr::Kind::comprehension: {
    auto &c = cast<ComprehensionExpr>(e);
    out << '[';
    expr(*c.element);
    for (const auto &clause : c.clauses) {
      out << " for ";
      patterns(clause.names);
      out << " in ";
      expr(*clause.sequence);
      if (clause.condition) {
        out << " if ";
        expr(*clause.condition);
      }
    }
    out << ']';
    break;
  }
  case Expr::Kind::call: {
    auto &call = cast<CallExpr>(e);
    expr(*call.callee, kPostfix, false);
    arguments(call.arguments);
    break;
  }
  case Expr::Kind::index: {
    auto &index = cast<IndexExpr>(e);
    expr(*index.base, kPostfix, false);
    out << '[';
    separated(index.subscripts, [&](const Subscript &s) { subscript(s); });
    out << ']';
    break;
  }
  case Expr::Kind::pipe: {
    auto &pipe = cast<PipeExpr>(e);
    expr(*pipe.source, kPipe, begins);
    out << " |> ";
    expr(*pipe.stage, kPostfix, false);
    break;
  }
  case Expr::Kind::unary: {
    auto &unary = cast<UnaryExpr>(e);
    out << (unary.op == Operator::negate ? "-" : "not ");
    expr(*unary.operand, levelOf(unary.op), false);
    break;
  }
  case Expr::Kind::binary: {
    auto &binary = cast<BinaryExpr>(e);
    Level own = levelOf(binary.op);
    bool power = binary.op == Operator::power;
    // Comparisons do not chain; the exponent may be negative; else operators of one level group to the left.
    expr(*binary.left, power ? kPipe : own == kComparison ? kSum : own, begins);
    out << ' ' << spelling(binary.op) << ' ';
    expr(*binary.right, power ? kUnary : static_cast<Level>(own + 1), false);
    break;
  }
  case Expr::Kind::conditional: {
    auto &c = cast<ConditionalExpr>(e);
    out << "if ";
    expr(*c.condition);
    out << " then ";
    expr(*c.whenTrue);
    out << " else ";
    expr(*c.whenFalse);
    break;
  }
  }
  if (wrap)
    out << ')';
}

void Printer::string(const StringExpr &e) {
  out << '"';
  for (const StringExpr::Part &part : e.parts) {
    if (part.isName) {
      out << '{' << part.text << '}';
      continue;
    }
    for (char c : part.text)
      switch (c) {
      case '\n':
        out << "\\n";
        break;
      case '\t':
        out << "\\t";
        break;
      case '"':
      case '\\':
      case '{':
        out << '\\' << c;
        break;
      default:
        out << c;
      }
  }
  out << '"';
}

void Printer::subscript(const Subscript &s) {
  if (s.kind == Subscript::Kind::ellipsis) {
    out << "...";
    return;
  }
  if (s.first)
    expr(*s.first);
  if (s.kind == Subscript::Kind::index)
    return;
  out << (s.first ? " : " : ":");
  if (s.last)
    expr(*s.last);
  if (s.step) {
    out << " : ";
    expr(*s.step);
  }
}

void Printer::arguments(const std::vector<Argument> &list) {
  out << '(';
  separated(list, [&](const Argument &argument) {
    if (!argument.name.text.empty())
      out << argument.name.text << '=';
    element(argument.element);
  });
  out << ')';
}

void Printer::pattern(const Pattern &p) {
  if (p.parts.empty()) {
    out << p.name.text;
    return;
  }
  out << '(';
  patterns(p.parts);
  out << ')';
}

void Printer::type(const TypeExpr &t) {
  switch (t.kind) {
  case TypeExpr::Kind::named:
    out << t.name.text;
    if (t.hasBrackets) {
      out << '[';
      elements(t.elements);
      out << ']';
    }
    break;
  case TypeExpr::Kind::layer:
    out << "layer";
    break;
  case TypeExpr::Kind::none:
    out << "none";
    break;
  case TypeExpr::Kind::sequence:
    out << '(';
    separated(t.parts, [&](const TypeExpr &part) { type(part); });
    out << ')';
    break;
  case TypeExpr::Kind::alternatives:
    llvm::interleave(
        t.parts, out,
        [&](const TypeExpr &part) {
          bool nested = part.kind == TypeExpr::Kind::alternatives;
          out << (nested ? "(" : "");
          type(part);
          out << (nested ? ")" : "");
        },
        " | ");
  }
}

void Printer::block(const Block &b) {
  out << "{\n";
  ++depth;
  for (const StatementPtr &s : b.statements) {
    line();
    statement(*s);
    out << '\n';
  }
  --depth;
  line() << '}';
}

void Printer::values(const Values &v) {
  if (v.scan)
    scan(*v.scan);
  else
    expressions(v.values);
}

void Printer::scan(const Scan &s) {
  out << "scan";
  if (!s.arguments.empty())
    arguments(s.arguments);
  out << ' ';
  separated(s.sources, [&](const Scan::Source &source) {
    out << source.name.text << " in ";
    expr(*source.sequence);
  });
  if (!s.carried.empty()) {
    out << " carry ";
    separated(s.carried, [&](const Scan::Carried &carried) {
      out << carried.name.text << " = ";
      expr(*carried.initial);
    });
  }
  out << ' ';
  block(s.body);
}

void Printer::conditional(const If &s) {
  out << "if ";
  expr(*s.condition);
  out << ' ';
  block(s.whenTrue);
  if (!s.hasElse)
    return;
  out << " else ";
  if (s.elseIf)
    conditional(cast<If>(*s.whenFalse.statements.front()));
  else
    block(s.whenFalse);
}

void Printer::statement(const Statement &s) {
  switch (s.kind) {
  case Statement::Kind::binding: {
    auto &binding = cast<Binding>(s);
    separated(binding.targets, [&](const Target &target) {
      out << target.name.text;
      if (target.type) {
        out << ": ";
        type(*target.type);
      }
    });
    out << " = ";
    values(binding.values);
    break;
  }
  case Statement::Kind::store:
    out << cast<Store>(s).name.text << " := ";
    expr(*cast<Store>(s).value);
    break;
  case Statement::Kind::declaration: {
    auto &declaration = cast<Declaration>(s);
    out << (declaration.isState ? "state " : "param ") << declaration.name.text << ": ";
    type(declaration.type);
    out << " = ";
    expr(*declaration.initial);
    break;
  }
  case Statement::Kind::conditional:
    conditional(cast<If>(s));
    break;
  case Statement::Kind::loop: {
    auto &loop = cast<For>(s);
    out << "for ";
    patterns(loop.names);
    out << " in ";
    expr(*loop.sequence);
    out << ' ';
    block(loop.body);
    break;
  }
  case Statement::Kind::scan:
    scan(cast<ScanStatement>(s).scan);
    break;
  case Statement::Kind::result:
    out << "return ";
    values(cast<Return>(s).values);
    break;
  case Statement::Kind::yield:
    out << "yield ";
    expressions(cast<Yield>(s).values);
    break;
  case Statement::Kind::assertion:
    out << "assert ";
    expr(*cast<Assert>(s).condition);
    out << ", ";
    expr(*cast<Assert>(s).message);
    break;
  case Statement::Kind::metric:
    out << "metric " << cast<Metric>(s).name.text << " = ";
    expr(*cast<Metric>(s).value);
    break;
  case Statement::Kind::rule:
    out << "on ";
    expressions(cast<Rule>(s).patterns);
    out << ' ';
    block(cast<Rule>(s).body);
    break;
  }
}

void Printer::parameters(const std::vector<Parameter> &list) {
  out << '(';
  separated(list, [&](const Parameter &parameter) {
    out << parameter.name.text << ": ";
    type(parameter.type);
    if (!parameter.source.text.empty()) {
      out << " from " << parameter.source.text;
      arguments(parameter.sourceArguments);
    }
    if (parameter.initial) {
      out << " = ";
      expr(*parameter.initial);
    }
  });
  out << ')';
}

void Printer::outputs(const std::vector<Output> &list) {
  out << " -> (";
  separated(list, [&](const Output &output) {
    out << output.name.text << ": ";
    type(output.type);
  });
  out << ')';
}

void Printer::item(const Item &i) {
  if (auto *import = llvm::dyn_cast<Import>(&i)) {
    out << "import ";
    separated(import->names, [&](const Name &name) { out << name.text; });
    out << " from ";
    expr(*import->file);
    return;
  }
  if (auto *constant = llvm::dyn_cast<Constant>(&i)) {
    out << constant->name.text << " = ";
    expr(*constant->value);
    return;
  }
  auto &definition = cast<Definition>(i);
  static const char *const words[] = {"layer ", "model ", "train ", "entry "};
  out << words[static_cast<int>(i.kind) - static_cast<int>(Item::Kind::layer)] << definition.name.text;
  if (auto *entry = llvm::dyn_cast<Entry>(&i))
    out << '.' << entry->entry.text;
  parameters(definition.parameters);
  if (auto *layer = llvm::dyn_cast<Layer>(&i); layer && layer->result) {
    out << " -> ";
    type(*layer->result);
  }
  if (auto *model = llvm::dyn_cast<Model>(&i))
    outputs(model->outputs);
  if (auto *entry = llvm::dyn_cast<Entry>(&i))
    outputs(entry->outputs);
  out << ' ';
  block(definition.body);
}

void Printer::file(const File &file) {
  for (const auto &[index, i] : llvm::enumerate(file.items)) {
    bool afterBlock = index && llvm::isa<Definition>(*file.items[index - 1]);
    if (index && (afterBlock || llvm::isa<Definition>(*i)))
      out << '\n';
    item(*i);
    out << '\n';
  }
}

} // namespace

void argent::ag::print(const File &file, llvm::raw_ostream &out) { Printer(out).file(file); }
void argent::ag::print(const Expr &expr, llvm::raw_ostream &out) { Printer(out).expr(expr); }
void argent::ag::print(const TypeExpr &type, llvm::raw_ostream &out) { Printer(out).type(type); }

template <typename T> static std::string printed(const T &tree) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  print(tree, stream);
  return text;
}
std::string argent::ag::textOf(const Expr &expr) { return printed(expr); }
std::string argent::ag::textOf(const TypeExpr &type) { return printed(type); }
