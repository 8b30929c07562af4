//===- Observer.h - what an evaluation tells an editor ---------------------------------===//
// Evaluation calls these as it goes; nothing that it computes depends on them. A body is evaluated once for each graph
// and a layer once for each call, so the same place is heard of several times, with different values.
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_OBSERVER_H
#define ARGENT_FRONTENDS_AG_EVALUATE_OBSERVER_H

#include "frontends/ag/evaluate/Value.h"

namespace argent::ag {

class Observer {
public:
  virtual ~Observer() = default;

  /// The name at `name.range` was given the value.
  virtual void bound(const Name &name, const Value &value) {}
  /// The name at `use` means what `definition` names; the range is invalid for names that the language gives.
  virtual void used(Range use, Range definition, const Value &value) {}
  /// The call, or the stage of a pipe, at `call` gave the value; `callee` is what was called.
  virtual void called(Range call, Range callee, const Value &result) {}
  /// A parameter or state was made for the first time in its graph; `calls` are those in the user's file that led
  /// there, the innermost first: none in the model's own body.
  virtual void declared(const Declaration &declaration, llvm::StringRef path, mlir::RankedTensorType type,
                        const Initializer &initial, llvm::ArrayRef<Range> calls) {}
  /// Whether the evaluation should end early: nobody wants its result any more.
  virtual bool cancelled() { return false; }
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_OBSERVER_H
