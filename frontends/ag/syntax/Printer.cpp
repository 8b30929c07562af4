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
  explicit Printer(llvm::raw_ostream &out) : out_(out) {}

  void file(const File &file);
  /// Prints for a place that asks for `level`. A pipe may stand bare only where an expression begins (rule G1).
  void expr(const Expr &e, Level level = kConditional, bool begins = true);
  void type(const TypeExpr &t);

private:
  template <typename Range, typename Print> void separated(const Range &range, Print print) {
    llvm::interleave(range, out_, print, ", ");
  }
  void element(const Element &e) {
    out_ << (e.spread ? "*" : "");
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
  llvm::raw_ostream &line() { return out_.indent(4 * depth_); }

  llvm::raw_ostream &out_;
  unsigned depth_ = 0;
};

void Printer::expr(const Expr &e, Level level, bool begins) {
  bool wrap = levelOf(e) < level || (e.kind == Expr::Kind::pipe && !begins);
  if (wrap) {
    out_ << '(';
    level = kConditional;
    begins = true;
  }
  switch (e.kind) {
  case Expr::Kind::name:
    out_ << cast<NameExpr>(e).name;
    break;
  case Expr::Kind::integer:
    out_ << cast<IntegerExpr>(e).value;
    break;
  case Expr::Kind::floating:
    out_ << cast<FloatExpr>(e).spelling;
    break;
  case Expr::Kind::string:
    string(cast<StringExpr>(e));
    break;
  case Expr::Kind::boolean:
    out_ << (cast<BooleanExpr>(e).value ? "true" : "false");
    break;
  case Expr::Kind::none:
    out_ << "none";
    break;
  case Expr::Kind::list: {
    auto &list = cast<ListExpr>(e);
    out_ << (list.inParentheses ? '(' : '[');
    elements(list.elements);
    if (list.inParentheses && list.elements.size() == 1)
      out_ << ',';
    out_ << (list.inParentheses ? ')' : ']');
    break;
  }
  case Expr::Kind::comprehension: {
    auto &c = cast<ComprehensionExpr>(e);
    out_ << '[';
    expr(*c.element);
    for (const auto &clause : c.clauses) {
      out_ << " for ";
      patterns(clause.names);
      out_ << " in ";
      expr(*clause.sequence);
      if (clause.condition) {
        out_ << " if ";
        expr(*clause.condition);
      }
    }
    out_ << ']';
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
    out_ << '[';
    separated(index.subscripts, [&](const Subscript &s) { subscript(s); });
    out_ << ']';
    break;
  }
  case Expr::Kind::pipe: {
    auto &pipe = cast<PipeExpr>(e);
    expr(*pipe.source, kPipe, begins);
    out_ << " |> ";
    expr(*pipe.stage, kPostfix, false);
    break;
  }
  case Expr::Kind::unary: {
    auto &unary = cast<UnaryExpr>(e);
    out_ << (unary.op == Operator::negate ? "-" : "not ");
    expr(*unary.operand, levelOf(unary.op), false);
    break;
  }
  case Expr::Kind::binary: {
    auto &binary = cast<BinaryExpr>(e);
    Level own = levelOf(binary.op);
    bool power = binary.op == Operator::power;
    // Comparisons do not chain; the exponent may be negative; else operators of one level group to the left.
    expr(*binary.left, power ? kPipe : own == kComparison ? kSum : own, begins);
    out_ << ' ' << spelling(binary.op) << ' ';
    expr(*binary.right, power ? kUnary : static_cast<Level>(own + 1), false);
    break;
  }
  case Expr::Kind::conditional: {
    auto &c = cast<ConditionalExpr>(e);
    out_ << "if ";
    expr(*c.condition);
    out_ << " then ";
    expr(*c.whenTrue);
    out_ << " else ";
    expr(*c.whenFalse);
    break;
  }
  }
  if (wrap)
    out_ << ')';
}

void Printer::string(const StringExpr &e) {
  out_ << '"';
  for (const StringExpr::Part &part : e.parts) {
    if (part.isName) {
      out_ << '{' << part.text << '}';
      continue;
    }
    for (char c : part.text)
      switch (c) {
      case '\n':
        out_ << "\\n";
        break;
      case '\t':
        out_ << "\\t";
        break;
      case '"':
      case '\\':
      case '{':
        out_ << '\\' << c;
        break;
      default:
        out_ << c;
      }
  }
  out_ << '"';
}

void Printer::subscript(const Subscript &s) {
  if (s.kind == Subscript::Kind::ellipsis) {
    out_ << "...";
    return;
  }
  if (s.first)
    expr(*s.first);
  if (s.kind == Subscript::Kind::index)
    return;
  out_ << (s.first ? " : " : ":");
  if (s.last)
    expr(*s.last);
  if (s.step) {
    out_ << " : ";
    expr(*s.step);
  }
}

void Printer::arguments(const std::vector<Argument> &list) {
  out_ << '(';
  separated(list, [&](const Argument &argument) {
    if (!argument.name.text.empty())
      out_ << argument.name.text << '=';
    element(argument.element);
  });
  out_ << ')';
}

void Printer::pattern(const Pattern &p) {
  if (p.parts.empty()) {
    out_ << p.name.text;
    return;
  }
  out_ << '(';
  patterns(p.parts);
  out_ << ')';
}

void Printer::type(const TypeExpr &t) {
  switch (t.kind) {
  case TypeExpr::Kind::named:
    out_ << t.name.text;
    if (t.hasBrackets) {
      out_ << '[';
      elements(t.elements);
      out_ << ']';
    }
    break;
  case TypeExpr::Kind::layer:
    out_ << "layer";
    break;
  case TypeExpr::Kind::none:
    out_ << "none";
    break;
  case TypeExpr::Kind::sequence:
    out_ << '(';
    separated(t.parts, [&](const TypeExpr &part) { type(part); });
    out_ << ')';
    break;
  case TypeExpr::Kind::alternatives:
    llvm::interleave(
        t.parts, out_,
        [&](const TypeExpr &part) {
          bool nested = part.kind == TypeExpr::Kind::alternatives;
          out_ << (nested ? "(" : "");
          type(part);
          out_ << (nested ? ")" : "");
        },
        " | ");
  }
}

void Printer::block(const Block &b) {
  out_ << "{\n";
  ++depth_;
  for (const StatementPtr &s : b.statements) {
    line();
    statement(*s);
    out_ << '\n';
  }
  --depth_;
  line() << '}';
}

void Printer::values(const Values &v) {
  if (v.scan)
    scan(*v.scan);
  else
    expressions(v.values);
}

void Printer::scan(const Scan &s) {
  out_ << "scan";
  if (!s.arguments.empty())
    arguments(s.arguments);
  out_ << ' ';
  separated(s.sources, [&](const Scan::Source &source) {
    out_ << source.name.text << " in ";
    expr(*source.sequence);
  });
  if (!s.carried.empty()) {
    out_ << " carry ";
    separated(s.carried, [&](const Scan::Carried &carried) {
      out_ << carried.name.text << " = ";
      expr(*carried.initial);
    });
  }
  out_ << ' ';
  block(s.body);
}

void Printer::conditional(const If &s) {
  out_ << "if ";
  expr(*s.condition);
  out_ << ' ';
  block(s.whenTrue);
  if (!s.hasElse)
    return;
  out_ << " else ";
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
      out_ << target.name.text;
      if (target.type) {
        out_ << ": ";
        type(*target.type);
      }
    });
    out_ << " = ";
    values(binding.values);
    break;
  }
  case Statement::Kind::store:
    out_ << cast<Store>(s).name.text << " := ";
    expr(*cast<Store>(s).value);
    break;
  case Statement::Kind::declaration: {
    auto &declaration = cast<Declaration>(s);
    out_ << (declaration.isState ? "state " : "param ") << declaration.name.text << ": ";
    type(declaration.type);
    out_ << " = ";
    expr(*declaration.initial);
    break;
  }
  case Statement::Kind::conditional:
    conditional(cast<If>(s));
    break;
  case Statement::Kind::loop: {
    auto &loop = cast<For>(s);
    out_ << "for ";
    patterns(loop.names);
    out_ << " in ";
    expr(*loop.sequence);
    out_ << ' ';
    block(loop.body);
    break;
  }
  case Statement::Kind::scan:
    scan(cast<ScanStatement>(s).scan);
    break;
  case Statement::Kind::result:
    out_ << "return ";
    values(cast<Return>(s).values);
    break;
  case Statement::Kind::yield:
    out_ << "yield ";
    expressions(cast<Yield>(s).values);
    break;
  case Statement::Kind::assertion:
    out_ << "assert ";
    expr(*cast<Assert>(s).condition);
    out_ << ", ";
    expr(*cast<Assert>(s).message);
    break;
  case Statement::Kind::metric:
    out_ << "metric " << cast<Metric>(s).name.text << " = ";
    expr(*cast<Metric>(s).value);
    break;
  case Statement::Kind::rule:
    out_ << "on ";
    expressions(cast<Rule>(s).patterns);
    out_ << ' ';
    block(cast<Rule>(s).body);
    break;
  }
}

void Printer::parameters(const std::vector<Parameter> &list) {
  out_ << '(';
  separated(list, [&](const Parameter &parameter) {
    out_ << parameter.name.text << ": ";
    type(parameter.type);
    if (!parameter.source.text.empty()) {
      out_ << " from " << parameter.source.text;
      arguments(parameter.sourceArguments);
    }
    if (parameter.initial) {
      out_ << " = ";
      expr(*parameter.initial);
    }
  });
  out_ << ')';
}

void Printer::outputs(const std::vector<Output> &list) {
  out_ << " -> (";
  separated(list, [&](const Output &output) {
    out_ << output.name.text << ": ";
    type(output.type);
  });
  out_ << ')';
}

void Printer::item(const Item &i) {
  if (auto *import = llvm::dyn_cast<Import>(&i)) {
    out_ << "import ";
    separated(import->names, [&](const Name &name) { out_ << name.text; });
    out_ << " from ";
    expr(*import->file);
    return;
  }
  if (auto *constant = llvm::dyn_cast<Constant>(&i)) {
    out_ << constant->name.text << " = ";
    expr(*constant->value);
    return;
  }
  auto &definition = cast<Definition>(i);
  static const char *const kWords[] = {"layer ", "model ", "train ", "entry "};
  out_ << kWords[static_cast<int>(i.kind) - static_cast<int>(Item::Kind::layer)] << definition.name.text;
  if (auto *entry = llvm::dyn_cast<Entry>(&i))
    out_ << '.' << entry->entry.text;
  parameters(definition.parameters);
  if (auto *layer = llvm::dyn_cast<Layer>(&i); layer && layer->result) {
    out_ << " -> ";
    type(*layer->result);
  }
  if (auto *model = llvm::dyn_cast<Model>(&i))
    outputs(model->outputs);
  if (auto *entry = llvm::dyn_cast<Entry>(&i))
    outputs(entry->outputs);
  out_ << ' ';
  block(definition.body);
}

void Printer::file(const File &file) {
  for (const auto &[index, i] : llvm::enumerate(file.items)) {
    bool afterBlock = index && llvm::isa<Definition>(*file.items[index - 1]);
    if (index && (afterBlock || llvm::isa<Definition>(*i)))
      out_ << '\n';
    item(*i);
    out_ << '\n';
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
