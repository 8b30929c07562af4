//===- Printer.h - a tree to text -------------------------------------------------===//
// The text parses to the same tree. Comments are not part of the tree, so they are not printed.
#ifndef ARGENT_FRONTENDS_AG_SYNTAX_PRINTER_H
#define ARGENT_FRONTENDS_AG_SYNTAX_PRINTER_H

#include "frontends/ag/syntax/Ast.h"

namespace argent::ag {

void print(const File &file, llvm::raw_ostream &out);
void print(const Expr &expr, llvm::raw_ostream &out);
void print(const TypeExpr &type, llvm::raw_ostream &out);

std::string textOf(const Expr &expr);
std::string textOf(const TypeExpr &type);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_SYNTAX_PRINTER_H
