//===- CallKind.h - whether a call makes an instance or applies one --------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_CALLKIND_H
#define ARGENT_FRONTENDS_AG_EVALUATE_CALLKIND_H

#include "frontends/ag/evaluate/Value.h"

#include "llvm/ADT/ArrayRef.h"

namespace argent::ag {

class Types;

enum class CallKind {
  apply, // to the tensors that it gives, if any are wanted
  make,  // an instance: the arguments are kept until its tensors come
  self   // an instance without arguments is itself
};

/// What a call of `definee` does, where `instance` is the one that is called, if it is one:
///   1. The tensors that are still wanted are those that have no default and that the instance does not hold.
///   2. A call that wants none applies. So does that of an optimizer: its rate may be a tensor, but it is no layer.
///   3. A call that gives any of them applies; if it does not give all, that is an error. It gives one by its name, as
///      the first argument, or as a tensor in any other place.
///   4. Any other call makes an instance of its arguments. Of an instance there is nothing to make: without arguments
///      it is itself, with arguments the call is an error.
CallKind kindOfCall(Types &types, const Definee &definee, const Instance *instance, llvm::ArrayRef<Given> arguments);

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_CALLKIND_H
