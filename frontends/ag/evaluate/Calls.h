//===- Calls.h - calls of layers, models, instances and operations ---------------------------------------------===//
//   CallKind.h         whether a call makes an instance or applies one
//   Calls.cpp          a call from its arguments to its result
//   Arguments.cpp      arguments to parameters; what is wrong with them
//   ArgumentOrder.cpp  numbers in the order of another framework
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_CALLS_H
#define ARGENT_FRONTENDS_AG_EVALUATE_CALLS_H

#include "frontends/ag/evaluate/Builtin.h"
#include "frontends/ag/evaluate/Instances.h"

namespace argent::ag {

class Evaluator;
class Files;
class Tensors;
class Types;

class Calls : public Part {
public:
  explicit Calls(Evaluator &evaluator);

  /// The result of a call; failed after an error.
  Value call(const Value &callee, std::vector<Given> arguments, Range range);
  /// Matches the arguments to the signature of a source of `from`; nothing after an error.
  std::optional<Call> matchSource(const Builtin &source, std::vector<Given> arguments, Range range);

private:
  /// For each parameter its argument, if it has one.
  using Bound = std::vector<std::optional<Given>>;

  Value callDefinee(const Definee &definee, const std::shared_ptr<Instance> &instance, std::vector<Given> arguments,
                    Range range);
  Value apply(Instance &instance, llvm::ArrayRef<std::optional<Given>> bound, Range range);
  Value outputsOf(const Model &model);
  Value resultOf(const Layer &layer, Range range);
  Value applyBuiltin(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range);
  std::optional<Call> matchBuiltin(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range);

  //===- Arguments.cpp ------------------------------------------------------------------------------------------===//
  /// Puts each argument to its parameter: an instance in the making takes no tensors. `name` becomes the argument of
  /// that name which every call of a layer takes. False after an error.
  bool bindArguments(const Definee &definee, const Instance *instance, llvm::ArrayRef<Given> arguments,
                     bool makesInstance, Bound &bound, Value &name);
  bool bindKeyword(const Definee &definee, const Instance *instance, const Given &argument, Bound &bound, Value &name);
  void reportUnknownArgument(const Definee &definee, const Given &argument);
  /// Binds the parameters in the callee's body: first what is known at compile time, then the tensors' dimensions.
  bool bindParameters(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range);
  bool bindCompileTime(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range);
  bool bindTensors(const Definee &definee, llvm::ArrayRef<std::optional<Given>> bound, Range range);
  bool bindParameter(const Parameter &parameter, Value value);
  void reportMissing(const Definee &definee, const Parameter &parameter, Range range);
  /// Says that an argument is not what its parameter wants.
  void reportArgument(const Definee &definee, const Parameter &parameter, const Given &given, llvm::StringRef expected);
  void helpArgument(Report &report, const Definee &definee, const Parameter &parameter, const Given &given);

  /// Warns of numbers that are most likely in the order of another framework.
  void checkOrder(const Instance &instance, llvm::ArrayRef<std::optional<Given>> bound);

  Evaluator &evaluator_;
  Files &files_;
  Types &types_;
  Tensors &tensors_;
  Instances &instances_;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_CALLS_H
