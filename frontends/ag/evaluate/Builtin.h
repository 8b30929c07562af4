//===- Builtin.h - the operations that the compiler knows, and a call of one -----------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_BUILTIN_H
#define ARGENT_FRONTENDS_AG_EVALUATE_BUILTIN_H

#include "frontends/ag/evaluate/Value.h"

#include "llvm/ADT/SmallVector.h"

namespace argent::ag {

class Tensors;

/// A call of an operation, or of a source of `from`: its arguments, by the names of its signature.
class Call {
public:
  Call(llvm::StringRef name, Range range, llvm::ArrayRef<Parameter> parameters, std::vector<Given> arguments)
      : name(name), range(range), parameters_(parameters), arguments_(std::move(arguments)) {}

  llvm::StringRef name;
  Range range;

  bool has(llvm::StringRef parameter) const { return find(parameter) != parameters_.end(); }
  /// What stands for the parameter: a default has no range.
  const Given &given(llvm::StringRef parameter) const;
  const Value &operator[](llvm::StringRef parameter) const { return given(parameter).value; }
  bool isGiven(llvm::StringRef parameter) const { return given(parameter).range.isValid(); }
  /// The place of an argument, or of the call where it was left out.
  Range at(llvm::StringRef parameter) const { return isGiven(parameter) ? given(parameter).range : range; }

  llvm::ArrayRef<Parameter> signature() const { return parameters_; }

private:
  llvm::ArrayRef<Parameter>::iterator find(llvm::StringRef parameter) const {
    return llvm::find_if(parameters_, [&](const Parameter &p) { return p.name.text == parameter; });
  }

  llvm::ArrayRef<Parameter> parameters_;
  std::vector<Given> arguments_; // one for each parameter
};

inline const Given &Call::given(llvm::StringRef parameter) const {
  auto found = find(parameter);
  assert(found != parameters_.end() && "the operation's signature has no such parameter");
  return arguments_[found - parameters_.begin()];
}

using BuiltinFunction = Value (*)(Tensors &, Call &);
struct Builtin {
  std::string name;
  BuiltinFunction function;
  const Layer *signature = nullptr;
  bool hasRest = false; // the last positional parameter takes all that remain
};

/// One line of a family's table: the names that share a signature, in the language's own syntax. Types that only
/// operations have: `tensor`, `number` (or a tensor), `value` (anything), `rest` (all positional arguments that
/// remain).
struct BuiltinFamily {
  const char *names;
  const char *parameters;
  BuiltinFunction function;
  /// The names, one by one.
  llvm::SmallVector<llvm::StringRef> split() const;
};
llvm::ArrayRef<BuiltinFamily> elementwiseBuiltins();
llvm::ArrayRef<BuiltinFamily> shapeBuiltins();
llvm::ArrayRef<BuiltinFamily> indexBuiltins();
llvm::ArrayRef<BuiltinFamily> reduceBuiltins();
llvm::ArrayRef<BuiltinFamily> windowBuiltins();
llvm::ArrayRef<BuiltinFamily> resizeBuiltins();
llvm::ArrayRef<BuiltinFamily> lossBuiltins();
llvm::ArrayRef<BuiltinFamily> makerBuiltins();
llvm::ArrayRef<BuiltinFamily> compileTimeBuiltins();
/// All of them.
llvm::SmallVector<llvm::ArrayRef<BuiltinFamily>> builtinFamilies();
/// The sources of `from`, and their parameters in the same syntax.
std::vector<std::pair<llvm::StringRef, llvm::StringRef>> sourceTable();
/// The signatures of all operations, and of the sources: layers without a body, in the language itself, so that they
/// are matched like those of layers. The texts live as long as the process.
llvm::StringRef operationSignatures();
llvm::StringRef sourceSignatures();

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_BUILTIN_H
