//===- Interfaces.h - what passes know of ops ------------------------------===//
#ifndef ARGENT_DIALECTS_INTERFACES_INTERFACES_H
#define ARGENT_DIALECTS_INTERFACES_INTERFACES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/BitVector.h"

namespace argent {

namespace nn {
class KernelBuilder;
}

/// The op has no gradient, and none of its operands needs one: the completeness test holds their list.
template <typename ConcreteType>
class NotDifferentiable : public mlir::OpTrait::TraitBase<ConcreteType, NotDifferentiable> {};

} // namespace argent

#include "dialects/interfaces/Cost.h.inc"
#include "dialects/interfaces/Gradient.h.inc"
#include "dialects/interfaces/Kernel.h.inc"

#endif // ARGENT_DIALECTS_INTERFACES_INTERFACES_H
