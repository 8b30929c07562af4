//===- Printer.h - a tree to text -------------------------------------------------===//
// The text parses to the same tree. Comments are not part of the tree, so they are not printed.
#pragma once

#include "frontends/ag/Ast.h"

namespace argent::ag {

void print(const File &file, llvm::raw_ostream &out);
void print(const Expr &expr, llvm::raw_ostream &out);
void print(const TypeExpr &type, llvm::raw_ostream &out);

} // namespace argent::ag
