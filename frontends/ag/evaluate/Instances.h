//===- Instances.h - instances of layers, and the paths of their parameters ------------------------------------===//
// LANGUAGE.md, section 4, "Paths". An instance is named where it is bound or given a name; one that is handed on or
// applied without a name is counted.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_INSTANCES_H
#define ARGENT_FRONTENDS_AG_EVALUATE_INSTANCES_H

#include "frontends/ag/evaluate/Context.h"

namespace argent::ag {

class Instances : public Part {
public:
  using Part::Part;

  /// The naming of the model's body, at the beginning of its evaluation: nothing was applied so far.
  std::shared_ptr<Naming> beginModel();
  /// The naming of an instance's body.
  static std::shared_ptr<Naming> beginBody(Instance &instance);

  /// A new instance; `name` is the argument `name` of the call, if it is a string. Null after an error.
  std::shared_ptr<Instance> make(const Definee &definee, const Value &name, Range nameRange);
  /// Gives the instances in a value the name that the value is bound to.
  void nameAfter(const Value &value, llvm::StringRef name);
  /// Names an instance that has no name yet by its layer and the count of such instances in its body.
  void nameByCount(Instance &instance);

private:
  void setPath(Instance &instance, llvm::StringRef step);

  InstanceState modelState_; // of the graph being built
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_INSTANCES_H
