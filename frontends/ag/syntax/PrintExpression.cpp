//===- PrintExpression.cpp - expressions and types to text -----------------===//
#include "frontends/ag/syntax/TreePrinter.h"

using namespace argent::ag;
using llvm::cast;
using Level = TreePrinter::Level;
using enum TreePrinter::Level;

static Level levelOf(Operator op) {
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

static Level levelOf(const Expr &expr) {
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

void TreePrinter::expr(const Expr &e, Level level, bool begins) {
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

void TreePrinter::string(const StringExpr &e) {
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

void TreePrinter::subscript(const Subscript &s) {
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

void TreePrinter::arguments(const std::vector<Argument> &list) {
  out_ << '(';
  separated(list, [&](const Argument &argument) {
    if (!argument.name.text.empty())
      out_ << argument.name.text << '=';
    element(argument.element);
  });
  out_ << ')';
}

void TreePrinter::pattern(const Pattern &p) {
  if (p.parts.empty()) {
    out_ << p.name.text;
    return;
  }
  out_ << '(';
  patterns(p.parts);
  out_ << ')';
}

void TreePrinter::type(const TypeExpr &t) {
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
