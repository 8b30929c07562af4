//===- Interfaces.h - what passes know of ops ------------------------------===//
#ifndef ARGENT_DIALECTS_INTERFACES_INTERFACES_H
#define ARGENT_DIALECTS_INTERFACES_INTERFACES_H

#include "dialects/interfaces/Linear.h"
#include "dialects/interfaces/Numbers.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/BitVector.h"
#include <optional>

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
ARGENT_KERNEL_TRAIT(Broadcasting);
ARGENT_KERNEL_TRAIT(Free);
ARGENT_KERNEL_TRAIT(Relabeling);
ARGENT_KERNEL_TRAIT(Rearranging);
ARGENT_KERNEL_TRAIT(Moving);
ARGENT_KERNEL_TRAIT(Joining);
ARGENT_KERNEL_TRAIT(Known);
ARGENT_KERNEL_TRAIT(Rowwise);
ARGENT_KERNEL_TRAIT(Reducing);
ARGENT_KERNEL_TRAIT(Tiled);
ARGENT_KERNEL_TRAIT(Contracting);
ARGENT_KERNEL_TRAIT(Additive);
#undef ARGENT_KERNEL_TRAIT

/// What slides along one axis: from its first element to its last, and from one position to the next.
struct AxisWindow {
  int64_t extent = 1, stride = 1;
  int64_t before = 0, after = 0; // padding of the operand; of a turned window, what is cut off the result
  bool isTurned = false;         // the result's positions lie `stride` to one of the operand's, not the other way round

  /// How many positions there are over an operand of so many elements; of a turned window, the elements of the result.
  int64_t positions(int64_t elements) const {
    return isTurned ? (elements - 1) * stride + extent - before - after
                    : (elements + before + after - extent) / stride + 1;
  }
};

/// The axis of the result at the same place as the operand's, if it has the same extent: what an op does that says
/// nothing else of its axes.
std::optional<int64_t> findKeptAxis(mlir::OpOperand &operand, int64_t axis);

} // namespace argent

#include "dialects/interfaces/Cost.h.inc"
#include "dialects/interfaces/Gradient.h.inc"
#include "dialects/interfaces/Kernel.h.inc"
#include "dialects/interfaces/Layer.h.inc"
#include "dialects/interfaces/Numbers.h.inc"
#include "dialects/interfaces/Rows.h.inc"
#include "dialects/interfaces/Shape.h.inc"

#endif // ARGENT_DIALECTS_INTERFACES_INTERFACES_H
