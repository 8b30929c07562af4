//===- Builtin.cpp - the table of operations -------------------------------------------------------------------===//
#include "frontends/ag/evaluate/Builtin.h"

using namespace argent::ag;
using llvm::StringRef;

llvm::SmallVector<StringRef> BuiltinFamily::split() const {
  llvm::SmallVector<StringRef> result;
  StringRef(names).split(result, ' ', -1, false);
  return result;
}

llvm::SmallVector<llvm::ArrayRef<BuiltinFamily>> argent::ag::builtinFamilies() {
  return {elementwiseBuiltins(), shapeBuiltins(), indexBuiltins(), reduceBuiltins(),     windowBuiltins(),
          resizeBuiltins(),      lossBuiltins(),  makerBuiltins(), compileTimeBuiltins()};
}

static std::string signatureOf(StringRef name, StringRef parameters) {
  return ("layer " + name + "(" + parameters + ") { }\n").str();
}

StringRef argent::ag::operationSignatures() {
  static const std::string kText = [] {
    std::string all;
    for (auto family : builtinFamilies())
      for (const BuiltinFamily &line : family)
        for (StringRef name : line.split())
          all += signatureOf(name, line.parameters);
    return all;
  }();
  return kText;
}

StringRef argent::ag::sourceSignatures() {
  static const std::string kText = [] {
    std::string all;
    for (auto [name, parameters] : sourceTable())
      all += signatureOf(name, parameters);
    return all;
  }();
  return kText;
}
