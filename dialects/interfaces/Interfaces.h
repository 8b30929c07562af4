//===- Interfaces.h - what passes know of ops ------------------------------===//
#ifndef ARGENT_DIALECTS_INTERFACES_INTERFACES_H
#define ARGENT_DIALECTS_INTERFACES_INTERFACES_H

#include "dialects/interfaces/Linear.h"
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

// What an op's computation is like: said in Kernel.td.
#define ARGENT_KERNEL_TRAIT(Name)                                                                                      \
  template <typename ConcreteType> class Name : public mlir::OpTrait::TraitBase<ConcreteType, Name> {}
ARGENT_KERNEL_TRAIT(Pointwise);
ARGENT_KERNEL_TRAIT(Costly);
ARGENT_KERNEL_TRAIT(Recomputed);
ARGENT_KERNEL_TRAIT(Free);
ARGENT_KERNEL_TRAIT(Moving);
ARGENT_KERNEL_TRAIT(Joining);
ARGENT_KERNEL_TRAIT(Known);
ARGENT_KERNEL_TRAIT(Rowwise);
ARGENT_KERNEL_TRAIT(Reducing);
ARGENT_KERNEL_TRAIT(Tiled);
#undef ARGENT_KERNEL_TRAIT

} // namespace argent

#include "dialects/interfaces/Cost.h.inc"
#include "dialects/interfaces/Gradient.h.inc"
#include "dialects/interfaces/Kernel.h.inc"

#endif // ARGENT_DIALECTS_INTERFACES_INTERFACES_H
