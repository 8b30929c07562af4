//===- TreePrinter.h - a tree to text: expressions, statements, items ------===//
// Expressions and types are printed by PrintExpression.cpp, what holds them by Printer.cpp.
#ifndef ARGENT_FRONTENDS_AG_SYNTAX_TREEPRINTER_H
#define ARGENT_FRONTENDS_AG_SYNTAX_TREEPRINTER_H

#include "frontends/ag/syntax/Ast.h"
#include "llvm/ADT/STLExtras.h"

namespace argent::ag {

class TreePrinter {
public:
  /// How tightly forms bind, as in the grammar: an operand that binds looser than its place asks for gets parentheses.
  enum Level { kConditional, kOr, kAnd, kNot, kComparison, kSum, kProduct, kUnary, kPower, kPipe, kPostfix };

  explicit TreePrinter(llvm::raw_ostream &out) : out_(out) {}

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

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_SYNTAX_TREEPRINTER_H
